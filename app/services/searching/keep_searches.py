"""Saved searches: keeping them, and showing what is new of one, as whoever asks may see it then.

Owns that "new" begins where its partner said that it had seen all: nothing is lost by an answer that did not arrive. Nothing is
computed beforehand and nobody is written to: whoever wants to be told has a webhook, which says "poll" at its cadence whatever
there is. So access that ended shows nothing more. Kept by ``tests/services/searching/test_keep_searches.py``.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.errors import Code, ConflictError, ForbiddenError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.domain.saved_search import MOST_SEARCHES, SavedSearch
from app.domain.search_query import SearchQuery, read_query
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.exporting.filters import filters_of
from app.services.hold_order import take_order_for
from app.services.reading.bodies import page_bodies
from app.services.reading.cursors import context_of
from app.services.reading.disclosing import disclosed
from app.services.reading.readers import Reader
from app.services.reading.record_disclosure import Disclosed, Manner
from app.services.reading.visible_set import Look, looking
from app.services.searching.search import FoundPage, SearchRequest, filters_in_full, position_in
from app.storage import events, feed, searches, submissions, words
from app.storage.feed import Window
from app.storage.partner_requests import offers_among
from app.storage.session import Connection
from app.storage.submissions import KeyUse

__all__ = ["NewSearch", "SavedSearch", "list_searches", "mark_seen", "new_of", "remove_search", "save_search"]

_POSITION_BYTES = 8


@dataclass(frozen=True, slots=True)
class NewSearch:
    """A search to be kept: a name of its partner's own, words, and filters as a query of ``GET /objects`` says them."""

    name: str
    query: SearchQuery | None
    filters: Mapping[str, Any]


def save_search(exchange: Exchange, reader: Reader, new: NewSearch, use: KeyUse | None = None) -> SavedSearch:
    """Keep a search for the reader's partner, purpose and ceiling; what comes from now on is new of it.

    Raises:
        ConflictError: the partner has one of this name, or as many as it may have.
        ForbiddenError: the caller has no right to.
    """
    require(reader.principal, Permission.SEARCHES_WRITE)
    partner_id, now = reader.partner.partner_id, exchange.clock()
    with looking(exchange, reader.key, now) as look:
        position = look.position
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, reader.principal)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return _own(connection, partner_id, earlier)
        kept = searches.searches(connection, partner_id)
        if len(kept) >= MOST_SEARCHES or any(one.name == new.name for one in kept):
            raise ConflictError(f"There is a search of this name already, or there are {MOST_SEARCHES}; remove one first.")
        value = SavedSearch(
            search_id=str(uuid.uuid4()),
            partner_id=partner_id,
            name=new.name,
            words=None if new.query is None else new.query.spelled,
            filters=json.dumps(new.filters, sort_keys=True),
            purpose=reader.key.purpose,
            tlp_ceiling=reader.key.tlp_ceiling,
            position=position,
            created_at=now,
            created_by=reader.principal.credential.credential_id,
        )
        searches.add_search(connection, value)
        _note(connection, Event.SEARCH_ADD, reader.principal, value, now)
        _keep_use(connection, use, value.search_id, now)
        return value


def list_searches(exchange: Exchange, principal: Principal) -> list[SavedSearch]:
    """List the saved searches of the caller's organisation by name."""
    partner = _partner_of(principal, Permission.SEARCHES_READ)
    with exchange.database.read() as connection:
        return searches.searches(connection, partner.partner_id)


