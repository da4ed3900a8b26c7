"""Receipts: what the exchange signs about what it did with a submission, and with one stored version.

Owns the wording of both documents; a submission's results are read back from its receipt, so that they are kept once. Kept by
``tests/services/intake/test_receipts.py``.
"""

from __future__ import annotations

import base64
from typing import Any

import orjson

from app.domain.errors import Code, NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.stix_object import timestamp_key
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.intake.name_refused import with_names
from app.storage import members, objects, submissions
from app.storage.submissions import KeptSubmission
from breakwater_client.instant import instant_text
from breakwater_client.submission import ObjectResult, Refusal, ResultStatus, Submission
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.payload_type import PayloadType


def sign_receipt(exchange: Exchange, exchange_id: str, kept: KeptSubmission, results: tuple[ObjectResult, ...]) -> dict[str, Any]:
    """Give the signed receipt of a submission: a DSSE envelope over what became of each object, refused ones included."""
    document = {
        "type": "submission-receipt",
        "exchange": exchange_id,
        "submission": kept.submission_id,
        "partner": kept.partner_id,
        "received_at": instant_text(kept.received_at),
        "objects": [_spell(result) for result in results],
    }
    return sign_envelope(PayloadType.RECEIPT, canonical_bytes(document), exchange.keys.statements)


def _spell(result: ObjectResult) -> dict[str, Any]:
    if result.refusal is not None:
        refusal = {"code": result.refusal.code.value, "detail": result.refusal.sentence, "pointer": result.refusal.pointer}
        return {"pointer": result.pointer, "decision": result.status.value, "refusal": refusal}
    narrowed = {"narrowed_by": list(result.narrowed_by)} if result.narrowed_by else {}
    return {
        "pointer": result.pointer,
        "decision": result.status.value,
        "id": result.stix_id,
        "version": result.version,
        "payload_digest": result.payload_digest,
        "log_index": result.log_index,
        **narrowed,
    }


def read_back(kept: KeptSubmission) -> Submission:
    """Give a kept submission with its results, read from the payload of its own receipt (trusted: the exchange wrote it)."""
    document = orjson.loads(base64.b64decode(kept.receipt["payload"]))
    results = with_names(tuple(_result(one) for one in document["objects"]), kept.refused or ())
    return Submission(kept.submission_id, kept.partner_id, kept.received_at, results, kept.receipt, kept.imminent_risk)


def _result(one: dict[str, Any]) -> ObjectResult:
    refusal = one.get("refusal")
    return ObjectResult(
        pointer=one["pointer"],
        status=ResultStatus(one["decision"]),
        stix_id=one.get("id"),
        version=one.get("version"),
        payload_digest=one.get("payload_digest"),
        log_index=one.get("log_index"),
        refusal=refusal and Refusal(Code(refusal["code"]), refusal["detail"], refusal["pointer"]),
        narrowed_by=tuple(one.get("narrowed_by", ())),
    )


def submission_of(exchange: Exchange, principal: Principal, submission_id: str) -> Submission:
    """Give a submission to the partner that made it; to anybody else it does not exist.

    Raises:
        ForbiddenError: the caller may not submit, and so has no submissions either.
        NotFoundError: the partner has made no such submission.
    """
    require(principal, Permission.OBJECTS_SUBMIT)
    if principal.partner is None:
        raise NotFoundError
    with exchange.database.read() as connection:
        kept = submissions.find_submission(connection, principal.partner.partner_id, submission_id)
    if kept is None:
        raise NotFoundError
    return read_back(kept)


def object_receipt(exchange: Exchange, principal: Principal, stix_id: str, version: str | None) -> dict[str, Any]:
    """Give the signed receipt for one version (None: the newest) of the caller's own object, as a DSSE envelope.

    ``version`` may be anything; every spelling of the version's instant finds it.

    Others' objects, and what is not stored, do not exist here. The same version always gets the same bytes.

    Raises:
        ForbiddenError: the caller may not submit, and so has no objects either.
        NotFoundError: the partner has stored no such version.
    """
    require(principal, Permission.OBJECTS_SUBMIT)
    if principal.partner is None:
        raise NotFoundError
    key = None if version is None else timestamp_key(version) or ""  # what is no instant is no version
    with exchange.database.read() as connection:
        home = members.this_exchange(connection)
        facts = objects.receipt_facts(connection, principal.partner.partner_id, stix_id, key)
    if facts is None:
        raise NotFoundError
    document = {
        "type": "object-receipt",
        "exchange": home.exchange_id,
        "submission": facts.submission_id,
        "partner": principal.partner.partner_id,
        "received_at": instant_text(facts.received_at),
        "decision": ResultStatus.STORED.value,
        "id": facts.stix_id,
        "version": facts.version,
        "payload_digest": facts.payload_digest.hex(),
        "log_index": facts.log_index,
    }
    return sign_envelope(PayloadType.RECEIPT, canonical_bytes(document), exchange.keys.statements)
