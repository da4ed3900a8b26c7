from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain.errors import ConflictError, ForbiddenError, NotFoundError
from app.domain.object_vocabulary import DisputeEvidence, FeedbackKind
from app.domain.signing_task import TaskState
from app.services.answering.decide_feedback import decide_feedback
from app.services.signing_tasks.carry_out import carry_out
from app.services.weighing.compose_feedback import FeedbackAsked
from app.services.weighing.list_feedback import FeedbackQuery, list_feedback
from tests.factories.members import Hub, Member
from tests.factories.signing_tasks import Desk, sign_task
from tests.factories.stix_objects import indicator

ACTED = FeedbackAsked(FeedbackKind.OUTCOME, "actioned")
SEEN = FeedbackAsked(FeedbackKind.SIGHTING, count=3)


def test_what_a_person_says_is_told_once_it_is_signed(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    reader = replace(other.reader(), principal=Desk(other).analyst)
    task = decide_feedback(quick_hub.exchange, reader, value["id"], ACTED)
    assert decide_feedback(quick_hub.exchange, reader, value["id"], ACTED) == task, "the same again changes nothing"
    assert decide_feedback(quick_hub.exchange, reader, value["id"], SEEN) != task
    assert list(list_feedback(quick_hub.exchange, publisher.reader(), FeedbackQuery()).objects) == []
    assert carry_out(quick_hub.exchange, other.principal, task.task_id, sign_task(other, task)).state is TaskState.DONE
    [told] = list_feedback(quick_hub.exchange, publisher.reader(), FeedbackQuery()).objects
    assert json.loads(told)["sighting_of_ref"] == value["id"]
    assert decide_feedback(quick_hub.exchange, reader, value["id"], ACTED) != task, "it is said anew"


def test_every_refusal(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator(object_marking_refs=[publisher.mark_for(publisher)])
    publisher.store(value)
    desk = Desk(other)
    reader = replace(other.reader(), principal=desk.analyst)
    for asked in (value["id"], "nothing"):
        with pytest.raises(NotFoundError):
            decide_feedback(quick_hub.exchange, reader, asked, ACTED)
    with pytest.raises(ForbiddenError):
        decide_feedback(quick_hub.exchange, other.reader(), value["id"], ACTED)
    with pytest.raises(ForbiddenError):
        decide_feedback(quick_hub.exchange, replace(reader, principal=desk.reviewer), value["id"], ACTED)
    own = replace(publisher.reader(), principal=Desk(publisher).analyst)
    wrong = FeedbackAsked(FeedbackKind.DISPUTE, "outdated", DisputeEvidence.HUMAN_REVIEW)
    with pytest.raises(ConflictError):
        decide_feedback(quick_hub.exchange, own, value["id"], wrong)
