"""``docs/retention.md`` says what the code does: the times by kind, and a row for every table in which something is kept."""

from __future__ import annotations

import re
from pathlib import Path

from app.domain.retention import MOST_DAYS
from app.storage.tables import metadata

TEXT = (Path(__file__).parents[2] / "docs" / "retention.md").read_text()


def test_the_published_times_are_those_that_are_applied() -> None:
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| ([0-9]+) \|", TEXT, re.MULTILINE)
    assert {kind: int(days) for kind, days in rows} == dict(MOST_DAYS)
    assert len(rows) == len(MOST_DAYS)


def test_every_table_of_the_database_has_its_place() -> None:
    _, _, places = TEXT.partition("## Every place")
    first_cells = [line.split("|")[1] for line in places.splitlines() if line.startswith("|")]
    named = {name for cell in first_cells for name in re.findall(r"`([a-z_]+)`", cell)}
    assert metadata.tables.keys() - named == set()
