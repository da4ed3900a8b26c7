from __future__ import annotations

from app.portal.charts.patterns import MOST_PATTERNS, filling, patterns
from tests.factories.pictures import parsed


def test_each_filling_is_defined_and_none_looks_like_another() -> None:
    defined = {one.attrib["id"]: [each.get("d") for each in one] for one in parsed(patterns("k"))}
    assert [filling("k", place) for place in range(MOST_PATTERNS)] == [f"url(#{name})" for name in defined]
    assert len({str(marks) for marks in defined.values()}) == MOST_PATTERNS
