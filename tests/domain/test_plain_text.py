from __future__ import annotations

import pytest

from app.domain.plain_text import is_legible, is_plain


@pytest.mark.parametrize(
    "text", ["", "Hotlines, 2026 (night)", "\u00c4rzte", "\u041a\u0438\u0457\u0432", "\u6771\u4eac", "\u05d7\u05d3\u05e8"]
)
def test_what_is_seen_is_plain(text: str) -> None:
    assert is_plain(text)
    assert is_legible(text)


@pytest.mark.parametrize(
    "text",
    [
        "Two\r\nlines\tand\u00a0more",
        "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u200fabc\u200e",
        "\U0001f468\u200d\U0001f469\ufe0f",
        "soft\u00adhyphen, no\u200bwidth, bom\ufeff\u2060",
        "a\ue000",
    ],
)
def test_what_languages_are_written_with_is_legible_and_not_plain(text: str) -> None:
    assert is_legible(text)
    assert not is_plain(text)


@pytest.mark.parametrize(
    "character",
    [
        *("\x00", "\x07", "\x08", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\x9b", "\ud800"),
        *("\u2028", "\u2029", "\u202a", "\u202e", "\u2061", "\u2066", "\u2069", "\u206a", "\ufff9", "\U000e0041"),
        *("\u034f", "\u115f", "\u1160", "\u180b", "\u180e", "\u2800", "\u3164", "\uffa0", "\U000e0100"),
    ],
)
def test_what_turns_the_text_or_is_not_seen_is_neither(character: str) -> None:
    assert not is_legible(f"Rooms {character} that close")
    assert not is_plain(f"Rooms {character} that close")
