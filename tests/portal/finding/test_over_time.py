from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.domain.object_vocabulary import FeedbackKind
from app.portal.finding.over_time import sightings_over_time
from app.services.weighing.weigh_assertions import Said, Weighed

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


def said(days_ago: int, word: str = "seen", kind: FeedbackKind = FeedbackKind.SIGHTING) -> Said:
    """Give what somebody said some days ago."""
    return Said("giver", "indicator--1", kind, word, NOW - timedelta(days=days_ago))


def weighed(*feedback: Said) -> Weighed:
    """Give what is said, and nothing that is stated."""
    return Weighed("indicator--1", None, 0, 0, is_disputed=False, assertions=[], feedback=feedback)


def test_sightings_and_outcomes_are_counted_in_their_weeks() -> None:
    chart = sightings_over_time(
        weighed(said(0), said(1), said(9, "no-match", FeedbackKind.OUTCOME), said(0, "reviewed", FeedbackKind.MARK)), NOW
    )
    assert chart is not None
    assert list(chart.headings) == ["Week from", "Looked for, and seen", "Looked for, and nothing matched"]
    assert [row[1:] for row in chart.rows][-2:] == [("0", "1"), ("2", "0")]


def test_nothing_said_or_long_ago_is_no_chart() -> None:
    assert sightings_over_time(weighed(), NOW) is None
    assert sightings_over_time(weighed(said(900)), NOW) is None
