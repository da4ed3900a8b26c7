"""Erasing versions of a member's objects, as an operator's order or a person's request would have it done."""

from __future__ import annotations

from pathlib import Path

from app.domain.erasure import ErasureReason
from app.domain.recall import Choice
from app.services.retention.erase import Erased, Erasure, erase_versions
from app.storage import objects
from app.storage.counter import save_order, take_order_lock
from tests.factories.members import Member


def erase(
    member: Member,
    *stix_ids: str,
    choice: Choice = Choice(),  # noqa: B008  # frozen
    path: Path | None = None,
    reason: ErasureReason = ErasureReason.ERASURE,
) -> Erased:
    """Erase what a choice means of a member's versions under these ids; ``path`` is that of the journal."""
    exchange = member.hub.exchange
    with exchange.database.write() as connection:
        order = take_order_lock(connection)
        versions = choice.of(objects.own_versions(connection, member.id, stix_ids))
        erased = erase_versions(connection, order, Erasure(versions, None, path, reason), exchange.clock())
        save_order(connection, order)
    return erased
