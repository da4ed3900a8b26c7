"""What an owner asks about its recalls: what it withdrew, when and why, and who was told when.

Owns the owner's view: its own recalls alone. Who was told is known once the notices went out; who was given what, and when, is on
the ledger (``look_up_disclosures``). Kept by ``tests/services/reading/test_look_up_recalls.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.recall import Recall, RecalledVersion
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.storage import members, recalls
from app.storage.session import Connection

_POSITION_BYTES = 8


@dataclass(frozen=True, slots=True)
class OwnRecall:
    """A recall as its owner sees it: what was called back, and who was told (id, name); nobody before the notices went out."""

    recall: Recall
    versions: Sequence[RecalledVersion]
    told: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RecallPage:
    """Recalls, oldest first; ``next`` is always given, as with objects."""

    recalls: list[OwnRecall]
    next: str
    more: bool


def own_recalls(exchange: Exchange, principal: Principal, cursor: str | None, limit: int) -> RecallPage:
    """List the caller's recalls.

    Raises:
        ForbiddenError: not a partner, or without the right.
        MalformedInputError: ``cursor-invalid``.
    """
    owner_id = _owner_id(principal)
    context = hashlib.sha256(f"recalls\0{owner_id}".encode()).digest()
    after = 0 if cursor is None else int.from_bytes(exchange.sealer.open(cursor, context), "big")
    with exchange.database.read() as connection:
        found = recalls.recalls_of(connection, owner_id, after, limit + 1)
        shown = _shown(connection, found[:limit])
    reached = shown[-1].recall.recall_id if shown else after
    next_ = exchange.sealer.seal(reached.to_bytes(_POSITION_BYTES, "big"), context)
    return RecallPage(shown, next_, more=len(found) > limit)


def own_recall(exchange: Exchange, principal: Principal, public_id: str) -> OwnRecall:
    """Give one of the caller's recalls by the id that withdrawing gave.

    Raises:
        ForbiddenError: not a partner, or without the right.
        NotFoundError: there is no such recall of the caller's; the id may be anything.
    """
    owner_id = _owner_id(principal)
    with exchange.database.read() as connection:
        found = recalls.find_recall(connection, owner_id, public_id)
        if found is None:
            raise NotFoundError
        return _shown(connection, [found])[0]


def _owner_id(principal: Principal) -> str:
    require(principal, Permission.DISCLOSURES_READ)
    if principal.partner is None:
        raise ForbiddenError("Only partners have recalls of their own.")
    return principal.partner.partner_id


def _shown(connection: Connection, found: Sequence[Recall]) -> list[OwnRecall]:
    names = {partner.partner_id: partner.name for partner in members.partners(connection)}
    told = recalls.notified_partners(connection, [one.recall_id for one in found])
    return [
        OwnRecall(
            one,
            recalls.recalled_versions(connection, one.recall_id),
            [(partner_id, names[partner_id]) for partner_id in told.get(one.recall_id, ())],
        )
        for one in found
    ]
