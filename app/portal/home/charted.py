"""The chart of the first page: how often others said something of one's objects, week by week.

Kept by ``tests/portal/home/test_charted.py``.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.domain.object_vocabulary import FeedbackKind
from app.portal.charts.columns import Series, columns_over_time
from app.portal.charts.drawing import Chart
from app.portal.plain_words import called, offered
from app.portal.words import gettext
from app.services.waiting.what_followed import Followed

_MOST_SERIES = 4


def charted(followed: Followed, now: datetime) -> Chart | None:
    """Draw what was said by week, up to the week of now; None where nothing was said."""
    kinds = [kind for kind in offered(FeedbackKind) if any(of == kind for _, of in followed.by_week)][:_MOST_SERIES]
    if not kinds:
        return None
    weeks = _weeks(followed.since.date(), now.date())
    series = [Series(called(kind), [(week, followed.by_week.get((week, kind.value), 0)) for week in weeks]) for kind in kinds]
    return columns_over_time(series, gettext("What others said of your objects, by week"))


def _weeks(first: date, last: date) -> list[date]:
    monday = first - timedelta(days=first.weekday())
    return [monday + timedelta(weeks=number) for number in range((last - monday).days // 7 + 1)]
