"""What an organisation was given itself: its own rows of the ledger, by its own credentials.

Owns that a partner sees of these rows when, with which credential, why, by which way and how much; never the ids in them, which
by some ways were not given. Kept by ``tests/services/ledger/test_look_up_given.py``.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.disclosure import Disclosure
from app.domain.errors import ForbiddenError, MalformedInputError, NotFoundError
from app.domain.partner import Credential, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Extent, Purpose
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.ledger.look_up_disclosures import PageAsked
from app.storage import credentials, disclosures, ledger_search
from app.storage.disclosures import LedgerRow
from app.storage.ledger_search import Numbers, Sought
from app.storage.session import Connection
from breakwater_client.instant import instant_text

_POSITION_BYTES = 8
_AT_ONCE = 1_000
MOST_ROWS = 20_000
"""So many answers one sum adds up; of more, shorter periods are asked for."""


@dataclass(frozen=True, slots=True)
class GivenQuestion:
    """What is asked: with which own credential (None: any), from when on, up to but without when."""

    credential_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer that the organisation was given; ``versions`` None: by it nobody learned how many there are."""

    credential_id: str
    purpose: Purpose
    channel: Channel
    agreement_version: int
    disclosed_at: datetime
    extent: Extent | None
    versions: int | None


@dataclass(frozen=True, slots=True)
class GivenPage:
    """Answers, oldest first; ``next`` goes on after the last (None: that was all)."""

    rows: list[GivenAnswer]
    next: str | None


@dataclass(slots=True)
class GivenSum:
    """All that was given with one credential in a period: what leaked with it, if it leaked.

    ``versions`` counts different object versions whose content or ids left.
    """

    answers: int = 0
    versions: int = 0
    purposes: Counter[Purpose] = field(default_factory=Counter)
    channels: Counter[Channel] = field(default_factory=Counter)
    first_at: datetime | None = None
    last_at: datetime | None = None


def given_to_own(exchange: Exchange, principal: Principal, asked: GivenQuestion, page: PageAsked) -> GivenPage:
    """List what the caller's organisation was given, oldest first. Another's credential gives an empty page.

    Raises:
        ForbiddenError: not a partner, or without the right.
        MalformedInputError: ``cursor-invalid``.
    """
    own = _own(principal)
    context = _context(own, asked)
    after = 0 if page.cursor is None else int.from_bytes(exchange.sealer.open(page.cursor, context), "big")
    settled_to = _settled(exchange)
    with exchange.database.read() as connection:
        found = ledger_search.rows_sought(connection, _sought(own, asked), Numbers(after, settled_to, page.limit + 1))
    rows = found[: page.limit]
    more = len(found) > page.limit
    further = exchange.sealer.seal(rows[-1].number.to_bytes(_POSITION_BYTES, "big"), context) if more else None
    return GivenPage([_answer(one.disclosure) for one in rows], further)


def sum_given(exchange: Exchange, principal: Principal, asked: GivenQuestion) -> tuple[Credential, GivenSum]:
    """Add up what was given with one of the caller's own credentials: whom it concerns is the operators' to say.

    Raises:
        ForbiddenError: not a partner, or without the right.
        MalformedInputError: there are more than ``MOST_ROWS`` answers.
        NotFoundError: no such credential of the caller's own.
    """
    own = _own(principal)
    settled_to = _settled(exchange)
    total, seen = GivenSum(), set[int]()
    with exchange.database.read() as connection:
        held = credentials.credential_by_id(connection, asked.credential_id or "")
        if held is None or held.partner_id != own:
            raise NotFoundError
        for row in _rows(connection, _sought(own, asked), settled_to):
            value = row.disclosure
            total.answers += 1
            total.purposes[value.purpose] += 1
            total.channels[value.channel] += 1
            total.first_at, total.last_at = total.first_at or value.disclosed_at, value.disclosed_at
            seen.update(() if value.extent is Extent.EXISTENCE else value.version_ids)
    total.versions = len(seen)
    return held, total


def _rows(connection: Connection, sought: Sought, to: int) -> Iterator[LedgerRow]:
    after, left = 0, MOST_ROWS
    while batch := ledger_search.rows_sought(connection, sought, Numbers(after, to, _AT_ONCE)):
        yield from batch
        after, left = batch[-1].number, left - len(batch)
        if left <= 0:
            raise MalformedInputError(f"These are more than {MOST_ROWS:,} answers: ask for shorter periods.", pointer="/since")


def _own(principal: Principal) -> str:
    require(principal, Permission.DISCLOSURES_READ)
    if principal.partner is None:
        raise ForbiddenError("Only partners are given anything.")
    return principal.partner.partner_id


def _settled(exchange: Exchange) -> int:
    with exchange.database.write(while_read_only=True) as connection:
        return disclosures.settled_to(connection)


def _sought(own: str, asked: GivenQuestion) -> Sought:
    with_one = None if asked.credential_id is None else frozenset({asked.credential_id})
    return Sought(partner_id=own, credential_ids=with_one, since=asked.since, until=asked.until)


def _context(own: str, asked: GivenQuestion) -> bytes:
    moments = [None if one is None else instant_text(one) for one in (asked.since, asked.until)]
    parts = ("given", own, asked.credential_id, *moments)
    return hashlib.sha256("\0".join(one or "" for one in parts).encode()).digest()


def _answer(value: Disclosure) -> GivenAnswer:
    return GivenAnswer(
        value.credential_id,
        value.purpose,
        value.channel,
        value.agreement_version,
        value.disclosed_at,
        value.extent,
        None if value.extent is Extent.EXISTENCE else len(value.version_ids),
    )
