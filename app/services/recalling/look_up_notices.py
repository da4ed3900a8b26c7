"""Notices as those who have to answer them see them, and the staff: what is called back, by when, and what was answered.

Owns who sees which: a partner those addressed to it, staff all. Kept by ``tests/services/recalling/test_look_up_notices.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.recall import Addressee, Outcome, Recall, RecalledVersion, SentNotice
from app.domain.vocabulary import OverdueRecall
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.intake.await_answers import terms_for
from app.storage import notices, recalls
from app.storage.notices import Asked, KeptAnswer
from app.storage.session import Connection

_POSITION_BYTES = 8


@dataclass(frozen=True, slots=True)
class NoticeRecord:
    """A notice with one of its addressees: what it calls back, what was answered, and what counts of that.

    ``if_overdue`` is what the addressee's agreement in force now says of being late, ``is_late`` whether it is.
    """

    sent: SentNotice
    recall: Recall
    addressee: Addressee
    versions: Sequence[RecalledVersion]
    outcomes: Sequence[Outcome]
    answers: Sequence[KeptAnswer]
    if_overdue: OverdueRecall
    is_late: bool


@dataclass(frozen=True, slots=True)
class NoticePage:
    """Notices, oldest first, as of ``now``; ``next`` is always given."""

    notices: list[NoticeRecord]
    next: str
    more: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class NoticesAsked:
    """Which notices: only those still to be answered, and for staff those to one partner (None: to all)."""

    only_open: bool = False
    partner_id: str | None = None
    cursor: str | None = None
    limit: int = 100


def list_notices(exchange: Exchange, principal: Principal, asked: NoticesAsked) -> NoticePage:
    """List notices: a partner's own, or for staff those to one partner or to all.

    Raises:
        ForbiddenError: neither may answer them nor read them as staff.
        MalformedInputError: ``cursor-invalid``.
        NotFoundError: a partner asks for another one's.
    """
    partner_id = _whose(principal, asked.partner_id)
    context = hashlib.sha256(f"notices\0{partner_id}\0{asked.only_open}".encode()).digest()
    after = (0, "") if asked.cursor is None else _place(exchange.sealer.open(asked.cursor, context))
    now = exchange.clock()
    with exchange.database.read() as connection:
        found = notices.addressed(connection, Asked(partner_id, asked.only_open, after, asked.limit + 1))
        shown = [notice_record(connection, sent, addressee, now) for sent, addressee in found[: asked.limit]]
    reached = (shown[-1].sent.version_id, shown[-1].addressee.partner_id) if shown else after
    sealed = exchange.sealer.seal(reached[0].to_bytes(_POSITION_BYTES, "big") + reached[1].encode(), context)
    return NoticePage(shown, sealed, len(found) > asked.limit, now)


def get_notice(exchange: Exchange, principal: Principal, notice_id: str) -> NoticeRecord:
    """Give one notice that is addressed to the caller's own partner; the id may be anything.

    Raises:
        ForbiddenError: the caller may not answer notices.
        NotFoundError: no such notice is addressed to the caller.
    """
    partner_id = _whose(principal, None)
    with exchange.database.read() as connection:
        sent = None if partner_id is None else notices.find_notice(connection, notice_id)
        addressee = None if sent is None else notices.find_addressee(connection, sent.version_id, partner_id or "")
        if sent is None or addressee is None:
            raise NotFoundError
        return notice_record(connection, sent, addressee, exchange.clock())


def _place(opened: bytes) -> tuple[int, str]:
    return int.from_bytes(opened[:_POSITION_BYTES], "big"), opened[_POSITION_BYTES:].decode()


def _whose(principal: Principal, asked: str | None) -> str | None:
    if principal.partner is None:
        require(principal, Permission.RECALLS_READ)
        return asked
    require(principal, Permission.RECALLS_ANSWER)
    if asked not in {None, principal.partner.partner_id}:
        raise NotFoundError
    return principal.partner.partner_id


def notice_record(connection: Connection, sent: SentNotice, addressee: Addressee, now: datetime) -> NoticeRecord:
    """Give a notice with one of its addressees as it stands in this snapshot."""
    recall = recalls.recall_by_number(connection, sent.recall_id)
    outcomes = notices.outcomes_of(connection, [sent.version_id])
    return NoticeRecord(
        sent,
        recall,
        addressee,
        notices.called_back(connection, sent),
        outcomes.get((sent.version_id, addressee.partner_id), []),
        notices.answers_to(connection, sent.version_id, addressee.partner_id),
        terms_for(connection, recall.kind, addressee.partner_id, now).overdue,
        is_late=addressee.is_late(now),
    )
