from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from app.domain.errors import BreakwaterError, Code
from app.domain.object_vocabulary import RecallOutcome
from app.domain.signing_task import TaskKind
from app.domain.vocabulary import Profile
from app.services.offline.rehearse import Rehearsal
from app.services.offline.sign_tasks import TaskSigner, read_task, sign_task
from app.services.recalling.acknowledgement import Acknowledgement, Answered, acknowledgement_payload
from app.services.signing_tasks.freeze import document_digest, freeze_objects
from breakwater_client.documents.well_known import WELL_KNOWN
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import open_envelope
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import read_signature, unsigned, verify_object
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.policy_values import DAY, NOW, SECOND
from tests.factories.stix_objects import indicator

IDENTITY = "identity--0d1c7b0e-7a54-4d8f-9a39-3f1f2d9f5b10"
OTHER = "identity--9a39c7b0-7a54-4d8f-9a39-3f1f2d9f5b10"
KEY = PrivateKey.generate()
REHEARSAL = Rehearsal.by([Profile.OCSEA], takes_unsigned=False)
SIGNER = TaskSigner(KEY, IDENTITY, frozenset(TaskKind), REHEARSAL, "partner")
GREEN = next(iter(WELL_KNOWN.values()))


def task(document: dict[str, Any], kind: TaskKind = TaskKind.OBJECTS, **changes: Any) -> dict[str, Any]:
    made = {"id": "task", "kind": kind.value, "digest": document_digest(document), "document": document}
    return made | {"made_by": "author", "approved_by": "reader", "state": "waiting"} | changes


def objects(*values: dict[str, Any]) -> dict[str, Any]:
    return freeze_objects(values or [indicator()])


def answer(**changes: Any) -> dict[str, Any]:
    said = Acknowledgement("notice", "partner", NOW, [Answered("indicator--1", "2026-01-05T10:00:00Z", RecallOutcome.DELETED)])
    document: dict[str, Any] = json.loads(acknowledgement_payload(replace(said, **changes)))
    return document


def test_objects_are_signed_and_nothing_else_is_changed() -> None:
    document = objects(GREEN, indicator(created_by_ref=IDENTITY))
    read = read_task(task(document), SIGNER, NOW)
    assert read.counts == {"indicator": 1, "marking-definition": 1}
    signed = sign_task(read, SIGNER, NOW)
    assert {**signed, "objects": [unsigned(one) for one in signed["objects"]]} == document
    published, own = signed["objects"]
    assert published == GREEN
    verify_object(own, read_signature(own), KEY.public)


def test_an_answer_is_signed_byte_for_byte() -> None:
    document = answer()
    read = read_task(task(document, TaskKind.RECALL_ACKNOWLEDGEMENT, approved_by=None), SIGNER, NOW)
    assert read.counts == {"deleted": 1}
    opened = open_envelope(sign_task(read, SIGNER, NOW), PayloadType.RECALL_ACKNOWLEDGEMENT, {KEY.public.keyid: KEY.public})
    assert opened.payload == canonical_bytes(document)


SIGNED = sign_task(read_task(task(objects()), SIGNER, NOW), SIGNER, NOW)
REFUSED = {
    "no task": "nonsense",
    "no digest": task(objects()) | {"digest": None},
    "another kind": task(objects()) | {"kind": "agreement"},
    "no document": task(objects()) | {"document": None},
    "another digest": task(objects()) | {"digest": "0" * 64},
    "one person twice": task(objects(), approved_by="author"),
    "another's object": task(objects(indicator(created_by_ref=OTHER))),
    "no objects": task({"group_id": None, "objects": []}),
    "no object": task({"group_id": None, "objects": [1]}),
    "more than objects": task(objects() | {"more": 1}),
    "a group that is none": task(objects() | {"group_id": 1}),
    "signed already": task(SIGNED),
    "what the exchange would refuse": task(objects(indicator(confidence=300))),
    "another's answer": task(answer(partner_id="other"), TaskKind.RECALL_ACKNOWLEDGEMENT),
    "an old answer": task(answer(acknowledged_at=NOW - 31 * DAY), TaskKind.RECALL_ACKNOWLEDGEMENT),
    "an answer of tomorrow": task(answer(acknowledged_at=NOW + DAY), TaskKind.RECALL_ACKNOWLEDGEMENT),
    "no answer": task({"type": "recall-acknowledgement"}, TaskKind.RECALL_ACKNOWLEDGEMENT),
    "objects as an answer": task(objects(), TaskKind.RECALL_ACKNOWLEDGEMENT),
}


@pytest.mark.parametrize("given", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_right_is_not_signed(given: Any) -> None:
    with pytest.raises(BreakwaterError):
        read_task(given, SIGNER, NOW)


def test_what_an_object_is_refused_for_is_told_with_its_place() -> None:
    with pytest.raises(BreakwaterError) as refused:
        read_task(task(objects(indicator(), indicator(confidence=300))), SIGNER, NOW)
    assert refused.value.code is Code.SCHEMA_VIOLATION
    assert str(refused.value.pointer).startswith("/objects/1/")


def test_a_signer_signs_the_kinds_that_it_was_told_to() -> None:
    only = replace(SIGNER, kinds=frozenset({TaskKind.OBJECTS}))
    assert read_task(task(objects()), only, NOW)
    with pytest.raises(BreakwaterError):
        read_task(task(answer(), TaskKind.RECALL_ACKNOWLEDGEMENT), only, NOW)


def test_two_persons_where_they_are_asked_for() -> None:
    strict = replace(SIGNER, two_persons=True)
    alone = task(objects(), approved_by=None)
    assert read_task(alone, SIGNER, NOW)
    seen = {"type": "sighting", "spec_version": "2.1", "id": "sighting--0d1c7b0e-7a54-4d8f-9a39-3f1f2d9f5b10"}
    seen |= {"created": "2026-01-05T10:00:00.000Z", "modified": "2026-01-05T10:00:00.000Z", "created_by_ref": IDENTITY}
    seen |= {"sighting_of_ref": indicator()["id"], "count": 3}
    assert read_task(task(objects(seen), approved_by=None), strict, NOW).counts == {"sighting": 1}
    for not_feedback_alone in (alone, task(objects(seen, indicator()), approved_by=None)):
        with pytest.raises(BreakwaterError):
            read_task(not_feedback_alone, strict, NOW)
    assert read_task(task(answer(), TaskKind.RECALL_ACKNOWLEDGEMENT, approved_by=None), strict, NOW + SECOND)
