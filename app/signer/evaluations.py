"""Evaluating blinded identifiers with the key of overlap checks, as often as the day's budget allows.

Owns the order: what came is looked at, the budget is spent durably, then the key is used. What is evaluated is blinded: neither
this process nor the one that asks learns an identifier or a token. It works in the signer (``server``), and in the process of an
exchange without one. Owns the message to the signer, too: the partner's id, then the elements. Kept by
``tests/signer/test_evaluations.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from app.crypto.oprf import ELEMENT_BYTES, Evaluation, EvaluationKey, evaluate
from app.crypto.ristretto import check_element
from app.domain.errors import ExhaustedError, MalformedInputError, UnavailableError
from app.domain.overlap import MOST_AT_ONCE
from app.domain.usage import seconds_left_today
from app.signer.memory_file import UnreadableMemoryError
from app.signer.spending_memory import SpendingMemory

PARTNER_BYTES = 36
"""A partner's id is a UUID, in ASCII."""

SPENT = "Your organisation had as many identifiers evaluated today as it may, or all organisations together had."
_AWAY = "The exchange cannot evaluate just now; try again shortly."


class Evaluations:
    """An ``Evaluator`` that has the key itself."""

    def __init__(
        self, key: EvaluationKey, memory: SpendingMemory, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Take the key, what counts its use, and the clock by which days are told."""
        self._key = key
        self._memory = memory
        self._clock = clock

    @property
    def public(self) -> bytes:
        """The key's public half."""
        return self._key.public

    def evaluate(self, partner_id: str, elements: Sequence[bytes]) -> Evaluation:
        """Evaluate a partner's unverified elements, up to ``MOST_AT_ONCE``.

        Raises:
            MalformedInputError: none, too many, or one that is no element; nothing is spent.
            ExhaustedError: the day's budget, the partner's or that of all, does not reach.
            UnavailableError: what was spent is not known, or cannot be remembered.
        """
        if not 1 <= len(elements) <= MOST_AT_ONCE:
            raise MalformedInputError(f"From 1 to {MOST_AT_ONCE} elements are evaluated at once.")
        for one in elements:
            check_element(one)
        now = self._clock()
        try:
            reason = self._memory.why_not(partner_id, len(elements), now)
        except (OSError, UnreadableMemoryError) as exc:
            raise UnavailableError(_AWAY) from exc
        if reason == "budget-spent":
            raise ExhaustedError(SPENT, retry_after_seconds=seconds_left_today(now))
        if reason is not None:
            raise MalformedInputError("Evaluations are asked for in the name of a partner.")
        return evaluate(self._key, elements)


def open_evaluations(private: bytes | None, memory_file: Path, per_day: int) -> Evaluations | None:
    """Give who evaluates with a private key (32 bytes) that was read from its file, None where there is none.

    Raises:
        MalformedInputError: this is no key.
        UnreadableMemoryError: nobody knows what was spent today.
    """
    if private is None:
        return None
    memory = SpendingMemory(memory_file, per_day)
    memory.check()
    return Evaluations(EvaluationKey.of(private), memory)


def evaluation_message(partner_id: str, elements: Sequence[bytes]) -> bytes:
    """Give what is sent to the signer."""
    if any(len(one) != ELEMENT_BYTES for one in elements):
        raise MalformedInputError("An element has 32 bytes.")
    return partner_id.encode("ascii", "replace").ljust(PARTNER_BYTES)[:PARTNER_BYTES] + b"".join(elements)


def read_evaluation_message(message: bytes) -> tuple[str, list[bytes]]:
    """Give partner and elements of what was sent (unverified bytes); what is left over is an element of too few bytes."""
    rest = message[PARTNER_BYTES:]
    elements = [rest[at : at + ELEMENT_BYTES] for at in range(0, len(rest), ELEMENT_BYTES)]
    return message[:PARTNER_BYTES].decode("ascii", "replace"), elements