def new_of(exchange: Exchange, reader: Reader, search_id: str, cursor: str | None, limit: int) -> FoundPage:
    """Give what is new of a search, oldest first; ``cursor`` is an earlier answer's ``next``. It stays new until it is marked.

    ``next`` is always given.

    Raises:
        ForbiddenError: it is kept for another purpose, or up to another ceiling.
        MalformedInputError: ``cursor-invalid``.
        NotFoundError: the reader's partner has none of this id.
    """
    require(reader.principal, Permission.SEARCHES_READ)
    saved = _readable(exchange, reader, search_id)
    context = _context(reader, saved)
    after = saved.position if cursor is None else position_in(exchange.sealer.open(cursor, context))
    request = SearchRequest(None if saved.words is None else read_query(saved.words), filters_of(json.loads(saved.filters)))

    def read(look: Look) -> tuple[Sequence[Disclosed], FoundPage]:
        window = Window(after, limit + 1, look.now, head=look.position)
        found = feed.page(look.connection, look.viewpoint, window, filters_in_full(look, request))
        bodies = page_bodies(look.connection, [one.version_id for one in found[:limit]])
        given = found[: len(bodies.objects)]
        more = len(given) < len(found)
        last = given[-1].position if given else after
        going_on = exchange.sealer.seal(last.to_bytes(_POSITION_BYTES, "big"), context)
        dates = (given[0].added_at, given[-1].added_at) if given else (None, None)
        is_complete = not words.still_below(look.connection)
        may_ask = offers_among(look.connection, [one.version_id for one in given], reader.partner.partner_id)
        return given, FoundPage(bodies.objects, bodies.attestations, going_on, more, is_complete, dates[0], dates[1], may_ask)

    return disclosed(exchange, reader, read, Manner())


def mark_seen(exchange: Exchange, reader: Reader, search_id: str, cursor: str) -> SavedSearch:
    """Remember that all up to an answer's ``next`` was seen: it is not new any more. Raises as ``new_of``."""
    require(reader.principal, Permission.SEARCHES_WRITE)
    saved, now = _readable(exchange, reader, search_id), exchange.clock()
    position = position_in(exchange.sealer.open(cursor, _context(reader, saved)))
    with exchange.database.write() as connection:
        searches.mark_seen(connection, search_id, position, now)
    return replace(saved, position=max(position, saved.position), seen_at=now)


def remove_search(exchange: Exchange, principal: Principal, search_id: str, use: KeyUse | None = None) -> None:
    """Erase a search of the caller's organisation.

    Raises:
        NotFoundError: it has none of this id.
    """
    partner, now = _partner_of(principal, Permission.SEARCHES_WRITE), exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        if earlier_outcome(connection, use) is not None:
            return
        value = _own(connection, partner.partner_id, search_id)
        searches.remove_search(connection, search_id)
        _note(connection, Event.SEARCH_REMOVE, principal, value, now)
        _keep_use(connection, use, search_id, now)


def _partner_of(principal: Principal, permission: Permission) -> Partner:
    require(principal, permission)
    if principal.partner is None:
        raise ForbiddenError("Searches are their partner's own.")
    return principal.partner


def _own(connection: Connection, partner_id: str, search_id: str) -> SavedSearch:
    found = searches.search_by_id(connection, partner_id, search_id)
    if found is None:
        raise NotFoundError
    return found


def _readable(exchange: Exchange, reader: Reader, search_id: str) -> SavedSearch:
    with exchange.database.read() as connection:
        saved = _own(connection, reader.partner.partner_id, search_id)
    if (saved.purpose, saved.tlp_ceiling) != (reader.key.purpose, reader.key.tlp_ceiling):
        raise ForbiddenError(
            f"This search is kept for the purpose {saved.purpose}, up to TLP {saved.tlp_ceiling}.",
            code=Code.PURPOSE_NOT_PERMITTED,
        )
    return saved


def _context(reader: Reader, saved: SavedSearch) -> bytes:
    return context_of(reader, "saved search", saved.search_id)


def _note(connection: Connection, event: Event, principal: Principal, value: SavedSearch, now: datetime) -> None:
    who = principal.credential.credential_id
    events.add_events(connection, [EventRecord(event, now, value.partner_id, who, subject=value.search_id)])


def _keep_use(connection: Connection, use: KeyUse | None, search_id: str, now: datetime) -> None:
    if use is not None:
        submissions.add_key_use(connection, use, search_id, now)
