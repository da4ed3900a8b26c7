from __future__ import annotations

import pytest
from marshmallow import ValidationError

from app.domain.approval import ApprovalState
from app.http.approval_payloads import ApprovalPayload, ApprovalQueryPayload, ApprovingPayload, ReasonPayload
from app.services.approval.look_up import ApprovalQuery, SeenApproval
from tests.factories.policy_values import approval


def test_a_proposal_shows_its_document_as_json_and_its_state_of_now() -> None:
    kept = approval()
    shown = ApprovalPayload().dump(SeenApproval(kept, ApprovalState.EXPIRED))
    assert shown["document"] == {"partner": "partner-platform-b", "state": "active", "type": "partner-reactivation"}
    assert (shown["id"], shown["digest"], shown["state"]) == (kept.approval_id, kept.digest, "expired")
    assert ApprovalPayload().dump(kept)["state"] == "proposed"


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 501}, {"reason": 1}, {"reason": "a", "more": 1}])
def test_a_reason_is_bounded_text(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ReasonPayload().load(body)


@pytest.mark.parametrize("digest", ["", "0" * 63, "A" * 64, "0" * 64 + "\n"])
def test_a_digest_has_its_form(digest: str) -> None:
    with pytest.raises(ValidationError):
        ApprovingPayload().load({"digest": digest, "reason": "Agreed."})


def test_all_proposals_are_asked_for_unless_a_state_is_named() -> None:
    assert ApprovalQueryPayload().load({}) == ApprovalQuery(None, None, 100)
    assert ApprovalQueryPayload().load({"state": "proposed", "limit": "5"}) == ApprovalQuery(ApprovalState.PROPOSED, None, 5)
