from __future__ import annotations

from app.portal.finding.drawing import MOST_DRAWN, Neighbour, draw


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
