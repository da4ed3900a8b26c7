from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.words import GAP, LONGEST_WORD, MOST_REPEATS, MOST_WORDS, fold_words, kept_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Live-streamed child sexual ABUSE", ["live", "streamed", "child", "sexual", "abuse"]),
        ("OP-012", ["op", "012"]),
        ("snake_case a.b", ["snake", "case", "a", "b"]),
        ("Ünïcödé ﬁne Straße İstanbul", ["unicode", "fine", "strasse", "istanbul"]),
        ("電話 \uff21\uff22\uff23", ["電話", "abc"]),
        ("e\u0301 \u0661\u0662", ["e", "\u0661\u0662"]),
        ("", []),
        ("¶ \x00 -", []),
        ("x" * 100, ["x" * LONGEST_WORD]),
    ],
)
def test_words_are_without_case_accents_and_punctuation(text: str, expected: list[str]) -> None:
    assert fold_words(text) == expected


@given(st.text())
def test_folding_again_changes_nothing_and_no_word_can_be_anything_but_letters_and_digits(text: str) -> None:
    words = fold_words(text)
    assert all(word.isalnum() and not any(one in word for one in " '\"\\¶") for word in words)
    assert [again for word in words for again in fold_words(word)] == words


def test_texts_are_kept_apart_and_bounded() -> None:
    assert kept_words(["A b", "", "c"]) == f"a b {GAP} c"
    assert kept_words([]) == ""
    assert kept_words(["a " * (MOST_REPEATS + 1) + "b"]) == "a " * MOST_REPEATS + "b"
    kept = kept_words([f"x{number} " * 3 for number in range(MOST_WORDS)]).split(" ")
    assert len(kept) == MOST_WORDS
