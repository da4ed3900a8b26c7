"""Searching: what a reader may see that says something, newest first, and counts of it.

Owns what a search means: words are looked for in names, descriptions and the catalogue's names of behaviours; of each object its
newest version that the reader sees. What is visible is ``feed``'s, as for pages; each answer is a row of the ledger before it
leaves. No answer depends on how often a word stands in what is hidden: nothing is ranked by that. Kept by
``tests/services/searching/test_search.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from app.domain.catalogue import Catalogue
from app.domain.errors import Code, MalformedInputError
from app.domain.search_query import SearchQuery, Term, any_of
from app.domain.vocabulary import Extent
from app.domain.words import fold_words
from app.services.cataloguing.current import current_catalogue
from app.services.exchange import Exchange
from app.services.reading.bodies import page_bodies
from app.services.reading.cursors import context_of, plain
from app.services.reading.disclosing import disclosed
from app.services.reading.readers import Reader
from app.services.reading.record_disclosure import Disclosed, Manner
from app.services.reading.visible_set import Look
from app.storage import counts, feed, words
from app.storage.feed import Entry, Window
from app.storage.filters import Filters, Versions
from app.storage.partner_requests import offers_among

__all__ = ["Filters", "FoundCounts", "FoundPage", "SearchRequest", "count_found", "search"]

MOST_COUNTED = 1_000
"""So many of the newest that are found are counted by what they are; beyond, counts say "at least"."""
_POSITION_BYTES = 8


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is searched for: words (None: whatever they are) in what fits the filters; ``cursor`` as an earlier page gave it.

    ``keys`` are those of an observable (``stix.observable_keys``), in the place of words: what states one of them is found.
    """

    query: SearchQuery | None
    filters: Filters
    cursor: str | None = None
    limit: int = 1
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FoundPage:
    """What was found, newest first, as stored; ``next`` is where to go on, None at the end.

    ``is_complete``: all that is stored was looked through. Not so for a while after an update that brought searching.
    ``may_ask`` are the ids of those that are offers of others, which were not revoked: access may be asked for.
    """

    objects: Collection[bytes]
    attestations: list[str]
    next: str | None
    more: bool
    is_complete: bool
    first_added: datetime | None = None
    last_added: datetime | None = None
    may_ask: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FoundCounts:
    """How many were found, by kind (type, owner, behaviour, harm, phase, surface) and value.

    ``at_least``: there are more than were counted, so that each number may be larger.
    """

    counted: int
    at_least: bool
    by_kind: Mapping[str, Mapping[str, int]]
    is_complete: bool


def search(exchange: Exchange, reader: Reader, request: SearchRequest) -> FoundPage:
    """Give a page of what is found.

    Raises:
        MalformedInputError: ``cursor-invalid``: the cursor is not one of ours, or of another reader or search.
        UnavailableError: as of ``pull_page``.
    """
    stated = "\n".join([request.query.spelled if request.query else "", plain(request.filters), *sorted(request.keys)])
    context = context_of(reader, "search", stated)
    upto = position_in(exchange.sealer.open(request.cursor, context)) if request.cursor is not None else None

    def read(look: Look) -> tuple[Sequence[Disclosed], FoundPage]:
        found, more = _find(look, request, upto)
        bodies = page_bodies(look.connection, [entry.version_id for entry in found])
        entries = found[: len(bodies.objects)]
        more = more or len(entries) < len(found)
        going_on = exchange.sealer.seal((entries[-1].position - 1).to_bytes(_POSITION_BYTES, "big"), context) if more else None
        dates = (entries[-1].added_at, entries[0].added_at) if entries else (None, None)
        is_complete = not words.still_below(look.connection)
        may_ask = offers_among(look.connection, [entry.version_id for entry in entries], reader.partner.partner_id)
        return entries, FoundPage(bodies.objects, bodies.attestations, going_on, more, is_complete, dates[0], dates[1], may_ask)

    return disclosed(exchange, reader, read, Manner())


def count_found(exchange: Exchange, reader: Reader, request: SearchRequest) -> FoundCounts:
    """Give how many are found, by what they are, of the newest ``MOST_COUNTED``. To learn that they are there is a disclosure."""
    asked = replace(request, limit=MOST_COUNTED)

    def read(look: Look) -> tuple[Sequence[Disclosed], FoundCounts]:
        entries, more = _find(look, asked, None)
        by_kind = counts.by_kind(look.connection, [entry.version_id for entry in entries])
        return entries, FoundCounts(len(entries), more, by_kind, not words.still_below(look.connection))

    return disclosed(exchange, reader, read, Manner(extent=Extent.EXISTENCE))


def _find(look: Look, request: SearchRequest, upto: int | None) -> tuple[list[Entry], bool]:
    head = look.position if upto is None else min(upto, look.position)
    window = Window(0, request.limit + 1, look.now, head=head)
    found = feed.newest(look.connection, look.viewpoint, window, filters_in_full(look, request))
    return found[: request.limit], len(found) > request.limit


def filters_in_full(look: Look, request: SearchRequest) -> Filters:
    """Give all that narrows a search: its filters, its words, and that of each object its newest version seen is given."""
    return replace(request.filters, versions=Versions(last=True), words=_expression(look, request))


def _expression(look: Look, request: SearchRequest) -> str | None:
    """Give what is asked as storage takes it: a word stands for the behaviours whose names have it, too."""
    if request.keys:
        return any_of(sorted(request.keys))
    return None if request.query is None else request.query.expression(partial(_behaviours, current_catalogue(look.connection)))


def _behaviours(catalogue: Catalogue, term: Term) -> list[str]:
    return [one.code for one in catalogue.behaviours if term.fits(fold_words(one.name))]


def position_in(plaintext: bytes) -> int:
    """Give the place that an opened cursor holds; raises ``MalformedInputError`` where it is of another kind."""
    if len(plaintext) != _POSITION_BYTES:
        raise MalformedInputError("The cursor is of another kind.", code=Code.CURSOR_INVALID)
    return int.from_bytes(plaintext, "big")
