"""Confidence falls to a half within each kind's half-life, and never rises."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.decay import HALF_LIFE_DAYS, effective_confidence
from tests.factories.policy_values import DAY, NOW

DOCUMENT = (Path(__file__).parents[2] / "docs/feedback.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("kind", "days"), [(kind, days) for kind, days in HALF_LIFE_DAYS.items() if days])
def test_confidence_is_halved_after_a_half_life(kind: str, days: int) -> None:
    assert effective_confidence(80, kind, NOW - days * DAY, NOW) == 40
    assert effective_confidence(80, kind, NOW - 2 * days * DAY, NOW) == 20


@pytest.mark.parametrize("kind", ["file", "perceptual-hash", "campaign", "nonsense"])
def test_what_does_not_decay_stays(kind: str) -> None:
    assert effective_confidence(80, kind, NOW - 9_999 * DAY, NOW) == 80


def test_no_confidence_stays_none() -> None:
    assert effective_confidence(None, "url", NOW - DAY, NOW) is None


def test_it_falls_by_the_day_and_is_rounded_down() -> None:
    fallen = [effective_confidence(100, "url", NOW - age * DAY, NOW) for age in range(200)]
    assert fallen[0] == 100
    assert fallen == sorted(fallen, reverse=True)  # type: ignore[type-var]  # none of them is None
    assert effective_confidence(100, "url", NOW - DAY, NOW) == 98


def test_what_is_stated_in_the_future_counts_as_stated_now() -> None:
    assert effective_confidence(70, "ipv4-addr", NOW + timedelta(hours=1), NOW) == 70


def test_the_document_publishes_the_table() -> None:
    for kind, days in HALF_LIFE_DAYS.items():
        assert f"| `{kind}` | {days or 'does not decay'} |" in DOCUMENT
