from __future__ import annotations

from enum import StrEnum

import pytest

from app.domain.work import LaneName, WorkState


@pytest.mark.parametrize("words", [WorkState, LaneName])
def test_the_words_are_in_order(words: type[StrEnum]) -> None:
    assert list(words) == sorted(words)
