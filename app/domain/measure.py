"""A measure: one number, or one for each of a few words, that tells whoever runs the exchange how it is.

Owns the noun; which there are is ``services/watching``'s. Kept by ``tests/domain/test_measure.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure by its name in Prometheus (without ``_total`` where it only grows), and what it says in a sentence.

    ``values`` are keyed by tuples of the values of ``labels``, in that order: words of ours, never who and never an id.
    """

    name: str
    sentence: str
    values: Mapping[Any, float]
    labels: tuple[str, ...] = ()
    only_grows: bool = False

    @classmethod
    def single(cls, name: str, sentence: str, value: float, *, only_grows: bool = False) -> Measure:
        """Give a measure without labels."""
        return cls(name, sentence, {(): value}, (), only_grows)
