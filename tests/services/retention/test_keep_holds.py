from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from app.domain.errors import Code, ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.vocabulary import StaffRole
from app.services.approval.decide import Decision
from app.services.carry_out import approve
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.list_pages import ListAsked
from app.services.retention.keep_holds import NewHold, count_held, list_holds, page_of_holds, place_hold, propose_lifting
from tests.factories.erasures import erase
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator


def test_data_protection_places_a_hold_and_two_persons_lift_it(quick_hub: Hub, publisher: Member) -> None:
    publisher.store(one := indicator())
    protection = quick_hub.another_operator(StaffRole.DATA_PROTECTION)
    placed = place_hold(quick_hub.exchange, protection, NewHold("court 1", stix_id=one["id"]))
    with pytest.raises(ConflictError) as held:
        erase(publisher, one["id"])
    assert held.value.code is Code.LEGAL_HOLD
    proposed = propose_lifting(quick_hub.exchange, quick_hub.operator, placed.hold_id, "The court let it go.")
    assert one["id"] not in proposed.document
    with pytest.raises(ForbiddenError):
        approve(quick_hub.exchange, quick_hub.operator, Decision(proposed.approval_id, "Agreed.", proposed.digest))
    approve(quick_hub.exchange, quick_hub.another_operator(), Decision(proposed.approval_id, "Agreed.", proposed.digest))
    [record] = list_holds(quick_hub.exchange, quick_hub.another_operator(StaffRole.AUDITOR))
    lifted = record.hold
    assert (lifted.stix_id, lifted.lifted_at) == (None, quick_hub.clock.now)
    assert record.lifting_approved_by not in {None, lifted.lifted_by}
    assert erase(publisher, one["id"]).count == 1
    with pytest.raises(ConflictError):
        propose_lifting(quick_hub.exchange, quick_hub.operator, placed.hold_id, "Once more.")


def test_holds_come_in_pages_that_lead_on_and_back(hub: Hub) -> None:
    auditor = hub.another_operator(StaffRole.AUDITOR)
    for number in range(5):
        hub.clock.now += timedelta(seconds=number % 2)
        place_hold(hub.exchange, hub.operator, NewHold(f"order-{number}", stix_id=indicator()["id"]))
    first = page_of_holds(hub.exchange, auditor, ListAsked(None, 2))
    second = page_of_holds(hub.exchange, auditor, ListAsked(first.next, 2))
    third = page_of_holds(hub.exchange, auditor, ListAsked(second.next, 2))
    assert [*first.rows, *second.rows, *third.rows] == list_holds(hub.exchange, auditor)
    assert [(one.first, one.count, one.more) for one in (first, second, third)] == [(1, 5, True), (3, 5, True), (5, 5, False)]
    assert page_of_holds(hub.exchange, auditor, ListAsked(third.previous, 2)) == second
    with pytest.raises(MalformedInputError):
        page_of_holds(hub.exchange, auditor, ListAsked(f"{first.next}A", 2))
    with pytest.raises(ForbiddenError):
        page_of_holds(hub.exchange, hub.enrol("Platform A").principal, ListAsked(None, 2))


def test_a_hold_never_stops_a_withdrawal(quick_hub: Hub, publisher: Member) -> None:
    publisher.store(one := indicator())
    place_hold(quick_hub.exchange, quick_hub.operator, NewHold("court 1", owner_id=publisher.id))
    withdraw(quick_hub.exchange, publisher.principal, WithdrawalRequest(one["id"]))
    assert publisher.sees() == []


def test_what_a_hold_is_on_has_to_be_one_thing_that_is_there(quick_hub: Hub, publisher: Member) -> None:
    nobody = str(uuid.uuid4())
    for new in (
        NewHold("court 1"),
        NewHold("court 1", stix_id="indicator--1", owner_id=publisher.id),
        NewHold("court 1", owner_id=nobody),
        NewHold("court 1", recall_id=nobody),
    ):
        with pytest.raises(MalformedInputError):
            place_hold(quick_hub.exchange, quick_hub.operator, new)
    with pytest.raises(NotFoundError):
        propose_lifting(quick_hub.exchange, quick_hub.operator, nobody, "Why not.")


def test_partners_have_nothing_to_do_with_holds_and_auditors_only_look(quick_hub: Hub, publisher: Member) -> None:
    for principal in (publisher.principal, quick_hub.another_operator(StaffRole.AUDITOR)):
        with pytest.raises(ForbiddenError):
            place_hold(quick_hub.exchange, principal, NewHold("court 1", owner_id=publisher.id))
    with pytest.raises(ForbiddenError):
        list_holds(quick_hub.exchange, publisher.principal)


def test_what_a_hold_is_on_is_counted_but_for_an_observable(quick_hub: Hub, publisher: Member) -> None:
    publisher.store(one := indicator(), indicator())
    withdraw(quick_hub.exchange, publisher.principal, WithdrawalRequest(one["id"]))
    account = "user-account--0a1b2c3d-0000-5000-8000-0123456789ab"
    for new, count in (
        (NewHold("court 1", owner_id=publisher.id), 2),
        (NewHold("court 2", stix_id=one["id"]), 1),
        (NewHold("court 3", stix_id=account), None),
    ):
        hold = place_hold(quick_hub.exchange, quick_hub.operator, new)
        assert count_held(quick_hub.exchange, quick_hub.operator, hold) == count
    with pytest.raises(ForbiddenError):
        count_held(quick_hub.exchange, publisher.principal, hold)
