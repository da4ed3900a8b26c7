"""How much is too much: a partner's limits of a day, and when the operators are alarmed about one.

Owns the numbers that count (the agreement's, else the exchange's) and the two edges. What was used is the services' to know.
Nothing here depends on what is hidden from a partner. Kept by ``tests/policy/test_volume.py``.
"""

from __future__ import annotations

from app.domain.agreement import Agreement
from app.domain.usage import Budgets, QuestionKind

_NEAR = 4, 5  # four fifths


def versions_per_day(agreement: Agreement | None, budgets: Budgets) -> int:
    """Give how many versions may be given to a partner in a day; without an agreement it is given what is addressed to it."""
    agreed = None if agreement is None else agreement.read.volume.versions_per_day
    return budgets.versions_per_day if agreed is None else agreed


def objects_per_day(agreement: Agreement | None, budgets: Budgets) -> int:
    """Give how many objects a partner may send in a day."""
    agreed = None if agreement is None else agreement.write.objects_per_day
    return budgets.objects_per_day if agreed is None else agreed


def questions_per_day(kind: QuestionKind, agreement: Agreement | None, budgets: Budgets) -> int:
    """Give how many questions of a kind a partner may ask in a day; of kind ``staff``, one person of the exchange."""
    if kind is QuestionKind.STAFF:
        return budgets.staff_lookups_per_day
    if kind is QuestionKind.SIMULATION:
        return budgets.simulations_per_day
    if kind is QuestionKind.ACCESS:
        return budgets.access_requests_per_day
    if kind is QuestionKind.EVALUATION:
        return budgets.evaluations_per_day
    agreed = None if agreement is None else agreement.read.volume.lookups_per_day
    return budgets.lookups_per_day if agreed is None else agreed


def is_exhausted(used: int, limit: int) -> bool:
    """Whether nothing more is given today."""
    return used >= limit


def exceeds(used: int, more: int, limit: int) -> bool:
    """Whether so many questions more are too many: they are asked all or not at all."""
    return used + more > limit


def passes_edge(used: int, more: int, limit: int) -> bool:
    """Whether four fifths of the limit, or all of it, are reached by this use: the operators are told of both."""
    part, whole = _NEAR
    near = -(-limit * part // whole)  # rounded up
    return any(used < edge <= used + more for edge in (near, limit))
