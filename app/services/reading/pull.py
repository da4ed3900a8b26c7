"""Pulling: what a partner may see, page by page or by id, with the ledger row committed before the first byte.

Owns the order "one snapshot, then the disclosure row, then the bytes"; what is visible is ``visible_set``'s and ``feed``'s.
Hidden and absent take the same path to the same answer. Kept by ``tests/services/reading/test_pull.py`` and ``tests/walk``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from app.domain.errors import NotFoundError
from app.domain.stix_object import timestamp_key
from app.domain.vocabulary import Extent
from app.services.exchange import Exchange
from app.services.limiting.ask import ask_about
from app.services.reading.bodies import page_bodies, read_bodies
from app.services.reading.cursors import Continuation, PageRequest, continuation
from app.services.reading.disclosing import disclosed
from app.services.reading.look_again import look_again
from app.services.reading.readers import Place, Reader, reader
from app.services.reading.record_disclosure import Disclosed, Manner
from app.services.reading.visible_set import Look
from app.storage import contents, feed, log
from app.storage.feed import Entry, VisibleVersion, Window
from app.storage.filters import Filters, Versions
from app.storage.log import VersionLeaf

__all__ = [
    "Filters",
    "Given",
    "Manifest",
    "ManifestEntry",
    "Page",
    "PageRequest",
    "Place",
    "Reader",
    "Versions",
    "VisibleVersion",
    "has_object",
    "list_versions",
    "pull_leaves",
    "pull_manifest",
    "pull_object",
    "pull_page",
    "pull_version",
    "reader",
]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the stored bytes of each object, the exchange's attestations of those that nobody signed, and where to go on.

    ``next`` is always given: after the last page it is where to ask for what comes later. ``first_added`` and ``last_added`` are
    the reader's own dates of the first and the last object, None on an empty page.
    """

    objects: Collection[bytes]
    next: str
    more: bool
    attestations: list[str] = field(default_factory=list)
    first_added: datetime | None = None
    last_added: datetime | None = None


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One object version of a manifest; ``added_at`` is the reader's own date."""

    stix_id: str
    version: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Manifest:
    """A page of object versions without their bodies; otherwise like ``Page``."""

    entries: list[ManifestEntry]
    next: str
    more: bool
    first_added: datetime | None = None
    last_added: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """The entries of a page, and whether there are more."""

    entries: list[Entry]
    more: bool

    def first(self, count: int) -> _Found:
        """Give the first entries alone: the others are more."""
        return self if count == len(self.entries) else _Found(self.entries[:count], more=True)

    @property
    def last(self) -> int | None:
        return self.entries[-1].position if self.entries else None

    @property
    def dates(self) -> tuple[datetime | None, datetime | None]:
        return (self.entries[0].added_at, self.entries[-1].added_at) if self.entries else (None, None)


def pull_page(exchange: Exchange, reader: Reader, request: PageRequest) -> Page:
    """Give the next objects of the reader's feed in the place asked for; each version it may see comes once.

    A page ends after as many objects as were asked for, or with the one that passes ``MAX_PAGE_BYTES``; it has at least one as
    long as there is one.

    Raises:
        MalformedInputError: ``cursor-invalid``: the cursor is not one of ours, or belongs to another reader, place or filters.
        UnavailableError: the database is away, or objects keep being withdrawn; nothing was disclosed.
    """
    going_on = continuation(exchange.sealer, reader, request)
    _ask(exchange, reader, going_on.filters.stix_ids)

    def read(look: Look) -> tuple[Sequence[Disclosed], Page]:
        found = _find(look, going_on, request.limit)
        bodies = page_bodies(look.connection, [entry.version_id for entry in found.entries])
        found = found.first(len(bodies.objects))
        page = Page(bodies.objects, going_on.next(found.last), found.more, bodies.attestations, *found.dates)
        return found.entries, page

    return disclosed(exchange, reader, read, Manner(request.place.feed))


def pull_manifest(exchange: Exchange, reader: Reader, request: PageRequest) -> Manifest:
    """Give the next object versions of the reader's feed in the place asked for, without their bodies.

    To know that a version is there is a disclosure too. Raises as ``pull_page``.
    """
    going_on = continuation(exchange.sealer, reader, request)
    _ask(exchange, reader, going_on.filters.stix_ids)

    def read(look: Look) -> tuple[Sequence[Disclosed], Manifest]:
        found = _find(look, going_on, request.limit)
        names = contents.names(look.connection, [entry.version_id for entry in found.entries])
        entries = [ManifestEntry(*names[entry.version_id], entry.added_at) for entry in found.entries]
        return found.entries, Manifest(entries, going_on.next(found.last), found.more, *found.dates)

    return disclosed(exchange, reader, read, Manner(request.place.feed, Extent.IDS))


