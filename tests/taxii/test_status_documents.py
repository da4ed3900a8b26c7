from __future__ import annotations

from datetime import UTC, datetime

from app.domain.errors import Code
from app.domain.paging import CALL_EVERYWHERE
from app.taxii.status_documents import status_document
from breakwater_client.submission import ObjectResult, Refusal, ResultStatus, Submission

AT = datetime(2026, 1, 5, 10, tzinfo=UTC)
STORED = ObjectResult("/objects/0", ResultStatus.STORED, "indicator--1", "2026-01-01T00:00:00.5Z")
AGAIN = ObjectResult("/objects/1", ResultStatus.ALREADY_STORED, "indicator--2", "2026-01-01T00:00:00Z")
REFUSED = ObjectResult("/objects/2", ResultStatus.REFUSED, refusal=Refusal(Code.SIGNATURE_MISSING, "No signature.", "/objects/2"))


def test_a_status_counts_and_lists_successes_and_failures() -> None:
    assert status_document(Submission("s", "p", AT, (STORED, AGAIN, REFUSED), {}), ()) == {
        "id": "s",
        "status": "complete",
        "request_timestamp": "2026-01-05T10:00:00.000000Z",
        "total_count": 3,
        "success_count": 2,
        "successes": [
            {"id": "indicator--1", "version": "2026-01-01T00:00:00.5Z"},
            {"id": "indicator--2", "version": "2026-01-01T00:00:00Z", "message": "already-stored"},
        ],
        "failure_count": 1,
        "failures": [
            {"id": "/objects/2", "version": "2026-01-05T10:00:00.000000Z", "message": "signature-missing: No signature."}
        ],
        "pending_count": 0,
    }


def test_at_imminent_risk_the_first_object_says_whom_to_call() -> None:
    urgent = Submission("s", "p", AT, (REFUSED, STORED, AGAIN), {}, imminent_risk=True)
    told = status_document(urgent, CALL_EVERYWHERE)
    assert "Call now: Police: the police emergency number" in told["successes"][0]["message"]
    assert (told["successes"][1]["message"], "Call" in told["failures"][0]["message"]) == ("already-stored", False)
    nothing_stored = status_document(Submission("s", "p", AT, (REFUSED,), {}, imminent_risk=True), CALL_EVERYWHERE)
    assert nothing_stored["failures"][0]["message"].endswith("signature-missing: No signature.")
    assert nothing_stored["failures"][0]["message"].startswith("Imminent risk")


def test_empty_lists_are_left_out() -> None:
    assert status_document(Submission("s", "p", AT, (), {}), ()).keys().isdisjoint({"successes", "failures", "pendings"})


def test_of_what_was_erased_since_the_place_is_told() -> None:
    gone = ObjectResult("/objects/0", ResultStatus.STORED, log_index=7)
    document = status_document(Submission("s", "p", AT, (gone,), {}), [])
    assert (document["success_count"], document["successes"][0]["id"]) == (1, "/objects/0")
