from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from app.domain.errors import (
    Code,
    ConflictError,
    ForbiddenError,
    MalformedInputError,
    NotFoundError,
    UnauthenticatedError,
    UntrustedSignatureError,
)
from app.domain.object_vocabulary import RecallOutcome
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.signing_task import TASKS_WAIT, SigningTask, TaskState
from app.domain.vocabulary import MemberRole
from app.services.intake.receipts import submission_of
from app.services.membership.issue_credentials import revoke_credential
from app.services.membership.keep_persons import Roles, change_roles, record_departure
from app.services.membership.manage_keys import revoke_key
from app.services.recalling.acknowledge import acknowledge
from app.services.signing_tasks.carry_out import carry_out
from app.services.signing_tasks.look_up import SeenTask
from app.services.signing_tasks.take_back import take_back
from breakwater_client.trust.keys import PrivateKey
from tests.factories.members import Hub, Member, at_once
from tests.factories.policy_values import SECOND
from tests.factories.recalled import answer_to, notices, recalled
from tests.factories.signing_tasks import Desk, person_id, stored
from tests.factories.stix_objects import indicator, marking

SIGN = frozenset({Permission.SIGNING_TASKS_READ, Permission.SIGNING_TASKS_SIGN})


@pytest.fixture
def desk(quick_hub: Hub) -> Desk:
    """A partner whose persons decide things."""
    return Desk(quick_hub.enrol("Synthetic platform"))


def handed_in(desk: Desk, task: SigningTask, signed: dict[str, Any] | None = None, by: Principal | None = None) -> SeenTask:
    signer = by or desk.member.principal_with(scopes=SIGN)
    return carry_out(desk.member.hub.exchange, signer, task.task_id, signed or desk.signed(task))


def kept(desk: Desk, task: SigningTask) -> SigningTask:
    with desk.member.hub.exchange.database.read() as connection:
        return stored(connection, task)


def test_a_token_that_may_sign_and_nothing_else_has_objects_stored(desk: Desk) -> None:
    value = indicator()
    task = desk.objects(value)
    seen = handed_in(desk, task)
    assert (seen.state, seen.task.document, seen.task.keyid) == (TaskState.DONE, None, desk.member.key.public.keyid)
    made = submission_of(desk.member.hub.exchange, desk.member.principal, str(seen.task.reference))
    assert [(one.stix_id, one.status) for one in made.results] == [(value["id"], "stored")]
    assert desk.member.look_up(value["id"]) == desk.signed(task)["objects"]


def test_the_same_again_gives_what_came_of_it_and_stores_nothing(desk: Desk) -> None:
    task = desk.objects()
    first, index = handed_in(desk, task), desk.member.hub.next_log_index
    desk.member.hub.clock.pass_time(SECOND)
    assert handed_in(desk, task) == first
    assert desk.member.hub.next_log_index == index


def test_two_signers_at_once_have_it_done_once(hub: Hub) -> None:
    desk = Desk(hub.enrol("Synthetic platform"))
    task = desk.objects(indicator(), marking(None))
    tokens = [desk.member.principal_with(scopes=SIGN) for _ in range(4)]
    index = hub.next_log_index
    ends = at_once(*[lambda by=by: handed_in(desk, task, by=by) for by in tokens])
    assert [getattr(one, "state", one) for one in ends] == [TaskState.DONE] * 4
    assert len({one.task.reference for one in ends if isinstance(one, SeenTask)}) == 1
    assert hub.next_log_index == index + 2


def test_a_kill_before_the_end_leaves_the_task_waiting_and_nothing_stored(desk: Desk) -> None:
    task, engine = desk.objects(), desk.member.hub.exchange.database.engine

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    index = desk.member.hub.next_log_index
    event.listen(engine, "commit", die)
    with pytest.raises(KeyboardInterrupt):
        handed_in(desk, task, by=desk.member.principal)
    event.remove(engine, "commit", die)
    assert kept(desk, task) == task
    assert desk.member.hub.next_log_index == index
    assert handed_in(desk, task).state is TaskState.DONE


def _changed(signed: dict[str, Any], desk: Desk) -> dict[str, Any]:
    value = indicator(name="Another")
    return signed | {"objects": [desk.member.sign(value)]}


