from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from app.domain.object_vocabulary import ContestOutcome, HeldBasis, RecallAct, RecallKind, RecallOutcome, RecallReason
from app.portal.answering import words


@pytest.mark.parametrize(
    ("known", "listed"),
    [
        (words.ACTS, RecallAct),
        (words.BASES, HeldBasis),
        (words.KINDS, RecallKind),
        (words.OUTCOMES, (*RecallOutcome, *ContestOutcome)),
        (words.REASONS, RecallReason),
        (words.SHORT_ACTS, RecallAct),
    ],
)
def test_each_word_of_a_closed_list_has_a_meaning(known: Mapping[Any, Any], listed: Any) -> None:
    assert set(known) == set(listed)


def test_a_type_without_words_is_called_by_its_name() -> None:
    given = ("indicator--1", "x-synthetic-thing--1", "anything")
    assert [words.type_words(one) for one in given] == ["Indicator", "X synthetic thing", "Anything"]
