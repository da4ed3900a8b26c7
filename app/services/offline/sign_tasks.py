"""Signing what persons decided in the portal, on the partner's own machine, after looking at it with one's own eyes.

Owns what a signer checks before it signs: the exchange is not trusted. It signs documents of the kinds that it was told to and
nothing else; the digest is recomputed; two persons are two; objects are the partner's own, unsigned, and pass what the exchange
checks before policy; an answer is of this organisation and of now. What is NOT checked: that persons decided it at all, which is
the exchange's word (decision 63). Kept by ``tests/services/offline/test_sign_tasks.py``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from app.domain.errors import BreakwaterError, MalformedInputError, UntrustedSignatureError
from app.domain.object_vocabulary import RecallKind
from app.domain.signing_task import TASKS_WAIT, TaskKind, digest_of
from app.domain.stix_object import JsonObject
from app.services.offline.rehearse import Rehearsal
from app.services.recalling.acknowledgement import read_acknowledgement
from app.stix.feedback import feedback_of
from breakwater_client.documents.strict_json import MAX_OBJECTS
from breakwater_client.documents.well_known import is_well_known
from breakwater_client.extensions import SIGNATURE
from breakwater_client.signing.sign_objects import Signing, sign_value
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import check_creator
from breakwater_client.trust.payload_type import PayloadType

_CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class TaskSigner:
    """Who signs tasks: the key, the identity and the id of its organisation, and what of it.

    ``kinds`` are all that is ever signed; with ``two_persons`` objects that are not feedback only if a second person agreed.
    Objects are checked by ``rehearsal``. ``partner_id`` None: answers are signed for whichever organisation they name.
    """

    key: PrivateKey
    identity_id: str
    kinds: frozenset[TaskKind]
    rehearsal: Rehearsal
    partner_id: str | None = None
    two_persons: bool = False


@dataclass(frozen=True, slots=True)
class ReadTask:
    """A task as the exchange gave it (untrusted), once it is worth looking at: its document and what is in it, counted."""

    task_id: str
    kind: TaskKind
    digest: str
    made_by: str
    approved_by: str | None
    document: JsonObject
    counts: Mapping[str, int]


def read_task(task: Any, signer: TaskSigner, now: datetime) -> ReadTask:
    """Give what a task says if this signer would sign it.

    ``task`` is untrusted JSON, as ``GET /signing-tasks/{id}`` answers.

    Raises:
        BreakwaterError: it would not, and why; the sentence holds nothing of what the task says.
    """
    if not isinstance(task, dict) or not all(isinstance(task.get(name), str) for name in ("id", "kind", "digest", "made_by")):
        raise MalformedInputError("This is no signing task.")
    if task["kind"] not in signer.kinds:
        raise MalformedInputError("Tasks of this kind are not signed here.")
    kind, document = TaskKind(task["kind"]), task.get("document")
    if not isinstance(document, dict):
        raise MalformedInputError("The task has nothing to sign.")
    if digest_of(canonical_bytes(document)) != task["digest"]:
        raise UntrustedSignatureError("The digest is not that of the document: somebody changed one of them.")
    approved_by = task.get("approved_by")
    if approved_by == task["made_by"]:
        raise UntrustedSignatureError("Whoever made this is said to have agreed to it as the second person.")
    counts = _CHECKS[kind](document, signer, now)
    if signer.two_persons and not isinstance(approved_by, str) and _needs_two(kind, document):
        raise UntrustedSignatureError("No second person has agreed to this.")
    return ReadTask(task["id"], kind, task["digest"], task["made_by"], approved_by, document, counts)


def sign_task(task: ReadTask, signer: TaskSigner, now: datetime) -> dict[str, Any]:
    """Give the signed document of a task that was read: nothing but signatures is added."""
    if task.kind is TaskKind.RECALL_ACKNOWLEDGEMENT:
        return sign_envelope(PayloadType.RECALL_ACKNOWLEDGEMENT, canonical_bytes(task.document), signer.key)
    # As it is: it was frozen in the spelling that survives other tools, and another would not be the document.
    signing = Signing(signer.key, signer.identity_id, now, hub_stable=False)
    objects = [one if is_well_known(one) else sign_value(one, signing) for one in task.document["objects"]]
    return {**task.document, "objects": objects}


def _needs_two(kind: TaskKind, document: JsonObject) -> bool:
    """Whether a checked document takes a second person: whatever is published does; feedback and answers one person decides."""
    return kind is TaskKind.OBJECTS and not all(feedback_of(value) for value in document["objects"])


def _check_objects(document: JsonObject, signer: TaskSigner, now: datetime) -> Mapping[str, int]:
    objects, group_id = document.get("objects"), document.get("group_id")
    if document.keys() != {"group_id", "objects"} or not (group_id is None or isinstance(group_id, str)):
        raise MalformedInputError("A document of objects has group_id and objects, and no more.")
    if not isinstance(objects, list) or not 1 <= len(objects) <= MAX_OBJECTS:
        raise MalformedInputError("A document of objects has objects.")
    counts: Counter[str] = Counter()
    for place, value in enumerate(objects):
        at = f"/objects/{place}"
        if not isinstance(value, dict):
            raise MalformedInputError("This is no object.", pointer=at)
        _check_object(value, signer, now, at)
        counts[str(value.get("type"))] += 1
    return counts


def _check_object(value: JsonObject, signer: TaskSigner, now: datetime, at: str) -> None:
    if is_well_known(value):
        return
    if SIGNATURE in value.get("extensions", {}):
        raise UntrustedSignatureError("This object is signed already.", pointer=at)
    check_creator(value, signer.identity_id)
    trial = sign_value(dict(value), Signing(_NOBODYS_KEY, signer.identity_id, now, hub_stable=False))
    refusal = signer.rehearsal.why_refused(json.loads(json.dumps(trial)))
    if refusal is not None:
        raise _RefusedHereError(refusal.sentence, code=refusal.code, pointer=at + (refusal.pointer or ""))


class _RefusedHereError(BreakwaterError):
    """The exchange would refuse it."""


def _check_acknowledgement(document: JsonObject, signer: TaskSigner, now: datetime) -> Mapping[str, int]:
    said = None
    for kind in RecallKind:
        try:
            said = read_acknowledgement(canonical_bytes(document), kind)
        except MalformedInputError:
            continue
    if said is None:
        raise MalformedInputError("This is no answer to a notice.")
    if signer.partner_id is not None and said.partner_id != signer.partner_id:
        raise UntrustedSignatureError("This is another organisation's answer.", pointer="/partner")
    if not now - TASKS_WAIT <= said.acknowledged_at <= now + _CLOCKS_DIFFER:
        raise UntrustedSignatureError("This answer was not made within the last thirty days.", pointer="/acknowledged_at")
    return Counter(one.outcome.value for one in said.outcomes)


_CHECKS: Mapping[TaskKind, Callable[[JsonObject, TaskSigner, datetime], Mapping[str, int]]] = MappingProxyType(
    {TaskKind.OBJECTS: _check_objects, TaskKind.RECALL_ACKNOWLEDGEMENT: _check_acknowledgement}
)
_NOBODYS_KEY = PrivateKey.generate()
"""Objects are examined as they will be: signed, but with no key that counts anywhere."""
