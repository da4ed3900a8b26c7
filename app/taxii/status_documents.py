"""Status resources (TAXII 2.1 §4.3.1): what became of each posted object.

Owns their form. Everything is decided when a POST is answered, so that nothing is ever pending. Kept by
``tests/taxii/test_status_documents.py``.
"""

from __future__ import annotations

from typing import Any

from app.domain.submission import ObjectResult, ResultStatus, Submission
from app.services.intake.receipts import instant_text


def status_document(submission: Submission) -> dict[str, Any]:
    """Give the status of a submission; each failure says why, by code and sentence, and which object by id or else by place."""
    received_at = instant_text(submission.received_at)
    successes = [_success(one, received_at) for one in submission.results if one.refusal is None]
    failures = [_failure(one, received_at) for one in submission.results if one.refusal is not None]
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


def _success(result: ObjectResult, received_at: str) -> dict[str, str]:
    told = {"id": str(result.stix_id), "version": result.version or received_at}
    return told | ({"message": "already-stored"} if result.status is ResultStatus.ALREADY_STORED else {})


def _failure(result: ObjectResult, received_at: str) -> dict[str, str]:
    refusal = result.refusal
    why = f"{refusal.code.value}: {refusal.sentence}" if refusal else ""
    return {"id": result.stix_id or result.pointer, "version": result.version or received_at, "message": why}
