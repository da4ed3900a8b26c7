from __future__ import annotations

import pytest

from app.services.importing.rows import MOST_CELL_CHARACTERS, Found, plain_cell


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        (" a ", "a"),
        ("", ""),
        ("+15550100", "+15550100"),
        ("@somebody", "@somebody"),
        ("'+15550100", "+15550100"),
        ("'@somebody", "@somebody"),
        ("'quoted'", "'quoted'"),
        ("=1+1", None),
        ("'=1+1", None),
        ("a" * MOST_CELL_CHARACTERS, "a" * MOST_CELL_CHARACTERS),
        ("a" * (MOST_CELL_CHARACTERS + 1), None),
    ],
)
def test_what_spreadsheets_are_kept_from_is_undone_and_formulas_are_refused(cell: str, plain: str | None) -> None:
    assert plain_cell(cell) == plain


def test_a_row_does_not_show_what_is_in_it() -> None:
    assert "secret" not in repr(Found("line 2", {"kind": "email", "value": "secret"}))
