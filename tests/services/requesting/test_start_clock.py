"""Whose clock starts, what a renewal changes, and that the same again changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import ConflictError, ForbiddenError, NotFoundError
from app.domain.events import Event
from app.services.requesting.start_clock import close_request, start_clock
from app.storage import events
from breakwater_client.instant import instant_text
from tests.factories.members import Hub, Member
from tests.factories.partner_requests import request_of
from tests.factories.stix_objects import indicator


def test_the_same_again_is_one_request_and_one_event(quick_hub: Hub, agency: Member, platform: Member) -> None:
    value = request_of("information-request", [platform.partner.identity_id], quick_hub.clock.now)
    agency.store(value)
    first = start_clock(quick_hub.exchange, agency.principal, value["id"], None)
    quick_hub.clock.pass_time(timedelta(hours=1))
    assert start_clock(quick_hub.exchange, agency.principal, value["id"], None) == first
    assert close_request(quick_hub.exchange, agency.principal, first.request_id).closed_at == quick_hub.clock.now
    quick_hub.clock.pass_time(timedelta(hours=1))
    assert close_request(quick_hub.exchange, agency.principal, first.request_id).closed_at != quick_hub.clock.now
    with pytest.raises(ConflictError):
        start_clock(quick_hub.exchange, agency.principal, value["id"], None)
    with quick_hub.exchange.database.read() as connection:
        told = [one.event for _, one in events.events(connection, 0, 10_000) if one.subject == first.request_id]
    assert told == [Event.REQUEST_START, Event.REQUEST_CLOSE]


def test_only_requests_of_ones_own_have_clocks(quick_hub: Hub, agency: Member, platform: Member) -> None:
    other = indicator()
    agency.store(other)
    value = request_of("preservation-request", [], quick_hub.clock.now, recipient_refs=[agency.partner.identity_id])
    value["preserve_until"] = instant_text(quick_hub.clock.now + timedelta(days=1))
    platform.store(value)
    for stix_id in (other["id"], value["id"], "nothing"):
        with pytest.raises(NotFoundError):
            start_clock(quick_hub.exchange, agency.principal, stix_id, None)
    with pytest.raises(ForbiddenError):
        start_clock(quick_hub.exchange, platform.principal, value["id"], None)
    with pytest.raises(ForbiddenError):
        start_clock(quick_hub.exchange, quick_hub.operator, value["id"], None)
    with pytest.raises(NotFoundError):
        close_request(quick_hub.exchange, agency.principal, "nothing")
