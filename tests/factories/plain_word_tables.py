"""What holds for every table of plain words. Kept by the tests in ``tests/portal/vocabulary``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum


def faults_of(tables: Mapping[type[StrEnum], Mapping[StrEnum, str]], *, complete: bool = True) -> list[str]:
    """Give what is wrong with tables of words: one that is missing, said twice, or no form that stands within a sentence."""
    found = []
    for kind, words in tables.items():
        if complete and set(words) != set(kind):
            found.append(f"{kind.__name__}: words for other codes than it has")
        if len(set(words.values())) != len(words):
            found.append(f"{kind.__name__}: two codes are called the same")
        found += [f"{kind.__name__}: {one!r}" for one in words.values() if not _stands_within_a_sentence(one)]
    return found


def _stands_within_a_sentence(word: str) -> bool:
    starts = word[:1].islower() or re.match("[A-Z]:|[A-Z]{2}|Parquet", word) is not None
    return starts and word == word.strip() and not word.endswith(".")
