from __future__ import annotations

import json

import pytest

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError
from app.domain.object_vocabulary import RecallOutcome
from app.domain.signing_task import SigningTask, TaskState
from app.services.signing_tasks import sign_elsewhere
from app.services.signing_tasks.look_up import SeenTask
from app.services.signing_tasks.sign_elsewhere import Signatures, hand_in_signatures, payloads_to_sign
from breakwater_client.documents.well_known import WELL_KNOWN
from breakwater_client.trust.envelope import pae
from breakwater_client.trust.strict_base64 import encode_base64
from tests.factories.members import Hub
from tests.factories.policy_values import SECOND
from tests.factories.recalled import notices, recalled
from tests.factories.signing_tasks import Desk
from tests.factories.stix_objects import indicator, marking


@pytest.fixture
def desk(quick_hub: Hub) -> Desk:
    """A partner whose persons decide things."""
    return Desk(quick_hub.enrol("Synthetic platform"))


def signed(desk: Desk, task: SigningTask, *, more: int = 0) -> SeenTask:
    exchange, key = desk.member.hub.exchange, desk.member.key
    asked = payloads_to_sign(exchange, desk.analyst, task.task_id, key.public.keyid)
    sigs = [encode_base64(key.sign(pae(asked.payload_type, one.encode()))) for one in asked.payloads]
    desk.member.hub.clock.pass_time(SECOND)
    made = Signatures(key.public.keyid, asked.signed_at, [*sigs, *sigs[:more]])
    return hand_in_signatures(exchange, desk.analyst, task.task_id, made)


def test_objects_are_put_together_again_with_their_signatures(desk: Desk) -> None:
    task = desk.objects(next(iter(WELL_KNOWN.values())), marking(None), indicator())
    assert signed(desk, task).state is TaskState.DONE


def test_an_answer_is_put_together_again(desk: Desk, quick_hub: Hub) -> None:
    recalled(quick_hub.enrol("Synthetic owner"), desk.member)
    [record] = notices(desk.member)
    assert signed(desk, desk.answer(record, RecallOutcome.DELETED)).state is TaskState.DONE


def test_one_signature_too_many_is_refused(desk: Desk, quick_hub: Hub) -> None:
    recalled(quick_hub.enrol("Synthetic owner"), desk.member)
    [record] = notices(desk.member)
    for task in (desk.objects(), desk.answer(record, RecallOutcome.DELETED)):
        with pytest.raises(MalformedInputError):
            signed(desk, task, more=1)


def test_a_task_that_waits_no_more_has_nothing_to_sign(desk: Desk, quick_hub: Hub) -> None:
    task = desk.objects()
    signed(desk, task)
    with pytest.raises(ConflictError):
        payloads_to_sign(quick_hub.exchange, desk.analyst, task.task_id, desk.member.key.public.keyid)


def test_a_reviewer_is_given_nothing_to_sign(desk: Desk, quick_hub: Hub) -> None:
    with pytest.raises(ForbiddenError):
        payloads_to_sign(quick_hub.exchange, desk.reviewer, desk.objects().task_id, "0" * 64)


def test_more_than_a_form_brings_is_for_the_signer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    task = desk.objects(indicator(), indicator())
    assert json.loads(str(task.document))["objects"]
    monkeypatch.setattr(sign_elsewhere, "MOST_SIGNATURES", 1)
    with pytest.raises(MalformedInputError):
        signed(desk, task)