def has_object(exchange: Exchange, reader: Reader, place: Place, stix_id: str) -> bool:
    """Say whether the reader sees anything of this id in this place; hidden and absent are the same. The id may be anything.

    Whoever learns that something is there stands in the ledger like who is given it. That it was asked, the caller has counted.
    """
    filters = Filters(stix_ids=frozenset({stix_id}), facets=place.facets)

    def read(look: Look) -> tuple[Sequence[Disclosed], bool]:
        found = feed.page(look.connection, look.viewpoint, Window(0, 1, look.now, place.in_storage), filters)
        return found, bool(found)

    return disclosed(exchange, reader, read, Manner(place.feed, Extent.EXISTENCE))


def _ask(exchange: Exchange, reader: Reader, stix_ids: Collection[str]) -> None:
    """Count what is asked by id, before anything is looked up."""
    ask_about(exchange, reader.principal, stix_ids, reader.purpose, reader.channel)


def _find(look: Look, going_on: Continuation, limit: int) -> _Found:
    window = Window(going_on.after, limit + 1, look.now, going_on.place.in_storage, look.position)
    found = feed.page(look.connection, look.viewpoint, window, going_on.narrowing)
    return _Found(found[:limit], more=len(found) > limit)


@dataclass(frozen=True, slots=True)
class Given:
    """Versions under one id: the stored bytes of each, and the exchange's attestations of those that nobody signed."""

    objects: Collection[bytes]
    attestations: list[str]


def pull_object(exchange: Exchange, reader: Reader, stix_id: str) -> Given:
    """Give the newest visible version of an id, once for each owner that states it; at least one.

    Raises:
        NotFoundError: absent or hidden, which nobody can tell apart; the id may be anything.
    """
    return _pull_versions(exchange, reader, stix_id, _newest_of_each_owner)


def _newest_of_each_owner(versions: Sequence[VisibleVersion]) -> list[VisibleVersion]:
    return list({version.owner_id: version for version in versions}.values())  # oldest first, so the newest stays


def pull_version(exchange: Exchange, reader: Reader, stix_id: str, version: str) -> Given:
    """Give one visible version of an id; once for each owner that states it.

    ``version`` may be anything; every spelling of the version's instant finds it (STIX 2.1 §3.2), whichever its owner wrote.

    Raises:
        NotFoundError: absent or hidden.
    """
    key = timestamp_key(version)
    return _pull_versions(exchange, reader, stix_id, lambda found: [one for one in found if one.version_key == key])


def _pull_versions(
    exchange: Exchange, reader: Reader, stix_id: str, choose: Callable[[Sequence[VisibleVersion]], list[VisibleVersion]]
) -> Given:
    _ask(exchange, reader, [stix_id])
    again = partial(look_again, exchange, reader)

    def read(look: Look) -> tuple[Sequence[Disclosed], Given]:
        chosen = choose(feed.versions_of(look.connection, look.viewpoint, stix_id, look.now))
        bodies = read_bodies(again, look.connection, [version.version_id for version in chosen])
        return chosen, Given(bodies.objects, bodies.attestations)

    given = disclosed(exchange, reader, read, Manner())
    if not given.objects:
        raise NotFoundError
    return given


def list_versions(exchange: Exchange, reader: Reader, stix_id: str) -> list[VisibleVersion]:
    """List the visible versions of an id, by owner and oldest first; at least one.

    Raises:
        NotFoundError: absent or hidden.
    """
    _ask(exchange, reader, [stix_id])

    def read(look: Look) -> tuple[Sequence[Disclosed], list[VisibleVersion]]:
        versions = feed.versions_of(look.connection, look.viewpoint, stix_id, look.now)
        return versions, versions

    versions = disclosed(exchange, reader, read, Manner(extent=Extent.IDS))
    if not versions:
        raise NotFoundError
    return versions


def pull_leaves(exchange: Exchange, reader: Reader, stix_id: str, version: str) -> list[VersionLeaf]:
    """Give what the log holds of one visible version, once for each owner that states it: a disclosure as ``pull_version`` is.

    Raises:
        NotFoundError: absent or hidden.
    """
    key = timestamp_key(version)
    _ask(exchange, reader, [stix_id])

    def read(look: Look) -> tuple[Sequence[Disclosed], list[VersionLeaf]]:
        found = feed.versions_of(look.connection, look.viewpoint, stix_id, look.now)
        chosen = [one for one in found if one.version_key == key]
        return chosen, log.leaves_of_versions(look.connection, [one.version_id for one in chosen])

    leaves = disclosed(exchange, reader, read, Manner(extent=Extent.IDS))
    if not leaves:
        raise NotFoundError
    return leaves
