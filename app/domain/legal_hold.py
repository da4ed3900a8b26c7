"""Legal holds: what somebody is bound to keep, so that nothing erases it meanwhile.

Kept by ``tests/domain/test_legal_hold.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LegalHold:
    """A hold on exactly one of: all versions under an object's id, all of an owner (partner id), what a recall called back.

    ``reference`` is the authority's own reference of its order. A hold that was lifted names no object's id any more; it blocks
    sweep and erasure, never a recall or a withdrawal.
    """

    hold_id: str
    stix_id: str | None
    owner_id: str | None
    recall_id: str | None
    reference: str
    placed_by: str
    placed_at: datetime
    lifted_by: str | None = None
    lifted_at: datetime | None = None
    lifted_reason: str | None = None
