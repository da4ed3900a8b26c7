"""Overlap checks within a sharing group: that somebody else of it holds the same, the contact that they chose, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.domain.agreement import ReadVolume
from app.domain.errors import Code, ConflictError, ExhaustedError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.overlap import HoldingCount
from app.domain.usage import QuestionKind
from app.domain.vocabulary import PartnerState, Purpose, StaffRole
from app.services.answer_once import key_use
from app.services.limiting.look_up_questions import Asked as AskedOf
from app.services.limiting.look_up_questions import list_questions
from app.services.membership.enrol_partner import change_state
from app.services.membership.keep_contacts import NewContact, add_contact, remove_contact
from app.services.overlapping import hold
from app.services.overlapping.hold import Asked, NewHoldings, Overlap, list_registered, register, remove, who_else
from app.services.retention.sweep import sweep_once
from tests.factories.blinded import NOBODY, epoch, token
from tests.factories.groups import let_in, make_group, put_out
from tests.factories.members import DAY, Hub, Member

FOR = Purpose.VICTIM_PROTECTION
HELD, OTHER = "15550100", "15550101"


def held(member: Member, group_id: str, *values: str, contact_id: str | None = None, days: int = 30) -> list[HoldingCount]:
    evaluator = member.hub.exchange.keys.overlap
    tokens = [token(evaluator, value, group_id) for value in values]
    new = NewHoldings(group_id, epoch(evaluator), tokens, member.hub.clock.now + days * DAY, contact_id)
    return register(member.hub.exchange, member.principal, new, FOR)


def asked(member: Member, group_id: str, *values: str) -> list[Overlap]:
    evaluator = member.hub.exchange.keys.overlap
    tokens = [token(evaluator, value, group_id) for value in values]
    return who_else(member.hub.exchange, member.principal, Asked(group_id, epoch(evaluator), tokens), FOR)


def are_held(answers: Sequence[Overlap]) -> list[bool]:
    return [one.is_held for one in answers]


def test_a_member_learns_that_another_holds_it_and_the_contact_that_this_one_chose(hub: Hub) -> None:
    one, other, third = (hub.enrol(f"Platform {name}") for name in "ABC")
    group_id = make_group(hub, one, other, third)
    contact = add_contact(hub.exchange, one.principal, NewContact("Trust desk", "trust@example.org")).contact
    assert [count.count for count in held(one, group_id, HELD, OTHER)] == [2]
    held(one, group_id, HELD, contact_id=contact.contact_id)
    held(third, group_id, HELD)
    answers = asked(other, group_id, HELD, OTHER, "15550102")
    assert are_held(answers) == [True, True, False]
    assert [one.contacts for one in answers] == [("trust@example.org",), (), ()]
    assert are_held(asked(one, group_id, HELD, OTHER)) == [True, False], "what is one's own does not count"
    remove_contact(hub.exchange, one.principal, contact.contact_id)
    assert asked(other, group_id, HELD) == [Overlap(is_held=True)]


def test_other_groups_suspended_ended_and_lapsed_ones_are_as_absent(quick_hub: Hub, publisher: Member, other: Member) -> None:
    here, there = make_group(quick_hub, publisher, other), make_group(quick_hub, publisher, other)
    held(publisher, here, HELD)
    assert are_held(asked(other, there, HELD)) == [False]
    change_state(quick_hub.exchange, quick_hub.operator, publisher.id, PartnerState.SUSPENDED)
    assert are_held(asked(other, here, HELD)) == [False]
    quick_hub.reactivate(publisher.id)
    assert are_held(asked(other, here, HELD)) == [True]
    let_in(quick_hub, here, publisher, can_write=False)
    assert are_held(asked(other, here, HELD)) == [False]
    let_in(quick_hub, here, publisher)
    quick_hub.clock.now += 30 * DAY
    assert are_held(asked(other, here, HELD)) == [False]


def test_who_left_is_as_absent_and_swept(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher, other)
    held(publisher, group_id, HELD)
    put_out(quick_hub, group_id, publisher)
    assert are_held(asked(other, group_id, HELD)) == [False]
    with quick_hub.exchange.database.write() as connection:
        sweep_once(quick_hub.exchange, connection, quick_hub.clock.now)
    assert list_registered(quick_hub.exchange, publisher.principal) == []


def test_what_a_partner_registered_ends_with_it(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher, other)
    held(publisher, group_id, HELD)
    principal = publisher.principal
    change_state(quick_hub.exchange, quick_hub.operator, publisher.id, PartnerState.ENDED)
    assert list_registered(quick_hub.exchange, replace(principal, partner=replace(publisher.partner))) == []


def test_a_group_that_one_is_not_in_is_as_absent(quick_hub: Hub, publisher: Member, other: Member) -> None:
    hidden = make_group(quick_hub, publisher)
    for group_id in (hidden, NOBODY):
        with pytest.raises(NotFoundError):
            asked(other, group_id, HELD)
        with pytest.raises(NotFoundError):
            held(other, group_id, HELD)


def test_rights_in_the_group_are_asked_for(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, readers=[publisher], writers=[other])
    with pytest.raises(ForbiddenError) as refusal:
        held(publisher, group_id, HELD)
    assert refusal.value.code is Code.GROUP_NOT_WRITABLE
    held(other, group_id, HELD)
    assert are_held(asked(publisher, group_id, HELD)) == [True]
    with pytest.raises(NotFoundError):
        asked(other, group_id, HELD)


def test_each_question_is_kept_and_counted_whatever_the_answer(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher, other)
    held(publisher, group_id, HELD)
    other.agree(volume=ReadVolume(lookups_per_day=2))
    asked(other, group_id, HELD, OTHER)
    with pytest.raises(ExhaustedError):
        asked(other, group_id, HELD)
    auditor = quick_hub.another_operator(StaffRole.AUDITOR)
    found = list_questions(quick_hub.exchange, auditor, AskedOf(kind=QuestionKind.OVERLAP), 100).questions
    assert [(one.partner_id, one.purpose) for one in found] == [(other.id, FOR)] * 2


def test_tokens_are_removed_some_or_all_also_after_leaving(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher, other)
    held(publisher, group_id, HELD, OTHER, "15550102")
    exchange, evaluator = quick_hub.exchange, quick_hub.exchange.keys.overlap
    [left] = remove(exchange, publisher.principal, group_id, [token(evaluator, HELD, group_id)])
    assert left.count == 2
    assert are_held(asked(other, group_id, HELD, OTHER)) == [False, True]
    put_out(quick_hub, group_id, publisher)
    use = key_use(publisher.principal, "overlap/tokens/removal", "key", b"body")
    assert remove(exchange, publisher.principal, group_id, None, use) == []
    assert remove(exchange, publisher.principal, group_id, None, use) == []


def test_contact_end_epoch_and_number_are_looked_at(
    quick_hub: Hub, publisher: Member, other: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    group_id = make_group(quick_hub, publisher, other)
    theirs = add_contact(quick_hub.exchange, other.principal, NewContact("Desk", "desk@example.org")).contact
    for days, contact_id in ((0, None), (401, None), (1, theirs.contact_id), (1, NOBODY)):
        with pytest.raises(MalformedInputError):
            held(publisher, group_id, HELD, days=days, contact_id=contact_id)
    new = NewHoldings(group_id, "0" * 64, [], quick_hub.clock.now + DAY)
    with pytest.raises(ConflictError):
        register(quick_hub.exchange, publisher.principal, new, FOR)
    with pytest.raises(ConflictError):
        who_else(quick_hub.exchange, publisher.principal, Asked(group_id, "0" * 64, []), FOR)
    monkeypatch.setattr(hold, "MOST_HOLDINGS", 1)
    with pytest.raises(ConflictError):
        held(publisher, group_id, HELD, OTHER)
    assert list_registered(quick_hub.exchange, publisher.principal) == []


def test_under_an_idempotency_key_it_happens_once(quick_hub: Hub, publisher: Member) -> None:
    group_id = make_group(quick_hub, publisher)
    use = key_use(publisher.principal, "overlap/tokens", "key", b"body")
    evaluator = quick_hub.exchange.keys.overlap
    new = NewHoldings(group_id, epoch(evaluator), [token(evaluator, HELD, group_id)], quick_hub.clock.now + DAY)
    first = register(quick_hub.exchange, publisher.principal, new, FOR, use)
    remove(quick_hub.exchange, publisher.principal, group_id, None)
    assert register(quick_hub.exchange, publisher.principal, new, FOR, use) == []
    assert len(first) == 1


def test_staff_registers_and_lists_nothing(quick_hub: Hub) -> None:
    with pytest.raises(ForbiddenError):
        list_registered(quick_hub.exchange, quick_hub.operator)
    with pytest.raises(ForbiddenError):
        remove(quick_hub.exchange, quick_hub.operator, NOBODY, None)
