"""In which order tests have their turns: those that mostly wait are spread among those that compute.

The walks (servers that start, are killed and recover) leave the processor idle for much of their time; in a row at the end they
took a quarter of the suite's time. Kept by ``tests/promises/test_test_bed.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, groupby
from typing import TypeVar

Test = TypeVar("Test")


def spread(tests: Sequence[Test], file_of: Callable[[Test], str], waits: Callable[[str], bool]) -> list[Test]:
    """Put the files that ``waits`` names at even distances among the rest. What stands together of a file stays together."""
    runs = [(file, list(run)) for file, run in groupby(tests, file_of)]
    waiting = [run for file, run in runs if waits(file)]
    others = [run for file, run in runs if not waits(file)]
    turns: list[Test] = []
    turn, passed, distance = 0, 0, sum(map(len, others)) / max(len(waiting), 1)
    for run in others:
        while turn < len(waiting) and passed >= turn * distance:
            turns += waiting[turn]
            turn += 1
        turns += run
        passed += len(run)
    return [*turns, *chain.from_iterable(waiting[turn:])]
