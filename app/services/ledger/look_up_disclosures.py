"""What is asked of the ledger: who was given which version, when, for which purpose, under which agreement and on which ground.

Owns who may ask what: an owner about its own objects, and its own objects alone in each answer; staff about any, which is an
event. Kept by ``tests/services/ledger/test_look_up_disclosures.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.errors import ForbiddenError
from app.domain.events import Event, EventRecord
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.ledger.answers import LedgerAnswer, LedgerReader
from app.services.limiting.ask import ask_as_staff
from app.storage import disclosures, events, ledger_search
from app.storage.disclosures import LedgerRow
from app.storage.ledger_search import NamedVersion, Numbers, Sought
from app.storage.session import Connection
from breakwater_client.instant import instant_text

_POSITION_BYTES = 8
# One request looks at this many rows at most, and at this many numbers; a search for one object goes on with the next.
_ROWS_AT_ONCE = 1_000
_BATCHES = 10
_NUMBERS_AT_ONCE = 200_000
MOST_OBJECTS = 10_000
"""So many are in one answer, unless its first row has more."""
_NAMED_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class LedgerQuestion:
    """What is asked: about one id (it may be anything) or all, whose objects, given to whom, with which credential, and when.

    ``until`` is exclusive. What is None narrows nothing.
    """

    stix_id: str | None = None
    publisher_id: str | None = None
    partner_id: str | None = None
    credential_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class PageAsked:
    """Which page: ``cursor`` is an earlier one's ``next`` (untrusted), None for the start; ``limit`` rows, at least 1.

    Rows of the page after the first hold no more than ``most_objects`` together with those before them.
    """

    cursor: str | None
    limit: int
    most_objects: int = MOST_OBJECTS


@dataclass(frozen=True, slots=True)
class DisclosurePage:
    """Rows, oldest first; ``next`` is always given, as with objects. While ``more``, a page may be short or empty."""

    rows: list[LedgerAnswer]
    next: str
    more: bool


def own_disclosures(
    exchange: Exchange, principal: Principal, stix_id: str | None, cursor: str | None, limit: int
) -> DisclosurePage:
    """List who was given objects of the caller (one object if ``stix_id`` is given), as ``disclosures_of_own`` does."""
    return disclosures_of_own(exchange, principal, LedgerQuestion(stix_id), PageAsked(cursor, limit))


def disclosures_of_own(exchange: Exchange, principal: Principal, asked: LedgerQuestion, page: PageAsked) -> DisclosurePage:
    """List who was given objects of the caller, to others than itself. Publisher and credential of the question do not count.

    An id that is not the caller's own gives an empty page: whether others hold it is not told. With which credential something
    was read is not told either: that is the reader's.

    Raises:
        ForbiddenError: not a partner, or without the right.
        MalformedInputError: ``cursor-invalid``.
    """
    require(principal, Permission.DISCLOSURES_READ)
    if principal.partner is None:
        raise ForbiddenError("Only partners have disclosures of their own.")
    owner_id = principal.partner.partner_id
    return _answer(exchange, replace(asked, publisher_id=owner_id, credential_id=None), page, owner_id)


def search_disclosures(exchange: Exchange, principal: Principal, asked: LedgerQuestion, page: PageAsked) -> DisclosurePage:
    """List who was given what, for staff: whoever's objects, and with which credential. That they asked is an event.

    The id of an observable is a question as well, once for all pages of an answer.

    Raises:
        ExhaustedError: the caller has looked up as many observables today as one person may.
        ForbiddenError: without the right, which staff alone can hold.
        MalformedInputError: ``cursor-invalid``.
    """
    require(principal, Permission.DISCLOSURES_SEARCH)
    if asked.stix_id is not None and page.cursor is None:
        ask_as_staff(exchange, principal, [asked.stix_id])
    record = EventRecord(Event.DISCLOSURE_SEARCH, exchange.clock(), asked.partner_id, principal.credential.credential_id)
    with exchange.database.write(while_read_only=True) as connection:
        events.add_events(connection, [replace(record, partner_id=None, subject=principal.credential.credential_id)])
    return _answer(exchange, asked, page, None)


def _answer(exchange: Exchange, asked: LedgerQuestion, page: PageAsked, owner_id: str | None) -> DisclosurePage:
    """Give a page of the ledger as an owner, or staff (None), may see it."""
    context = _context(asked, owner_id)
    after = 0 if page.cursor is None else int.from_bytes(exchange.sealer.open(page.cursor, context), "big")
    with exchange.database.write(while_read_only=True) as connection:
        settled_to = disclosures.settled_to(connection)
    with exchange.database.read() as connection:
        sought = _sought(connection, asked)
        if sought.version_ids is not None and not sought.version_ids:
            found = _Found([], after, more=False)
        else:
            found = _Search(connection, sought, LedgerReader(connection, owner_id)).look(after, settled_to, page)
    return DisclosurePage(found.rows, exchange.sealer.seal(found.after.to_bytes(_POSITION_BYTES, "big"), context), found.more)


def _context(asked: LedgerQuestion, owner_id: str | None) -> bytes:
    moments = [None if one is None else instant_text(one) for one in (asked.since, asked.until)]
    parts = ("disclosures", owner_id, asked.stix_id, asked.publisher_id, asked.partner_id, asked.credential_id, *moments)
    return hashlib.sha256("\0".join(one or "" for one in parts).encode()).digest()


def _sought(connection: Connection, asked: LedgerQuestion) -> Sought:
    versions: Collection[int] | None = None
    if asked.stix_id is not None:
        versions = ledger_search.versions_under(connection, asked.stix_id, asked.publisher_id)
    credentials = None if asked.credential_id is None else frozenset({asked.credential_id})
    return Sought(asked.publisher_id, asked.partner_id, credentials, asked.since, asked.until, versions)


@dataclass(frozen=True, slots=True)
class _Found:
    rows: list[LedgerAnswer]
    after: int
    more: bool


@dataclass(frozen=True, slots=True)
class _Search:
    """A search in one snapshot, of which each look is bounded in rows, in numbers and in what is found."""

    connection: Connection
    sought: Sought
    reader: LedgerReader

    def look(self, after: int, settled_to: int, page: PageAsked) -> _Found:
        """Give rows above ``after``, as many as the page takes, and where to go on."""
        found: list[tuple[LedgerRow, Mapping[int, NamedVersion]]] = []
        objects, upto = 0, min(settled_to, after + _NUMBERS_AT_ONCE)
        at_once = min(page.limit + 1, _ROWS_AT_ONCE) if self.sought.version_ids is None else _ROWS_AT_ONCE
        for _ in range(_BATCHES):
            batch = ledger_search.rows_sought(self.connection, self.sought, Numbers(after, upto, at_once))
            for row, held in self._held(batch):
                if held and (len(found) == page.limit or (found and objects + len(held) > page.most_objects)):
                    return _Found(self.reader.answers(found), after, more=True)
                found += [(row, held)] if held else []
                objects, after = objects + len(held), row.number
            if len(batch) < at_once:
                return _Found(self.reader.answers(found), max(after, upto), more=upto < settled_to)
        return _Found(self.reader.answers(found), after, more=True)

    def _held(self, batch: Sequence[LedgerRow]) -> Iterator[tuple[LedgerRow, Mapping[int, NamedVersion]]]:
        """Give rows with what is told of each; names are read for so many rows at once that little of it is read in vain."""
        some: list[LedgerRow] = []
        for place, row in enumerate(batch):
            some.append(row)
            many = self.sought.version_ids is None and sum(len(one.disclosure.version_ids) for one in some) > _NAMED_AT_ONCE
            if many or place == len(batch) - 1:
                yield from zip(some, self.reader.held(some, self.sought), strict=True)
                some = []
