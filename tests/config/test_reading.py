from __future__ import annotations

from pathlib import Path

import pytest

from app.config.reading import SettingsError, count, counts, one_of, path


@pytest.mark.parametrize("value", ["0", "5", "-1", "+1", "1.0", "one", "٣", "1\n", " 1", "1000"])
def test_a_count_is_a_plain_whole_number_within_its_bounds(value: str) -> None:
    with pytest.raises(SettingsError, match=r"^BREAKWATER_X must be a whole number from 1 to 4\.$"):
        count("X", value, 2, 4)


def test_what_is_not_given_has_its_default() -> None:
    assert count("X", None, 2, 4) == 2
    assert one_of("X", None, ("a", "b"), "b") == "b"
    assert path(None) is None


def test_what_is_given_is_read() -> None:
    assert count("X", "4", 2, 4) == 4
    assert one_of("X", "a", ("a", "b"), "b") == "a"
    assert path("somewhere/else") == Path("somewhere/else")


def test_a_word_is_one_of_those_listed() -> None:
    with pytest.raises(SettingsError, match=r"^BREAKWATER_X must be one of a, b\.$"):
        one_of("X", "c", ("a", "b"), "b")


@pytest.mark.parametrize(
    ("value", "found"), [(None, {}), ("a=1", {"a": 1}), ("url=30, email-addr=365", {"url": 30, "email-addr": 365})]
)
def test_numbers_by_word(value: str | None, found: dict[str, int]) -> None:
    assert counts("DAYS", value, 400) == found


@pytest.mark.parametrize("value", ["a", "=1", "a=0", "a=401", "a=1,a=2", "a=1,", "a=x"])
def test_what_are_no_numbers_by_word_is_refused_in_one_line(value: str) -> None:
    with pytest.raises(SettingsError, match="BREAKWATER_DAYS must be words with whole numbers from 1 to 400"):
        counts("DAYS", value, 400)
