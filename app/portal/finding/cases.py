"""Cases in which an object stands: what its receivers, and its publisher, say happened around it, as far as the reader sees that.

Owns their words and how many one page lists. Which cases these are is ``look_around``'s. Kept by
``tests/portal/finding/test_cases.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.portal.finding.names import Names
from app.portal.finding.titles import title_of
from app.services.showing.look_around import ObjectInContext


@dataclass(frozen=True, slots=True)
class ToldCase:
    """A case: its page, what it is called, who says it, and when they said it first."""

    stix_id: str
    title: str
    publisher: str
    said_at: datetime


def told_cases(found: ObjectInContext, names: Names) -> Sequence[ToldCase]:
    """Give the cases of an object in words, newest first."""
    return [
        ToldCase(one.stix_id, title_of(one.value), names.partner(one.owner_id), datetime.fromisoformat(one.value["created"]))
        for one in found.cases
    ]
