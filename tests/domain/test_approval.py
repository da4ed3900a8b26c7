from __future__ import annotations

import hashlib

import pytest

from app.domain.approval import ApprovalState
from tests.factories.policy_values import DAY, NOW, SECOND, approval


def test_the_digest_is_that_of_the_documents_text() -> None:
    text = '{"name":"Ångström"}'
    assert approval(document=text).digest == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("state", "passed", "expected"),
    [
        (ApprovalState.PROPOSED, 7 * DAY - SECOND, ApprovalState.PROPOSED),
        (ApprovalState.PROPOSED, 7 * DAY, ApprovalState.EXPIRED),
        (ApprovalState.APPROVED, 8 * DAY, ApprovalState.APPROVED),
        (ApprovalState.REJECTED, 8 * DAY, ApprovalState.REJECTED),
        (ApprovalState.WITHDRAWN, 8 * DAY, ApprovalState.WITHDRAWN),
    ],
)
def test_what_nobody_settled_in_time_has_expired(state: ApprovalState, passed: object, expected: ApprovalState) -> None:
    assert approval(state=state).state_at(NOW + passed) is expected  # type: ignore[operator]  # a timedelta
