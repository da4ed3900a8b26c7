from __future__ import annotations

import itertools
import re

from app.portal.finding.drawing import MOST_DRAWN, MOST_LINES, Neighbour, draw


def test_each_side_has_its_neighbours_as_many_as_there_is_room_for() -> None:
    many = [
        Neighbour(f"indicator--{one}", "Indicator", f"Left {one}", "indicates", points_here=True, publisher="")
        for one in range(15)
    ]
    drawn = draw(
        "<b>Middle", "Report", [*many, Neighbour("url--1", "Web address", "Right", "contains", points_here=False, publisher="")]
    )
    assert drawn.count('class="graph-box"') == MOST_DRAWN + 1
    assert drawn.count("graph-box middle") == 1
    assert "&lt;b&gt;Middle" in drawn
    assert "<desc" in drawn


def _beside(title: str, words: str = "indicates", **known: str) -> Neighbour:
    return Neighbour("indicator--1", "Indicator", title, words, points_here=True, publisher="", **known)


def test_a_long_name_stands_in_lines_and_none_of_it_is_lost() -> None:
    name = "Repeated short-lived rooms that are opened by accounts of the same day and closed within an hour"
    drawn = draw("Report", "Report", [_beside(name)])
    lines = re.findall('class="graph-title"[^>]*>([^<]*)<', drawn)
    assert " ".join(lines[:-1]) == name
    assert "\N{HORIZONTAL ELLIPSIS}" not in drawn


def test_what_is_too_long_for_a_box_or_an_arrow_is_told_whole_to_whoever_points_at_it() -> None:
    name, words = "room " * 60, "was taken over from somebody who had it from elsewhere"
    drawn = draw(name.strip(), "Report", [_beside("cut", words, whole=f"x{name}".strip())])
    assert f"<title>Report: {name.strip()}</title>" in drawn
    assert f"<title>Indicator: x{name.strip()}</title>" in drawn
    assert f"<title>{words}</title>" in drawn
    assert drawn.count('class="graph-title"') == 2 * MOST_LINES


def test_boxes_of_one_side_do_not_lie_over_each_other() -> None:
    drawn = draw("Report", "Report", [_beside("room " * size) for size in (1, 30, 2, 18)])
    boxes = [(float(y), float(height)) for y, height in re.findall('y="([^"]+)" width="[^"]+" height="([^"]+)"', drawn)][:-1]
    assert len(boxes) == 4
    assert all(y + height < below for (y, height), (below, _) in itertools.pairwise(boxes))
    size = float(re.findall('viewBox="0 0 920 ([^"]+)"', drawn)[0])
    assert boxes[0][0] > 0
    assert sum(boxes[-1]) < size
