"""Numbered steps of a verification: what each shows once it is passed, what it does not show, and at which one something failed.

Owns the form of a step and of its failure; the steps themselves stand with who takes them. Kept by
``tests/client/verifying/test_steps.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from breakwater_client.errors import BreakwaterError


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its number, what it showed once it is passed, and what it does not show."""

    number: int
    checked: str
    not_checked: str


class FailedStepError(BreakwaterError):
    """A verification failed at a step; code, sentence and pointer are those of the refusal there."""

    def __init__(self, number: int, refusal: BreakwaterError) -> None:
        """Keep the step's number and the refusal."""
        super().__init__(refusal.sentence, code=refusal.code, pointer=refusal.pointer)
        self.number = number


@contextmanager
def at_step(number: int) -> Iterator[None]:
    """Let whatever the block refuses be told with the step's number; a step within a step gives way to the outer one.

    Raises:
        FailedStepError: the block raised an error of the domain.
    """
    try:
        yield
    except BreakwaterError as refusal:
        raise FailedStepError(number, refusal) from refusal
