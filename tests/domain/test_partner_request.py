"""What clocks let a request ask, and which warnings are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.partner_request import (
    OUTCOMES,
    WARN_DAYS,
    PartnerRequest,
    RequestKind,
    RequestOutcome,
    StatutoryClock,
    warnings_due,
)

NOW = datetime(2026, 11, 27, tzinfo=UTC)
DAY = timedelta(days=1)
CLOCK = StatutoryClock("c", "C", RequestKind.PRESERVATION, "a law", lasts=90 * DAY, renewal=30 * DAY)
REQUEST = PartnerRequest("r", "o", "i", 1, RequestKind.PRESERVATION, None, False, NOW, None, None)  # noqa: FBT003  # in the order of its fields


def test_each_kind_has_its_outcomes() -> None:
    assert OUTCOMES.keys() == set(RequestKind)
    assert frozenset().union(*OUTCOMES.values()) == set(RequestOutcome)


def test_a_clock_bounds_and_a_renewal_adds_once() -> None:
    assert CLOCK.latest_end(NOW, is_renewed=False) == NOW + 90 * DAY
    assert CLOCK.latest_end(NOW, is_renewed=True) == NOW + 120 * DAY
    assert StatutoryClock("c", "C", RequestKind.INFORMATION, "a law").latest_end(NOW, is_renewed=True) is None
    unrenewable = StatutoryClock("c", "C", RequestKind.PRESERVATION, "a law", lasts=DAY)
    assert unrenewable.latest_end(NOW, is_renewed=True) == NOW + DAY


def test_a_request_is_open_until_it_is_closed() -> None:
    assert REQUEST.is_open


@pytest.mark.parametrize(
    ("days", "warned", "due"),
    [(15, [], []), (14, [], [14]), (2, [14], [3]), (2, [], [14, 3]), (0.5, [14, 3, 1], []), (-1, [], [])],
)
def test_warnings_come_once_each_and_not_afterwards(days: float, warned: list[int], due: list[int]) -> None:
    assert warnings_due(NOW + timedelta(days=days), warned, NOW) == due
    assert set(due) <= set(WARN_DAYS)


def test_what_has_no_moment_warns_nobody() -> None:
    assert warnings_due(None, (), NOW) == []
