from __future__ import annotations

from datetime import timedelta

from app.domain.partner import Principal
from app.domain.vocabulary import PartnerState, StaffRole
from app.services.membership.enrol_partner import change_state, propose_reactivation
from app.services.waiting.for_staff import RECENT, STANDS, waits_for_staff
from app.services.waiting.waits import Wait, WaitKind
from app.storage import work
from tests.factories.members import Hub, Member
from tests.factories.recalled import recalled


def kinds(hub: Hub, principal: Principal) -> dict[WaitKind, Wait]:
    return {one.kind: one for one in waits_for_staff(hub.exchange, principal)}


def test_nothing_waits_for_staff_of_a_quiet_exchange_nor_for_members(quick_hub: Hub, publisher: Member) -> None:
    quick_hub.work()
    assert kinds(quick_hub, quick_hub.operator) == {}
    assert kinds(quick_hub, publisher.principal) == {}


def test_decisions_wait_for_the_second_person_and_not_for_the_first(quick_hub: Hub, publisher: Member) -> None:
    change_state(quick_hub.exchange, quick_hub.operator, publisher.id, PartnerState.SUSPENDED)
    proposed = propose_reactivation(quick_hub.exchange, quick_hub.operator, publisher.id, "It was looked into.")
    second = kinds(quick_hub, quick_hub.another_operator())
    assert second[WaitKind.APPROVALS] == Wait(WaitKind.APPROVALS, 1, proposed.expires_at)
    assert WaitKind.APPROVALS not in kinds(quick_hub, quick_hub.operator)
    assert WaitKind.APPROVALS not in kinds(quick_hub, quick_hub.another_operator(StaffRole.AUDITOR))


def test_late_recalls_and_alarms_are_shown_for_a_day(quick_hub: Hub, publisher: Member, other: Member) -> None:
    recalled(publisher, other)
    quick_hub.clock.pass_time(timedelta(days=8))
    quick_hub.work()
    found = kinds(quick_hub, quick_hub.operator)
    assert found[WaitKind.RECALLS_OF_OTHERS].count == 1
    assert found[WaitKind.ALARMS].count >= 1
    assert WaitKind.ALARMS not in kinds(quick_hub, quick_hub.another_operator(StaffRole.AUDITOR))
    quick_hub.clock.pass_time(RECENT)
    assert WaitKind.ALARMS not in kinds(quick_hub, quick_hub.operator)


def test_work_that_nobody_does_is_shown(quick_hub: Hub) -> None:
    quick_hub.work()
    with quick_hub.exchange.database.write() as connection:
        work.add_work(connection, "bring-near", {}, quick_hub.clock.now)
    assert WaitKind.WORK_STANDS not in kinds(quick_hub, quick_hub.operator)
    wanted_at = quick_hub.clock.now
    quick_hub.clock.pass_time(STANDS)
    found = kinds(quick_hub, quick_hub.operator)
    assert found[WaitKind.WORK_STANDS].since == wanted_at
