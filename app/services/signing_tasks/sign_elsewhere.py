"""Signing a task with a key that is neither here nor in a program of ours: a browser is given bytes and gives signatures back.

Owns which bytes, and that the same document is put together again from them. What was signed is then carried out like anything
that a signer hands in. Kept by ``tests/services/signing_tasks/test_sign_elsewhere.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.domain.errors import ConflictError, MalformedInputError, NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.signing_task import SigningTask, TaskKind, TaskState
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.signing_tasks.carry_out import carry_out
from app.services.signing_tasks.look_up import SeenTask, get_task
from breakwater_client.documents.well_known import is_well_known
from breakwater_client.instant import instant_text
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.object_signature import prepared, with_signature
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.trust.strict_base64 import decode_base64, encode_base64

MOST_SIGNATURES = 200
"""Signatures that one form brings; more is for the partner's signer."""


@dataclass(frozen=True, slots=True)
class ToSign:
    """What a key elsewhere has to sign: the document (RFC 8785 text), its digest, the kind of payload, and each payload's text.

    ``signed_at`` stands in the payloads and comes back with the signatures.
    """

    document: str
    digest: str
    payload_type: str
    payloads: Sequence[str]
    signed_at: str


@dataclass(frozen=True, slots=True)
class Signatures:
    """What a key elsewhere made (untrusted): its id, the time that was signed, and a signature in base64 for each payload."""

    keyid: str
    signed_at: str
    sigs: Sequence[Any]


def payloads_to_sign(exchange: Exchange, principal: Principal, task_id: str, keyid: str) -> ToSign:
    """Give what a key (its id, unverified) has to sign for a task that waits.

    Raises:
        ConflictError: the task waits no more.
        ForbiddenError, NotFoundError: as ``carry_out``.
        MalformedInputError: more signatures than a form brings.
    """
    task, now = _waiting(exchange, principal, task_id), exchange.clock()
    document = json.loads(str(task.document))
    if task.kind is TaskKind.OBJECTS:
        objects = [one for one in _prepared(principal, document, keyid, now) if not is_well_known(one)]
        payloads = [canonical_bytes(one).decode() for one in objects]
        return ToSign(str(task.document), task.digest, PayloadType.STIX_OBJECT.value, payloads, instant_text(now))
    kind = PayloadType.RECALL_ACKNOWLEDGEMENT.value
    return ToSign(str(task.document), task.digest, kind, [str(task.document)], instant_text(now))


def hand_in_signatures(exchange: Exchange, principal: Principal, task_id: str, made: Signatures) -> SeenTask:
    """Carry a task out with signatures that a key elsewhere made; raises as ``carry_out``, and if it waits no more."""
    task = _waiting(exchange, principal, task_id)
    document = json.loads(str(task.document))
    sigs = [decode_base64(one) or b"" if isinstance(one, str) else b"" for one in made.sigs]
    if task.kind is TaskKind.OBJECTS:
        signed = _with_signatures(_prepared(principal, document, made.keyid, _moment(made.signed_at)), sigs)
        return carry_out(exchange, principal, task_id, {**document, "objects": signed})
    return carry_out(exchange, principal, task_id, _envelope(task, made))


def _waiting(exchange: Exchange, principal: Principal, task_id: str) -> SigningTask:
    require(principal, Permission.SIGNING_TASKS_SIGN)
    seen = get_task(exchange, principal, task_id)
    if seen.state is not TaskState.WAITING or seen.task.document is None:
        raise ConflictError("This task waits no more: look at what became of it.")
    return seen.task


def _prepared(principal: Principal, document: Mapping[str, Any], keyid: str, at: datetime) -> list[dict[str, Any]]:
    if principal.partner is None:
        raise NotFoundError
    if len(document["objects"]) > MOST_SIGNATURES:
        raise MalformedInputError("A browser signs 200 objects at once at most: let your organisation's signer sign these.")
    signer = principal.partner.identity_id
    return [one if is_well_known(one) else prepared(one, keyid, signer=signer, signed_at=at) for one in document["objects"]]


def _with_signatures(objects: Sequence[dict[str, Any]], sigs: Sequence[bytes]) -> list[dict[str, Any]]:
    wanting = [one for one in objects if not is_well_known(one)]
    if len(wanting) != len(sigs):
        raise MalformedInputError("There is not one signature for each object.")
    made = {one["id"]: with_signature(one, sig) for one, sig in zip(wanting, sigs, strict=True)}
    return [made.get(one["id"], one) for one in objects]


def _envelope(task: SigningTask, made: Signatures) -> dict[str, Any]:
    if len(made.sigs) != 1:
        raise MalformedInputError("An answer has one signature.")
    payload = encode_base64(str(task.document).encode())
    entry = {"keyid": made.keyid, "sig": made.sigs[0]}
    return {"payloadType": PayloadType.RECALL_ACKNOWLEDGEMENT.value, "payload": payload, "signatures": [entry]}


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (OverflowError, ValueError):
        raise MalformedInputError("This is no time of signing; load the page anew.") from None
