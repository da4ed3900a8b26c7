"""Release 1 is part of the program."""

from __future__ import annotations

from app.services.cataloguing.founding import founding


def test_the_founding_release_is_the_first_and_retires_nothing() -> None:
    first = founding()
    assert first.release == 1
    assert {one.retired_in for one in (*first.behaviours, *first.countermeasures)} == {None}
    assert founding() is first
