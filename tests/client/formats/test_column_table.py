"""The list of columns: names are unique, and the document says the same."""

from __future__ import annotations

import re
from pathlib import Path

from app.stix.exchange_types import EXCHANGE_TYPES
from app.stix.object_types import OBJECT_TYPES
from breakwater_client.formats.column_table import COLUMNS, GENERIC, TYPES, columns_of

DOCUMENT = Path(__file__).parents[3] / "docs" / "export-formats.md"


def test_a_name_stands_for_one_column() -> None:
    names = [one.name for one in COLUMNS]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)


def test_columns_are_of_types_that_there_are() -> None:
    assert set(OBJECT_TYPES) | set(EXCHANGE_TYPES) >= TYPES


def test_names_of_types_fit_into_names_of_files() -> None:
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in TYPES)


def test_a_table_has_its_own_columns_between_the_general_ones() -> None:
    names = [one.name for one in columns_of("indicator")]
    assert (names[0], names[-1]) == ("id", "content")
    assert "pattern" in names
    assert "account_login" not in names
    assert [one for one in columns_of("indicator") if not one.types] == list(GENERIC)


def test_every_column_is_documented_with_its_kind_and_types() -> None:
    text = DOCUMENT.read_text().partition("| column | kind |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.*?) \| (.+?) \|$", text, re.MULTILINE)
    assert [row[0] for row in rows] == [one.name for one in COLUMNS]
    for (name, kind, types, says), one in zip(rows, COLUMNS, strict=True):
        assert (kind, says) == (one.kind.name.lower(), one.says), name
        assert types == (", ".join(sorted(one.types)) or "all"), name
