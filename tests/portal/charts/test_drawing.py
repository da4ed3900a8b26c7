from __future__ import annotations

import pytest

from app.portal.charts.drawing import Chart, cut, element, isolated, key_of, picture, text
from tests.factories.pictures import PAYLOADS, parsed


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_looks_like_markup_is_text(payload: str) -> None:
    drawn = picture((10, 20), payload, payload, [text((1, 2), payload), element("rect", {"class": payload}, payload)])
    root = parsed(drawn)
    assert [one.tag.rpartition("}")[2] for one in root.iter()] == ["svg", "title", "desc", "text", "rect"]
    assert all(
        set(one.attrib) <= {"class", "role", "aria-labelledby", "viewBox", "id", "x", "y", "text-anchor"} for one in root.iter()
    )


def test_a_picture_has_a_name_and_a_description() -> None:
    root = parsed(picture((640, 1.5), "Sightings", "Two weeks.", []))
    assert root.get("role") == "img"
    assert root.get("viewBox") == "0 0 640 1.5"
    told = {one.get("id"): one.text for one in root}
    assert [told[name] for name in root.attrib["aria-labelledby"].split()] == ["Sightings", "Two weeks."]


def test_markup_of_ours_stays_markup() -> None:
    assert element("g", {"x": 1.50}, element("title", {}, "a")) == '<g x="1.5"><title>a</title></g>'


def test_charts_of_different_labels_share_no_ids() -> None:
    assert key_of("Sightings") != key_of("Reports")


def test_long_words_are_cut() -> None:
    assert cut("abc def", 7) == "abc def"
    assert cut("abc defg", 7) == "abc de\N{HORIZONTAL ELLIPSIS}"


def test_words_of_another_direction_keep_to_themselves() -> None:
    assert isolated("\N{HEBREW LETTER ALEF}") == "\u2068\N{HEBREW LETTER ALEF}\u2069"


def test_a_chart_without_rows_is_empty() -> None:
    assert Chart("a", element("svg", {}), (), ()).is_empty
    assert not Chart("a", element("svg", {}), ("b",), (("c",),)).is_empty
