"""How well two samples of times can be told apart: the area under the curve of a reader who guesses by a threshold.

Owns the arithmetic. Kept by ``tests/promises/test_timing.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter


def area_under_curve(first: Sequence[float], second: Sequence[float]) -> float:
    """Give the chance that a time of ``first`` is longer than one of ``second``, equal ones counting half (Mann-Whitney).

    0.5: nobody can tell; 1 or 0: everybody can. Neither may be empty.
    """
    marked = sorted([(time, 1) for time in first] + [(time, 0) for time in second])
    rank, ranks = 0, 0.0
    for _, ties in groupby(marked, key=itemgetter(0)):
        group = [is_first for _, is_first in ties]
        ranks += sum(group) * (rank + (len(group) + 1) / 2)
        rank += len(group)
    return (ranks - len(first) * (len(first) + 1) / 2) / (len(first) * len(second))


def noise(count: int) -> float:
    """Give twice the standard deviation of the area for two samples of ``count`` times that are of one kind."""
    return 2 * math.sqrt((2 * count + 1) / (12 * count * count))
