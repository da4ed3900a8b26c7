from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import ForbiddenError
from app.domain.events import Event
from app.domain.permissions import Permission
from app.domain.vocabulary import Role
from app.services.ledger import flows_between_roles as module
from app.services.ledger.flows_between_roles import RoleFlow, all_flows, own_flows
from app.storage.events import events
from tests.factories.members import Hub
from tests.factories.stix_objects import indicator


def test_a_partner_is_told_where_its_own_went_and_staff_of_all(hub: Hub) -> None:
    platform, hotline, other = hub.enrol("Platform A"), hub.enrol("Hotline", role=Role.HOTLINE), hub.enrol("Platform B")
    platform.store(indicator())
    hotline.store(indicator())
    for reader in (hotline, hotline, other, platform):
        reader.page()
    own = own_flows(hub.exchange, platform.principal)
    assert own.flows == [RoleFlow(None, Role.HOTLINE, 2), RoleFlow(None, Role.PLATFORM, 1)]
    everything = all_flows(hub.exchange, hub.operator)
    assert everything.flows == [
        RoleFlow(Role.HOTLINE, Role.PLATFORM, 2),
        RoleFlow(Role.PLATFORM, Role.HOTLINE, 2),
        RoleFlow(Role.PLATFORM, Role.PLATFORM, 1),
    ]
    with hub.exchange.database.look() as connection:
        assert Event.DISCLOSURE_REPORT in {one.event for _, one in events(connection, 0, 1_000)}
    hub.clock.pass_time(timedelta(days=29))
    assert own_flows(hub.exchange, platform.principal).flows == []


def test_the_newest_answers_are_counted_and_that_is_said(quick_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    platform, other = quick_hub.enrol("Platform A"), quick_hub.enrol("Platform B")
    platform.store(indicator())
    for _ in range(3):
        other.page()
    monkeypatch.setattr(module, "MOST_ANSWERS", 2)
    counted = own_flows(quick_hub.exchange, platform.principal)
    assert ([one.answers for one in counted.flows], counted.is_cut) == ([2], True)


def test_it_takes_the_right_and_staff_alone_ask_about_all(quick_hub: Hub) -> None:
    platform = quick_hub.enrol("Platform A")
    without = platform.principal_with(scopes=frozenset({Permission.OBJECTS_READ}))
    for asked, principal in ((own_flows, without), (own_flows, quick_hub.operator), (all_flows, platform.principal)):
        with pytest.raises(ForbiddenError):
            asked(quick_hub.exchange, principal)
