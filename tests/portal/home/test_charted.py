from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from app.portal.home.charted import charted
from app.services.waiting.what_followed import Followed

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


def test_what_was_said_is_drawn_week_by_week_up_to_now() -> None:
    by_week = {(date(2026, 11, 9), "sighting"): 2, (date(2026, 11, 16), "outcome"): 1}
    followed = Followed(NOW - timedelta(days=28), {}, by_week, 1, at_least=False)
    chart = charted(followed, NOW)
    assert chart is not None
    assert chart.headings == ("Week from", "Sighting", "What came of it")
    assert [row[0] for row in chart.rows] == ["26 Oct 2026", "2 Nov 2026", "9 Nov 2026", "16 Nov 2026", "23 Nov 2026"]
    assert [row[1:] for row in chart.rows[2:4]] == [("2", "0"), ("0", "1")]


def test_where_nothing_was_said_nothing_is_drawn() -> None:
    assert charted(Followed(NOW, {}, {}, 0, at_least=False), NOW) is None
