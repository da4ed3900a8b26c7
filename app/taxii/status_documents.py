"""Status resources (TAXII 2.1 §4.3.1): what became of each posted object.

Owns their form. Everything is decided when a POST is answered, so that nothing is ever pending. Whom to call at imminent risk is
told in the message of the first object, since the specification has no other place for it. Kept by
``tests/taxii/test_status_documents.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.paging import EmergencyContact
from breakwater_client.instant import instant_text
from breakwater_client.submission import ObjectResult, ResultStatus, Submission


def status_document(submission: Submission, to_call: Sequence[EmergencyContact]) -> dict[str, Any]:
    """Give the status of a submission; each failure says why, by code and sentence, and which object by id or else by place.

    Of what was erased since, the place is all that is left.

    ``to_call`` is whom to call at imminent risk; it is told if one of the objects, refused ones included, is marked so.
    """
    received_at = instant_text(submission.received_at)
    successes = [_success(one, received_at) for one in submission.results if one.refusal is None]
    failures = [_failure(one, received_at) for one in submission.results if one.refusal is not None]
    if submission.imminent_risk:
        first = (successes or failures)[0]
        first["message"] = " ".join(filter(None, (_calling(to_call), first.get("message"))))
    return {
        "id": submission.submission_id,
        "status": "complete",
        "request_timestamp": received_at,
        "total_count": len(submission.results),
        "success_count": len(successes),
        **({"successes": successes} if successes else {}),
        "failure_count": len(failures),
        **({"failures": failures} if failures else {}),
        "pending_count": 0,
    }


def _calling(to_call: Sequence[EmergencyContact]) -> str:
    whom = "; ".join(f"{one.name}{f' ({one.jurisdiction})' if one.jurisdiction else ''}: {one.call}" for one in to_call)
    return f"Imminent risk, and this exchange is not a reporting channel. Call now: {whom}."


def _success(result: ObjectResult, received_at: str) -> dict[str, str]:
    told = {"id": result.stix_id or result.pointer, "version": result.version or received_at}
    return told | ({"message": "already-stored"} if result.status is ResultStatus.ALREADY_STORED else {})


def _failure(result: ObjectResult, received_at: str) -> dict[str, str]:
    refusal = result.refusal
    why = f"{refusal.code.value}: {refusal.sentence}" if refusal else ""
    return {"id": result.stix_id or result.pointer, "version": result.version or received_at, "message": why}
