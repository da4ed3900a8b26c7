"""Sightings and outcomes of an object by week, as whoever reads sees them.

Owns what is counted: each statement once, in the week in which the exchange received it, by what it says. Kept by
``tests/portal/finding/test_over_time.py``.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from app.domain.object_vocabulary import FeedbackKind
from app.portal.charts.columns import Series, columns_over_time
from app.portal.charts.drawing import Chart
from app.portal.plain_words import feedback_said
from app.portal.words import gettext
from app.services.weighing.weigh_assertions import Said, Weighed

MOST_WEEKS = 26
"""The chart shows half a year; what is older is in the list."""
_COUNTED = (FeedbackKind.SIGHTING, FeedbackKind.OUTCOME)
_MOST_SERIES = 4


def sightings_over_time(weighed: Weighed, now: datetime) -> Chart | None:
    """Draw how often it was seen and what came of it, by week up to now; None where nobody said anything in that time."""
    weeks = _weeks(weighed, now)
    said = [one for one in weighed.feedback if one.kind in _COUNTED and _week(one.given_at) in weeks]
    if not said:
        return None
    usual = [word for word, _ in Counter(map(_words, said)).most_common(_MOST_SERIES)]
    counted = Counter((_words(one), _week(one.given_at)) for one in said)
    series = [Series(word, [(week, counted[word, week]) for week in weeks]) for word in usual]
    return columns_over_time(series, gettext("Sightings and outcomes by week"))


def _weeks(weighed: Weighed, now: datetime) -> list[date]:
    first = min((one.given_at for one in weighed.feedback if one.kind in _COUNTED), default=now)
    last = _week(now)
    number = min(MOST_WEEKS, max(8, (last - _week(first)).days // 7 + 1))
    return [last - timedelta(weeks=back) for back in reversed(range(number))]


def _week(moment: datetime) -> date:
    return moment.date() - timedelta(days=moment.weekday())


def _words(one: Said) -> str:
    return feedback_said(one.kind, one.word)
