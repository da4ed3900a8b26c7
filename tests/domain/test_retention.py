from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import BreakwaterError
from app.domain.retention import KINDS, MOST_DAYS, RetentionRule
from app.domain.vocabulary import Sensitivity
from tests.factories.policy_values import NOW


@pytest.mark.parametrize(
    ("kinds", "sensitivity", "days"),
    [
        (["ipv4-addr"], Sensitivity.IDENTIFYING, 180),
        (["email-addr", "ipv6-addr", "file"], Sensitivity.IDENTIFYING, 180),
        (["file"], Sensitivity.BEHAVIOURAL, 3650),
        (["perceptual-hash"], Sensitivity.IDENTIFYING, 3650),
        (["url"], Sensitivity.AGGREGATE, 365),
        (["indicator"], Sensitivity.IDENTIFYING, 730),
        ([], Sensitivity.IDENTIFYING, 730),
        ([], Sensitivity.BEHAVIOURAL, 3650),
        (["behavioural", "identifying"], Sensitivity.BEHAVIOURAL, 3650),
    ],
)
def test_the_shortest_of_the_kinds_counts_and_without_any_the_sensitivity(
    kinds: list[str], sensitivity: Sensitivity, days: int
) -> None:
    assert RetentionRule().retain_until(kinds, sensitivity, NOW) == NOW + timedelta(days=days)


def test_aggregates_have_no_end() -> None:
    assert RetentionRule().retain_until(["report"], Sensitivity.AGGREGATE, NOW) is None


def test_an_exchange_makes_it_shorter() -> None:
    rule = RetentionRule({"ipv4-addr": 30, "behavioural": 365})
    assert rule.retain_until(["ipv4-addr", "url"], Sensitivity.IDENTIFYING, NOW) == NOW + timedelta(days=30)
    assert rule.retain_until([], Sensitivity.BEHAVIOURAL, NOW) == NOW + timedelta(days=365)
    assert rule.retain_until(["url"], Sensitivity.IDENTIFYING, NOW) == NOW + timedelta(days=365)


@pytest.mark.parametrize("shorter", [{"ipv4-addr": 181}, {"url": 0}, {"aggregate": 5}, {"indicator": 1}])
def test_and_never_longer_or_of_other_kinds(shorter: dict[str, int]) -> None:
    with pytest.raises(BreakwaterError):
        RetentionRule(shorter)


def test_the_kinds_are_the_types_of_the_table() -> None:
    assert MOST_DAYS.keys() - KINDS == {"identifying", "behavioural"}
