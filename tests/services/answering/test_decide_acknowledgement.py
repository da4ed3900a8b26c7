from __future__ import annotations

import pytest

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.object_vocabulary import RecallOutcome
from app.domain.signing_task import TaskState
from app.services.answering.decide_acknowledgement import decide_acknowledgement
from app.services.recalling.acknowledgement import Answered
from app.services.signing_tasks.carry_out import carry_out
from app.services.signing_tasks.take_back import take_back
from tests.factories.members import Hub, Member
from tests.factories.recalled import notices, recalled
from tests.factories.signing_tasks import Desk, sign_task


def lines(member: Member) -> tuple[str, list[Answered]]:
    [record] = notices(member)
    return record.sent.notice_id, [Answered(one.stix_id, one.version, RecallOutcome.DELETED) for one in record.versions]


def test_what_a_person_decides_is_answered_once_it_is_signed(quick_hub: Hub, publisher: Member, other: Member) -> None:
    recalled(publisher, other)
    notice_id, said = lines(other)
    desk = Desk(other)
    task = decide_acknowledgement(quick_hub.exchange, desk.reviewer, notice_id, said)
    assert (task.subject, task.state, notices(other)[0].addressee.answered_at) == (notice_id, TaskState.WAITING, None)
    done = carry_out(quick_hub.exchange, other.principal, task.task_id, sign_task(other, task))
    assert (done.state, done.task.reference) == (TaskState.DONE, notice_id)
    assert notices(other)[0].addressee.answered_at is not None


def test_one_answer_waits_at_a_time(quick_hub: Hub, publisher: Member, other: Member) -> None:
    recalled(publisher, other)
    notice_id, said = lines(other)
    desk = Desk(other)
    task = decide_acknowledgement(quick_hub.exchange, desk.reviewer, notice_id, said)
    with pytest.raises(ConflictError):
        decide_acknowledgement(quick_hub.exchange, desk.analyst, notice_id, said)
    take_back(quick_hub.exchange, desk.reviewer, task.task_id)
    assert decide_acknowledgement(quick_hub.exchange, desk.analyst, notice_id, said).task_id != task.task_id


def test_every_refusal_comes_before_anybody_signs(quick_hub: Hub, publisher: Member, other: Member) -> None:
    recalled(publisher, other)
    notice_id, said = lines(other)
    with pytest.raises(ForbiddenError):
        decide_acknowledgement(quick_hub.exchange, other.principal, notice_id, said)  # a program signs by itself
    with pytest.raises(NotFoundError):
        decide_acknowledgement(quick_hub.exchange, Desk(publisher).reviewer, notice_id, said)
    with pytest.raises(MalformedInputError):
        decide_acknowledgement(quick_hub.exchange, Desk(other).reviewer, notice_id, [])
