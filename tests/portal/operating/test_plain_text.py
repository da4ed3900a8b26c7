from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.errors import MalformedInputError
from app.portal.operating.plain_text import checked_id, checked_moment, checked_name, checked_number

ID = "0a1b2c3d-0000-4000-8000-0123456789ab"


def test_what_has_its_form_is_given() -> None:
    assert checked_name("  Synthetic Hotline ") == "Synthetic Hotline"
    assert (checked_id(f" {ID.upper()} ", "x"), checked_id(" ", "x")) == (ID, None)
    assert (checked_number("10,000", "x"), checked_number("", "x")) == (10_000, None)
    assert checked_moment("2026-01-31", "x") == datetime(2026, 1, 31, tzinfo=UTC)
    assert checked_moment("2026-01-31T08:30", "x") == datetime(2026, 1, 31, 8, 30, tzinfo=UTC)
    assert checked_moment("", "x") is None


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (checked_name, ""),
        (checked_name, "a" * 101),
        (checked_id, "x"),
        (checked_number, "0"),
        (checked_number, "-1"),
        (checked_moment, "x"),
        (checked_moment, "0001-01-01"),
        (checked_moment, "1999-12-31T23:59"),
        (checked_moment, "2026-01-31T08:00+14:00"),
        (checked_moment, "2026-01-31T08:00Z"),
        (checked_moment, "2026-02-30"),
        (checked_moment, "2026-W47-5"),
        (checked_moment, "20260131"),
    ],
)
def test_what_has_not_is_refused_at_its_field(check: object, text: str) -> None:
    with pytest.raises(MalformedInputError) as caught:
        check(text, "field")  # type: ignore[operator]  # one of the four
    assert caught.value.pointer == "/field"
