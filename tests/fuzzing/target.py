"""What a target of fuzzing is, for those who list them. Kept by ``tests/promises/test_fuzzing.py``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.errors import BreakwaterError, Code


@dataclass(frozen=True)
class Target:
    """A reader. ``words`` are what its language is made of; no input is longer than ``longest`` bytes."""

    attempt: Callable[[bytes], object]
    seeds: Callable[[], Sequence[bytes]]
    words: tuple[bytes, ...] = ()
    longest: int = 1024

    def takes(self, data: bytes) -> bool:
        """Whether an input is taken; False if it is refused. Raises whatever else it comes to."""
        try:
            self.attempt(data)
        except BreakwaterError as refusal:
            if refusal.code is Code.INTERNAL:
                raise AssertionError("what comes from outside is no mistake of ours") from refusal
            return False
        return True
