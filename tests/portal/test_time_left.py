from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.portal.time_left import time_left

NOW = datetime(2026, 11, 7, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ahead", "words", "badge"),
    [
        (timedelta(days=9, hours=3), "9 days left", ""),
        (timedelta(days=2, hours=3), "2 days 3 hours left", ""),
        (timedelta(days=1), "1 day left", "warning"),
        (timedelta(hours=5, minutes=4), "5 hours left", "warning"),
        (timedelta(minutes=1, seconds=30), "1 minute left", "warning"),
        (timedelta(seconds=1), "1 minute left", "warning"),
        (timedelta(0), "overdue since 1 minute", "problem"),
        (-timedelta(days=4, hours=2), "overdue since 4 days", "problem"),
    ],
)
def test_time_is_said_in_words_and_what_presses_is_marked(ahead: timedelta, words: str, badge: str) -> None:
    left = time_left(NOW + ahead, NOW)
    assert (left.words, left.badge, left.due_at) == (words, badge, NOW + ahead)
