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
_AT_ONCE = 100


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
        # One more than asked for is looked for: whether there is more must not depend on what is hidden between.
        found, reached = _find(look, partner_id, (after, limit + 1), added_after)
        given, more = found[:limit], len(found) > limit
        sealed = exchange.sealer.seal((given[-1].recall_id if more else reached).to_bytes(_POSITION_BYTES, "big"), context)
        seen = [version for one in given for version in one.reveals]
        return seen, DisputesPage([one.told for one in given], sealed, more)

    return disclosed(exchange, reader, read, Manner(extent=Extent.EXISTENCE))


@dataclass(frozen=True, slots=True)
class _Found:
    """A dispute that is told, by the number of its call, and the versions whose existence that tells."""

    recall_id: int
    told: DisputedObject
    reveals: Sequence[_Seen]


def _find(look: Look, partner_id: str, window: tuple[int, int], added_after: datetime | None) -> tuple[list[_Found], int]:
    """Give so many disputes after a number that are told, and up to which number was looked."""
    reached, wanted = window
    found: list[_Found] = []
    while True:
        calls, last = disputed.calls_after(look.connection, reached, _AT_ONCE)
        if last is None:
            return found, reached
        for call in calls:
            told, reveals = _told(look, partner_id, call, added_after)
            found += [_Found(call.recall_id, one, reveals) for one in told]
            if len(found) == wanted:
                return found, call.recall_id
        reached = last


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
