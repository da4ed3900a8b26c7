"""Nouns of the prevention loop."""

from __future__ import annotations

from app.domain.prevention import Cell, Measure
from app.domain.vocabulary import Surface


def test_cells_differ_by_each_of_their_columns() -> None:
    cells = {
        Cell(Measure.HELPED, Surface.VOICE, "OP-001", "CM-001"),
        Cell(Measure.ADVERSE, Surface.VOICE, "OP-001", "CM-001"),
        Cell(Measure.HELPED, Surface.FORUM, "OP-001", "CM-001"),
        Cell(Measure.HELPED, Surface.VOICE, "OP-002", "CM-001"),
        Cell(Measure.HELPED, Surface.VOICE, "OP-001", "CM-002"),
    }
    assert len({cell.key for cell in cells}) == 5
    assert min(cells).measure is Measure.ADVERSE
