from __future__ import annotations

from app.domain.legal_hold import LegalHold
from tests.factories.policy_values import NOW


def test_a_new_hold_is_not_lifted() -> None:
    hold = LegalHold("h", "indicator--1", None, None, "order 1", "p", NOW)
    assert (hold.lifted_by, hold.lifted_at, hold.lifted_reason) == (None, None, None)
