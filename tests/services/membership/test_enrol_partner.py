from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import Code, ConflictError, ForbiddenError, NotFoundError
from app.domain.events import Event
from app.domain.partner import Partner
from app.domain.vocabulary import PartnerState, Role
from app.services.answer_once import key_use
from app.services.membership.enrol_partner import NewPartner, change_state, enrol_partner, get_partner, list_partners
from app.storage import events, members
from tests.factories.members import Hub, Member, at_once
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator

NEW = NewPartner("Hotline A", Role.HOTLINE, "DE", "identity--5b0e6b8f-1c1b-4a37-9d3d-0d4c5f3f7a10")
ABSENT = "00000000-0000-4000-8000-000000000000"


def _recorded(hub: Hub) -> list[tuple[Event, str | None, str | None]]:
    with hub.exchange.database.read() as connection:
        return [(one.event, one.partner_id, one.code) for _, one in events.events(connection, 0, 1000)]


def test_an_enrolled_partner_is_active_and_keeps_what_was_said_of_it(quick_hub: Hub) -> None:
    partner = enrol_partner(quick_hub.exchange, quick_hub.operator, NEW)
    expected = Partner(partner.partner_id, "Hotline A", Role.HOTLINE, "DE", NEW.identity_id or "", PartnerState.ACTIVE, NOW)
    assert partner == expected == get_partner(quick_hub.exchange, quick_hub.operator, partner.partner_id)
    assert (Event.PARTNER_ENROL, partner.partner_id, None) in _recorded(quick_hub)


def test_a_partner_without_an_identity_is_given_one(quick_hub: Hub) -> None:
    made = [enrol_partner(quick_hub.exchange, quick_hub.operator, NewPartner(name, Role.NGO, "FR")) for name in ("A", "B")]
    assert all(one.identity_id.startswith("identity--") for one in made)
    assert made[0].identity_id != made[1].identity_id
    assert list_partners(quick_hub.exchange, quick_hub.operator) == made


@pytest.mark.parametrize("again", [{"identity_id": None}, {"name": "Hotline B"}], ids=["same name", "same identity"])
def test_a_name_and_an_identity_are_taken_once(quick_hub: Hub, again: dict[str, Any]) -> None:
    enrol_partner(quick_hub.exchange, quick_hub.operator, NEW)
    second = NewPartner(**{"name": NEW.name, "role": NEW.role, "jurisdiction": "DE", "identity_id": NEW.identity_id} | again)
    with pytest.raises(ConflictError):
        enrol_partner(quick_hub.exchange, quick_hub.operator, second)
    assert len(list_partners(quick_hub.exchange, quick_hub.operator)) == 1


def test_nobody_is_enrolled_under_the_exchanges_own_identity(quick_hub: Hub) -> None:
    with quick_hub.exchange.database.read() as connection:
        own = members.this_exchange(connection).identity_id
    with pytest.raises(ConflictError):
        enrol_partner(quick_hub.exchange, quick_hub.operator, NewPartner("Itself", Role.PLATFORM, "DE", own))


def test_the_same_request_at_the_same_time_enrols_one_partner(hub: Hub) -> None:
    use = key_use(hub.operator, "partners", "key-1", b"body")
    made = at_once(*[lambda: enrol_partner(hub.exchange, hub.operator, NEW, use)] * 4)
    assert made == list_partners(hub.exchange, hub.operator) * 4
    assert [event for event, _, _ in _recorded(hub)].count(Event.PARTNER_ENROL) == 1


def test_partners_do_not_enrol_list_or_change_partners(quick_hub: Hub, publisher: Member) -> None:
    for act in (
        lambda: enrol_partner(quick_hub.exchange, publisher.principal, NEW),
        lambda: list_partners(quick_hub.exchange, publisher.principal),
        lambda: get_partner(quick_hub.exchange, publisher.principal, publisher.id),
        lambda: change_state(quick_hub.exchange, publisher.principal, publisher.id, PartnerState.ACTIVE),
    ):
        with pytest.raises(ForbiddenError):
            act()


def test_a_partner_that_is_suspended_is_shut_out_and_let_in_again(quick_hub: Hub, publisher: Member, other: Member) -> None:
    publisher.store(indicator())
    assert len(other.sees()) == 1
    changed = change_state(quick_hub.exchange, quick_hub.operator, other.id, PartnerState.SUSPENDED)
    assert changed.state is PartnerState.SUSPENDED
    with pytest.raises(ForbiddenError) as caught:
        other.sees()
    assert caught.value.code is Code.PARTNER_NOT_ACTIVE
    quick_hub.reactivate(other.id)
    assert len(other.sees()) == 1
    states = [code for event, partner_id, code in _recorded(quick_hub) if event is Event.PARTNER_STATE_CHANGE and partner_id]
    assert states == ["suspended", "active"]


def test_a_request_that_was_let_in_before_the_suspension_sees_nothing_after_it(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    publisher.store(indicator())
    reading = other.reader()
    assert len(other.page(of=reading).objects) == 1
    change_state(quick_hub.exchange, quick_hub.operator, other.id, PartnerState.SUSPENDED)
    assert other.page(of=reading).objects == []


def test_a_partner_that_has_ended_stays_ended(quick_hub: Hub, publisher: Member) -> None:
    change_state(quick_hub.exchange, quick_hub.operator, publisher.id, PartnerState.ENDED)
    for state in (PartnerState.ACTIVE, PartnerState.SUSPENDED):
        with pytest.raises(ConflictError):
            change_state(quick_hub.exchange, quick_hub.operator, publisher.id, state)
    again = change_state(quick_hub.exchange, quick_hub.operator, publisher.id, PartnerState.ENDED)
    assert again.state is PartnerState.ENDED


def test_who_is_not_enrolled_is_not_found(quick_hub: Hub) -> None:
    with pytest.raises(NotFoundError):
        get_partner(quick_hub.exchange, quick_hub.operator, ABSENT)
    with pytest.raises(NotFoundError):
        change_state(quick_hub.exchange, quick_hub.operator, ABSENT, PartnerState.SUSPENDED)
