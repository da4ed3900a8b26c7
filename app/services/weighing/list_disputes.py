"""What is disputed, of all that a partner sees or was given: one look instead of a walk through the feed for notices.

Owns what is told: the id, its publisher and since when, never by whom or why. Kept by
``tests/services/weighing/test_list_disputes.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.permissions import Permission
from app.domain.vocabulary import Extent
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.reading.disclosing import disclosed
from app.services.reading.readers import Reader
from app.services.reading.record_disclosure import Manner
from app.services.reading.visible_set import Look
from app.storage import disputed, weighing
from app.storage.disputed import DisputeCall

_POSITION_BYTES = 8


@dataclass(frozen=True, slots=True)
class _Seen:
    """A version whose existence is told."""

    version_id: int
    class_id: int


@dataclass(frozen=True, slots=True)
class DisputedObject:
    """What is disputed since when; ``ended_at`` is set once it is disputed no more, for who had been told."""

    stix_id: str
    owner_id: str
    since: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class DisputesPage:
    """Disputed objects, oldest first; ``next`` is always given."""

    disputes: Sequence[DisputedObject]
    next: str
    more: bool


def list_disputes(
    exchange: Exchange, reader: Reader, added_after: datetime | None, cursor: str | None, limit: int
) -> DisputesPage:
    """List what is disputed of what the reader sees or was given, and what was until after ``added_after``.

    Raises:
        ForbiddenError: the caller may not read feedback.
        MalformedInputError: ``cursor-invalid``.
    """
    require(reader.principal, Permission.FEEDBACK_READ)
    partner_id = reader.partner.partner_id
    context = hashlib.sha256(f"disputes\0{partner_id}".encode()).digest()
    after = 0 if cursor is None else int.from_bytes(exchange.sealer.open(cursor, context), "big")

    def read(look: Look) -> tuple[Sequence[_Seen], DisputesPage]:
        told: list[DisputedObject] = []
        seen: list[_Seen] = []
        reached, more = after, True
        while more and len(told) < limit:
            calls = disputed.calls_after(look.connection, reached, limit)
            more = len(calls) == limit
            for call in calls:
                if len(told) == limit:
                    more = True
                    break
                reached = call.recall_id
                found, reveals = _told(look, partner_id, call, added_after)
                told += found
                seen += reveals
        sealed = exchange.sealer.seal(reached.to_bytes(_POSITION_BYTES, "big"), context)
        return seen, DisputesPage(told, sealed, more)

    return disclosed(exchange, reader, read, Manner(extent=Extent.EXISTENCE))


def _told(
    look: Look, partner_id: str, call: DisputeCall, added_after: datetime | None
) -> tuple[list[DisputedObject], list[_Seen]]:
    if added_after is not None and max(call.since, call.ended_at or call.since) <= added_after:
        return [], []
    one = DisputedObject(call.stix_id, call.owner_id, call.since, call.ended_at)
    if disputed.was_told(look.connection, call.recall_id, partner_id):
        return [one], []
    if call.ended_at is not None:
        return [], []
    seen = weighing.seen_among(look.connection, look.viewpoint, call.version_ids, look.now)
    return [one] if seen else [], [_Seen(version_id, class_id) for version_id, class_id in seen.items()]
