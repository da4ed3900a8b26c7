"""What an owner asks about its recalls: what it withdrew, when and why, who was told when, and what they answered.

Owns the owner's view: its own recalls alone; staff see all. Who was told is known once the notices went out; who was given
what, and when, is on the ledger (``look_up_disclosures``). Kept by ``tests/services/reading/test_look_up_recalls.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.recall import Addressee, Outcome, Recall, RecalledVersion
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.storage import log, members, notices, recalls
from app.storage.session import Connection
from breakwater_client.trust.log_leaf import LeafKind

_POSITION_BYTES = 8
MOST_OF_OBJECT = 50


@dataclass(frozen=True, slots=True)
class Told:
    """A partner that was told: by when it has to answer and whether that is past, since when it has, and what of each version."""

    partner_id: str
    name: str
    due_at: datetime | None
    answered_at: datetime | None
    outcomes: Sequence[Outcome]
    is_late: bool


@dataclass(frozen=True, slots=True)
class OwnRecall:
    """A recall as its owner sees it: what was called back, and who was told; nobody before the notices went out.

    ``log_index`` is where the log holds it; None for one that has no leaf.
    """

    recall: Recall
    versions: Sequence[RecalledVersion]
    told: Sequence[Told]
    log_index: int | None = None


@dataclass(frozen=True, slots=True)
class RecallPage:
    """Recalls, oldest first; ``next`` is always given, as with objects."""

    recalls: list[OwnRecall]
    next: str
    more: bool


def own_recalls(exchange: Exchange, principal: Principal, cursor: str | None, limit: int) -> RecallPage:
    """List the caller's recalls; staff see everybody's.

    Raises:
        ForbiddenError: without the right.
        MalformedInputError: ``cursor-invalid``.
    """
    owner_id = _owner_id(principal)
    context = hashlib.sha256(f"recalls\0{owner_id}".encode()).digest()
    after = 0 if cursor is None else int.from_bytes(exchange.sealer.open(cursor, context), "big")
    with exchange.database.read() as connection:
        found = recalls.recalls_of(connection, owner_id, after, limit + 1)
        shown = _shown(connection, found[:limit], exchange.clock())
    reached = shown[-1].recall.recall_id if shown else after
    next_ = exchange.sealer.seal(reached.to_bytes(_POSITION_BYTES, "big"), context)
    return RecallPage(shown, next_, more=len(found) > limit)


def own_recall(exchange: Exchange, principal: Principal, public_id: str) -> OwnRecall:
    """Give one of the caller's recalls by the id that withdrawing gave; staff get anybody's.

    Raises:
        ForbiddenError: without the right.
        NotFoundError: there is no such recall of the caller's; the id may be anything.
    """
    owner_id = _owner_id(principal)
    with exchange.database.read() as connection:
        found = recalls.find_recall(connection, owner_id, public_id)
        if found is None:
            raise NotFoundError
        return _shown(connection, [found], exchange.clock())[0]


def own_recalls_of(exchange: Exchange, principal: Principal, stix_id: str) -> list[OwnRecall]:
    """Give the caller's recalls of one object, the newest first, ``MOST_OF_OBJECT`` at most; the id may be anything.

    Raises:
        ForbiddenError: without the right, or not a partner.
    """
    owner_id = _owner_id(principal)
    if owner_id is None:
        raise ForbiddenError("Only partners have recalls of their own.")
    with exchange.database.read() as connection:
        found = recalls.recalls_naming(connection, owner_id, stix_id, MOST_OF_OBJECT)
        return _shown(connection, found, exchange.clock())


def _owner_id(principal: Principal) -> str | None:
    """Give whose recalls the caller sees; None for staff, who see all."""
    if principal.partner is None:
        require(principal, Permission.RECALLS_READ)
        return None
    require(principal, Permission.DISCLOSURES_READ)
    return principal.partner.partner_id


def _shown(connection: Connection, found: Sequence[Recall], now: datetime) -> list[OwnRecall]:
    names = {partner.partner_id: partner.name for partner in members.partners(connection)}
    told = recalls.notified_partners(connection, [one.recall_id for one in found])
    answers = _answers(connection, [one.recall_id for one in found])
    logged = log.indexes_of(connection, LeafKind.RECALL, [one.public_id for one in found])
    return [
        OwnRecall(
            one,
            recalls.recalled_versions(connection, one.recall_id),
            [
                _told(partner_id, names[partner_id], answers.get((one.recall_id, partner_id), []), now)
                for partner_id in told.get(one.recall_id, ())
            ],
            logged.get(one.public_id),
        )
        for one in found
    ]


_Answers = list[tuple[Addressee, list[Outcome]]]


def _answers(connection: Connection, recall_ids: Sequence[int]) -> dict[tuple[int, str], _Answers]:
    """Give, by (recall, partner), its notices: a recall of more than one notice holds has several to a partner."""
    sent = {each.version_id: each for some in notices.notices_of(connection, recall_ids).values() for each in some}
    outcomes = notices.outcomes_of(connection, list(sent))
    found: dict[tuple[int, str], _Answers] = {}
    for one in notices.addressees_of(connection, list(sent)):
        said = outcomes.get((one.version_id, one.partner_id), [])
        found.setdefault((sent[one.version_id].recall_id, one.partner_id), []).append((one, said))
    return found


def _told(partner_id: str, name: str, answers: _Answers, now: datetime) -> Told:
    open_ones = [one for one, _ in answers if one.answered_at is None]
    answered = [one.answered_at for one, _ in answers if one.answered_at is not None]
    answered_at = None if open_ones or not answered else max(answered)
    outcomes = [said for _, some in answers for said in some]
    due_at = min((one.due_at for one, _ in answers), default=None)
    return Told(partner_id, name, due_at, answered_at, outcomes, is_late=any(one.is_late(now) for one in open_ones))
