"""What those who ask and those who are asked see; the walk through all of it is ``tests/http/test_partner_requests.py``."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.vocabulary import Extent, Harm
from app.services.requesting.look_up import get_asked, get_own, list_asked, list_own
from app.services.requesting.start_clock import start_clock
from app.storage import disclosures
from tests.factories.members import Hub, Member
from tests.factories.partner_requests import request_of


def test_a_list_of_what_asks_one_is_a_disclosure_of_ids_and_no_service(quick_hub: Hub, agency: Member, platform: Member) -> None:
    value = request_of("information-request", [platform.partner.identity_id], quick_hub.clock.now)
    agency.store(value)
    made = start_clock(quick_hub.exchange, agency.principal, value["id"], None)
    assert [one.request.request_id for one in list_asked(quick_hub.exchange, platform.reader())] == [made.request_id]
    with quick_hub.exchange.database.read() as connection:
        [row] = [disclosures.ledger_row(one) for one in disclosures.stored_rows(connection, 0, 100, 10)]
    assert (row.disclosure.partner_id, row.disclosure.extent) == (platform.id, Extent.IDS)
    assert get_own(quick_hub.exchange, agency.principal, made.request_id).parties[0].served_at is None
    platform.look_up(value["id"])
    assert get_own(quick_hub.exchange, agency.principal, made.request_id).parties[0].served_at == quick_hub.clock.now


def test_nobody_sees_anothers(quick_hub: Hub, agency: Member, platform: Member) -> None:
    third = quick_hub.enrol("Platform B", harm_types=frozenset(Harm))
    value = request_of("information-request", [platform.partner.identity_id], quick_hub.clock.now)
    agency.store(value)
    made = start_clock(quick_hub.exchange, agency.principal, value["id"], None)
    assert list_own(quick_hub.exchange, third.principal) == []
    assert list_asked(quick_hub.exchange, third.reader()) == []
    with pytest.raises(NotFoundError):
        get_asked(quick_hub.exchange, third.reader(), made.request_id)
    with pytest.raises(NotFoundError):
        get_own(quick_hub.exchange, platform.principal, made.request_id)
    with pytest.raises(ForbiddenError):
        list_own(quick_hub.exchange, quick_hub.operator)


def test_what_is_hidden_is_left_out_before_anything_is_counted(
    quick_hub: Hub, agency: Member, platform: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.requesting.look_up.MOST", 2)
    value = request_of("information-request", [platform.partner.identity_id], quick_hub.clock.now)
    agency.store(value)
    made = start_clock(quick_hub.exchange, agency.principal, value["id"], None)
    other = quick_hub.enrol("Platform B")
    label = other.mark_for(agency)
    for _ in range(3):  # newer, to whoever sees them, which the platform does not
        quick_hub.clock.pass_time(timedelta(minutes=1))
        hidden = request_of("information-request", [], quick_hub.clock.now) | {"object_marking_refs": [label]}
        other.store(hidden)
        start_clock(quick_hub.exchange, other.principal, hidden["id"], None)
    assert len(list_asked(quick_hub.exchange, agency.reader())) == 2  # from now on somebody sees that class
    assert [one.request.request_id for one in list_asked(quick_hub.exchange, platform.reader())] == [made.request_id]
    assert get_asked(quick_hub.exchange, platform.reader(), made.request_id).request == made


def test_ones_own_are_given_by_their_id_however_many_there_are(
    quick_hub: Hub, agency: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.requesting.look_up.MOST", 1)
    made = []
    for _ in range(2):
        quick_hub.clock.pass_time(timedelta(minutes=1))
        value = request_of("information-request", [], quick_hub.clock.now)
        agency.store(value)
        made.append(start_clock(quick_hub.exchange, agency.principal, value["id"], None))
    assert [one.request for one in list_own(quick_hub.exchange, agency.principal)] == made[1:]
    assert get_own(quick_hub.exchange, agency.principal, made[0].request_id).request == made[0]
