"""A table of one's own: every column, and every mistake by line and column."""

from __future__ import annotations

import io

import pytest

from app.services.importing.from_csv import read_csv
from app.services.importing.rows import Found, Left, Row

HEADER = b"kind,value,role,service,subject_status,valid_until,language,payment_kind,quality,scheme,epoch,token\n"


def rows(content: bytes) -> list[Row]:
    return list(read_csv(io.BytesIO(content)))


def test_every_column_becomes_what_the_form_calls_it() -> None:
    token = b"breakwater-hmac-sha256-1,7e221dbff7c47baa," + b"a" * 64
    found = rows(
        HEADER
        + b"Handle,'@somebody,context,Example Chat,unknown,2027-01-01T00:00:00Z,,,,,,\n"
        + b"pdq,"
        + b"ab" * 32
        + b",,,,,,,97,,,\n"
        + b"payment-handle-hmac,,,,,,,account,,"
        + token
        + b"\n"
    )
    assert [one.place for one in found] == ["line 2", "line 3", "line 4"]
    assert [one.observable for one in found if isinstance(one, Found)] == [
        {
            "kind": "handle",
            "value": "@somebody",
            "role": "context",
            "service": "Example Chat",
            "subject_status": "unknown",
            "valid_until": "2027-01-01T00:00:00Z",
        },
        {"kind": "pdq", "value": "ab" * 32, "quality": 97},
        {
            "kind": "payment-handle-hmac",
            "payment_kind": "account",
            "token": {"scheme": "breakwater-hmac-sha256-1", "epoch": "7e221dbff7c47baa", "token": "a" * 64},
        },
    ]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (b"nonsense,x", "line 2, column kind"),
        (b",x", "line 2, column kind"),
        (b"vpdq,x", "line 2, column kind"),
        (b"url,", "line 2"),
        (b"url,=HYPERLINK()", "line 2, column value"),
        (b"url," + b"a" * 9_000, "line 2, column value"),
        (b"pdq,a,,,,,,,1.5,,,", "line 2, column quality"),
        (b"pdq,a,,,,,,,1000,,,", "line 2, column quality"),
        (b"email,a,,,,,,,,s,e,t", "line 2"),
        (b"url,a,,,,,,,,,,,,", "line 2"),
    ],
)
def test_a_mistake_is_told_by_line_and_column_and_the_next_row_is_taken(line: bytes, place: str) -> None:
    wrong, right = rows(HEADER + line + b"\nurl,https://a.example.org/\n")
    assert isinstance(wrong, Left)
    assert wrong.place == place
    assert isinstance(right, Found)