def _with_one_more(signed: dict[str, Any], desk: Desk) -> dict[str, Any]:
    return signed | {"objects": [*signed["objects"], desk.member.sign(indicator())]}


def _to_a_group(signed: dict[str, Any], _: Desk) -> dict[str, Any]:
    return signed | {"group_id": "group"}


def _with_more_said(signed: dict[str, Any], desk: Desk) -> dict[str, Any]:
    return signed | {"more": desk.member.id}


@pytest.mark.parametrize("change", [_changed, _with_one_more, _to_a_group, _with_more_said])
def test_whoever_signs_changes_nothing(desk: Desk, change: Callable[[dict[str, Any], Desk], dict[str, Any]]) -> None:
    task = desk.objects()
    with pytest.raises(MalformedInputError):
        handed_in(desk, task, change(desk.signed(task), desk))
    assert kept(desk, task) == task


def test_a_key_that_does_not_count_signs_nothing_and_the_task_waits_on(desk: Desk, quick_hub: Hub) -> None:
    task, other = desk.objects(), quick_hub.enrol("Synthetic hotline")
    for key in (PrivateKey.generate(), other.key, desk.member.add_key(active=False)):
        with pytest.raises(UntrustedSignatureError):
            handed_in(desk, task, desk.signed(task, key))
    signed = desk.signed(task)
    revoke_key(quick_hub.exchange, quick_hub.operator, desk.member.key.public.keyid)
    with pytest.raises(UntrustedSignatureError):
        handed_in(desk, task, signed)
    assert kept(desk, task) == task


def test_a_signature_must_be_there_and_be_the_partners(desk: Desk, quick_hub: Hub) -> None:
    task, other = desk.objects(), quick_hub.enrol("Synthetic hotline")
    bare = desk.signed(task) | {"objects": [_bare(task)]}
    with pytest.raises(UntrustedSignatureError) as missing:
        handed_in(desk, task, bare)
    assert missing.value.code is Code.SIGNATURE_MISSING
    value = other.sign(_bare(task), desk.member.key)
    with pytest.raises(UntrustedSignatureError) as mismatch:
        handed_in(desk, task, bare | {"objects": [value]})
    assert mismatch.value.code is Code.SIGNER_MISMATCH


def _bare(task: SigningTask) -> dict[str, Any]:

    value: dict[str, Any] = json.loads(task.document or "")["objects"][0]
    return value


def test_another_partners_task_does_not_exist(desk: Desk, quick_hub: Hub) -> None:
    task, other = desk.objects(), quick_hub.enrol("Synthetic hotline")
    with pytest.raises(NotFoundError):
        handed_in(desk, task, by=other.principal)
    with pytest.raises(ForbiddenError):
        handed_in(desk, task, by=quick_hub.operator)


def test_whoever_may_not_sign_does_not(desk: Desk) -> None:
    task = desk.objects()
    read_only = desk.member.person(desk.administrator, MemberRole.READ_ONLY)
    for one in (read_only, desk.reviewer, desk.member.principal_with(scopes=frozenset({Permission.OBJECTS_SUBMIT}))):
        with pytest.raises(ForbiddenError):
            handed_in(desk, task, by=one)
    assert handed_in(desk, task, by=desk.analyst).state is TaskState.DONE


def test_what_was_taken_back_or_has_lapsed_is_not_signed(desk: Desk, quick_hub: Hub) -> None:
    back, late = desk.objects(), desk.objects()
    signed_back, signed_late = desk.signed(back), desk.signed(late)
    take_back(quick_hub.exchange, desk.analyst, back.task_id)
    with pytest.raises(ConflictError):
        handed_in(desk, back, signed_back)
    quick_hub.clock.pass_time(TASKS_WAIT)
    with pytest.raises(ConflictError):
        handed_in(desk, late, signed_late, by=desk.member.principal)


def test_what_somebody_decided_who_left_is_not_signed(desk: Desk, quick_hub: Hub) -> None:
    task = desk.objects()
    record_departure(quick_hub.exchange, desk.administrator, person_id(desk.reviewer))
    with pytest.raises(ConflictError):
        handed_in(desk, task)
    assert kept(desk, task) == task


