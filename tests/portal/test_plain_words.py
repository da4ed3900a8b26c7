from __future__ import annotations

from app.domain.vocabulary import Purpose
from app.portal.plain_words import PURPOSES, type_words


def test_each_purpose_is_offered_in_plain_words() -> None:
    assert set(PURPOSES) == set(Purpose)
    assert len(set(PURPOSES.values())) == len(Purpose)


def test_a_type_without_words_is_called_by_its_name() -> None:
    given = ("indicator--1", "x-synthetic-thing--1", "anything")
    assert [type_words(one) for one in given] == ["Indicator", "X synthetic thing", "Anything"]