@pytest.mark.parametrize("whose", ["analyst", "reviewer"])
def test_what_somebody_decided_whose_role_was_taken_is_not_signed(desk: Desk, quick_hub: Hub, whose: str) -> None:
    task, roles = desk.objects(), Roles(frozenset({MemberRole.DATA_PROTECTION}))
    change_roles(quick_hub.exchange, desk.administrator, person_id(getattr(desk, whose)), roles)
    with pytest.raises(ConflictError, match="any more"):
        handed_in(desk, task)
    assert kept(desk, task) == task


def test_whoever_is_shut_out_meanwhile_hands_nothing_in(desk: Desk, quick_hub: Hub) -> None:
    task, by = desk.objects(), desk.member.principal_with(scopes=SIGN)
    revoke_credential(quick_hub.exchange, quick_hub.operator, by.credential.credential_id)
    with pytest.raises(UnauthenticatedError):
        handed_in(desk, task, by=by)
    assert kept(desk, task) == task


def test_what_the_exchange_refuses_is_told_once_and_as_a_whole(desk: Desk) -> None:
    good, bad = indicator(), indicator(confidence=300)
    seen = handed_in(desk, desk.objects(good, bad))
    assert seen.state is TaskState.REFUSED
    assert [(one.code, one.pointer is not None) for one in seen.task.refusals] == [(Code.SCHEMA_VIOLATION, True)]
    with pytest.raises(NotFoundError):
        desk.member.look_up(good["id"])


def test_a_group_that_is_no_longer_there_refuses(desk: Desk) -> None:
    seen = handed_in(desk, desk.objects(group_id="no-such-group"))
    assert (seen.state, seen.task.reference) == (TaskState.REFUSED, None)
    [told] = seen.task.refusals
    assert (told.code, told.pointer, "cannot post to" in told.sentence) == (Code.GROUP_NOT_WRITABLE, "/group_id", True)


# --- answers to notices ---------------------------------------------------------------------------------------------------------


def noticed(hub: Hub, desk: Desk) -> Any:
    recalled(hub.enrol("Synthetic owner"), desk.member)
    [record] = notices(desk.member)
    return record


def test_an_answer_is_given(desk: Desk, quick_hub: Hub) -> None:
    record = noticed(quick_hub, desk)
    task = desk.answer(record, RecallOutcome.DELETED)
    quick_hub.clock.pass_time(SECOND)
    seen = handed_in(desk, task)
    assert (seen.state, seen.task.reference) == (TaskState.DONE, record.sent.notice_id)
    assert handed_in(desk, task) == seen
    [now] = notices(desk.member)
    assert ([one.outcome for one in now.outcomes], len(now.answers)) == ([RecallOutcome.DELETED], 1)


def test_an_answer_that_another_overtook_is_refused(desk: Desk, quick_hub: Hub) -> None:
    record = noticed(quick_hub, desk)
    task = desk.answer(record, RecallOutcome.DELETED)
    quick_hub.clock.pass_time(SECOND)
    newer = answer_to(desk.member, record, RecallOutcome.HELD)
    acknowledge(quick_hub.exchange, desk.member.principal, record.sent.notice_id, newer)
    seen = handed_in(desk, task)
    assert (seen.state, [one.code for one in seen.task.refusals]) == (TaskState.REFUSED, [Code.STATE_CONFLICT])
    [now] = notices(desk.member)
    assert [one.outcome for one in now.outcomes] == [RecallOutcome.HELD]


def test_another_answer_or_another_key_is_not_taken(desk: Desk, quick_hub: Hub) -> None:
    record = noticed(quick_hub, desk)
    task = desk.answer(record, RecallOutcome.DELETED)
    with pytest.raises(MalformedInputError):
        handed_in(desk, task, answer_to(desk.member, record, RecallOutcome.STOPPED_USING))
    with pytest.raises(UntrustedSignatureError):
        handed_in(desk, task, desk.signed(task, PrivateKey.generate()))
    assert kept(desk, task) == task


def _other(task: SigningTask) -> SigningTask:
    return replace(task, task_id="other")


def test_a_member_without_tasks_finds_none(desk: Desk, publisher: Member) -> None:
    assert publisher.id != desk.member.id
    with pytest.raises(NotFoundError):
        handed_in(desk, _other(desk.objects()))
