"""Pulling: what a partner may see, page by page or by id, with the ledger row committed before the first byte.

Owns the order "one snapshot, then the disclosure row, then the bytes"; what is visible is ``visible_set``'s and ``feed``'s.
Hidden and absent take the same path to the same answer. Kept by ``tests/services/reading/test_pull.py`` and ``tests/walk``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.crypto.canonical import canonical_bytes
from app.domain.disclosure import Disclosure
from app.domain.errors import Code, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.domain.stix_object import timestamp_key
from app.domain.vocabulary import Channel, Purpose
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.reading.visible_set import looking
from app.storage import disclosures, documents, feed
from app.storage.feed import Content, Entry, Filters, VisibleVersion, Window
from app.storage.session import Connection
from app.storage.viewpoints import Viewpoint, ViewpointKey

__all__ = [
    "Filters",
    "Given",
    "Page",
    "PageRequest",
    "Reader",
    "VisibleVersion",
    "list_versions",
    "pull_object",
    "pull_page",
    "pull_version",
    "reader",
    "record_disclosure",
]

MAX_PAGE_BYTES = 16 * 1024 * 1024
"""A page ends before it grows larger, whatever was asked for: one publisher's large objects must not fill our memory."""
_BODIES_AT_ONCE = 100
_POSITION_BYTES = 8


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, why and by which way; its viewpoint follows from it."""

    principal: Principal
    partner: Partner
    purpose: Purpose
    channel: Channel

    @property
    def key(self) -> ViewpointKey:
        """What makes this reader see what it sees."""
        return ViewpointKey(self.partner.partner_id, self.purpose, self.channel, self.principal.credential.tlp_ceiling)


def reader(principal: Principal, purpose: Purpose | None, channel: Channel) -> Reader:
    """Give the reader that a request makes of a principal; ``purpose`` is what the request stated, if anything.

    Raises:
        ForbiddenError: no partner, no right to read, or another purpose than the one fixed on the credential.
        MalformedInputError: ``purpose-missing``: neither request nor credential names one.
    """
    require(principal, Permission.OBJECTS_READ)
    fixed = principal.credential.purpose
    if principal.partner is None:
        raise ForbiddenError("Only partners read objects.")
    if fixed is not None and purpose not in {None, fixed}:
        sentence = "This credential reads for one fixed purpose, and the request states another."
        raise ForbiddenError(sentence, code=Code.PURPOSE_NOT_PERMITTED)
    stated = fixed or purpose
    if stated is None:
        sentence = "Reading needs a purpose: send it in the header Breakwater-Purpose, or have it fixed on the credential."
        raise MalformedInputError(sentence, code=Code.PURPOSE_MISSING)
    return Reader(principal, principal.partner, stated, channel)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page: ``cursor`` is an earlier page's ``next`` (untrusted) or None for the start; ``limit`` at least 1."""

    filters: Filters
    cursor: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the stored bytes of each object, the exchange's attestations of those that nobody signed, and where to go on.

    ``next`` is always given: after the last page it is where to ask for what comes later. ``first_added`` and ``last_added`` are
    the reader's own dates of the first and the last object, None on an empty page.
    """

    objects: list[bytes]
    next: str
    more: bool
    attestations: list[str] = field(default_factory=list)
    first_added: datetime | None = None
    last_added: datetime | None = None


def pull_page(exchange: Exchange, reader: Reader, request: PageRequest) -> Page:
    """Give the next objects of the reader's feed; each version it may see comes once.

    Raises:
        MalformedInputError: ``cursor-invalid``: the cursor is not one of ours, or belongs to another reader or other filters.
        UnavailableError: the database is away; nothing was disclosed.
    """
    now = exchange.clock()
    context = _cursor_context(reader, request.filters)
    after = _open_cursor(exchange, request.cursor, context)
    with looking(exchange, reader.key, now) as (connection, viewpoint):
        found = feed.page(connection, viewpoint, Window(after, request.limit + 1, now), request.filters)
        entries, contents = _within_bytes(connection, found[: request.limit])
    if not entries:
        # The cursor stands where it stood: it must not move with what the reader cannot see.
        return Page([], _seal_cursor(exchange, after, context), more=False)
    record_disclosure(exchange, reader, viewpoint, entries, now)
    return Page(
        objects=[contents[entry.version_id].body for entry in entries],
        attestations=_attestations(contents[entry.version_id] for entry in entries),
        next=_seal_cursor(exchange, entries[-1].position, context),
        more=len(found) > len(entries),
        first_added=entries[0].added_at,
        last_added=entries[-1].added_at,
    )


def _within_bytes(connection: Connection, entries: Sequence[Entry]) -> tuple[list[Entry], dict[int, Content]]:
    """Give the first entries whose contents fit into ``MAX_PAGE_BYTES`` together, at least one, and the contents read."""
    read: dict[int, Content] = {}
    size = 0
    for number, entry in enumerate(entries):
        if number % _BODIES_AT_ONCE == 0:
            read |= feed.contents(connection, [one.version_id for one in entries[number : number + _BODIES_AT_ONCE]])
        content = read[entry.version_id]
        size += len(content.body) + len(content.attestation or "")
        if size > MAX_PAGE_BYTES and number > 0:
            return list(entries[:number]), read
    return list(entries), read


def _attestations(contents: Iterable[Content]) -> list[str]:
    return [content.attestation for content in contents if content.attestation is not None]


@dataclass(frozen=True, slots=True)
class Given:
    """Versions under one id: the stored bytes of each, and the exchange's attestations of those that nobody signed."""

    objects: list[bytes]
    attestations: list[str]

    @classmethod
    def of(cls, connection: Connection, versions: Sequence[VisibleVersion]) -> Given:
        """Read the versions, in their order."""
        read = feed.contents(connection, [version.version_id for version in versions])
        contents = [read[version.version_id] for version in versions]
        return cls([content.body for content in contents], _attestations(contents))


def pull_object(exchange: Exchange, reader: Reader, stix_id: str) -> Given:
    """Give the newest visible version of an id, once for each owner that states it; at least one.

    Raises:
        NotFoundError: absent or hidden, which nobody can tell apart; the id may be anything.
    """
    now = exchange.clock()
    with looking(exchange, reader.key, now) as (connection, viewpoint):
        newest = _newest_of_each_owner(feed.versions_of(connection, viewpoint, stix_id, now))
        given = Given.of(connection, newest)
    if not newest:
        raise NotFoundError
    record_disclosure(exchange, reader, viewpoint, newest, now)
    return given


def _newest_of_each_owner(versions: Sequence[VisibleVersion]) -> list[VisibleVersion]:
    return list({version.owner_id: version for version in versions}.values())  # oldest first, so the newest stays


def pull_version(exchange: Exchange, reader: Reader, stix_id: str, version: str) -> Given:
    """Give one visible version of an id; once for each owner that states it.

    ``version`` may be anything; every spelling of the version's instant finds it (STIX 2.1 §3.2), whichever its owner wrote.

    Raises:
        NotFoundError: absent or hidden.
    """
    key = timestamp_key(version)
    now = exchange.clock()
    with looking(exchange, reader.key, now) as (connection, viewpoint):
        chosen = [one for one in feed.versions_of(connection, viewpoint, stix_id, now) if one.version_key == key]
        given = Given.of(connection, chosen)
    if not chosen:
        raise NotFoundError
    record_disclosure(exchange, reader, viewpoint, chosen, now)
    return given


def list_versions(exchange: Exchange, reader: Reader, stix_id: str) -> list[VisibleVersion]:
    """List the visible versions of an id, by owner and oldest first; at least one.

    Raises:
        NotFoundError: absent or hidden.
    """
    now = exchange.clock()
    with looking(exchange, reader.key, now) as (connection, viewpoint):
        versions = feed.versions_of(connection, viewpoint, stix_id, now)
    if not versions:
        raise NotFoundError
    record_disclosure(exchange, reader, viewpoint, versions, now)
    return versions


def record_disclosure(
    exchange: Exchange, reader: Reader, viewpoint: Viewpoint, given: Sequence[Entry] | Sequence[VisibleVersion], now: datetime
) -> None:
    """Commit the ledger row of an answer that is about to leave. Bytes may leave only after this returned."""
    value = Disclosure(
        partner_id=reader.partner.partner_id,
        credential_id=reader.principal.credential.credential_id,
        purpose=reader.purpose,
        channel=reader.channel,
        agreement_version=viewpoint.agreement_version or 0,
        policy_epoch=viewpoint.epoch,
        disclosed_at=now,
        version_ids=tuple(sorted(one.version_id for one in given)),
    )
    with exchange.database.write() as connection:
        disclosures.add_disclosure(connection, value, {one.owner_id for one in given})


def _cursor_context(reader: Reader, filters: Filters) -> bytes:
    plain = replace(filters, facets=tuple(sorted(filters.facets, key=lambda facet: facet[0])))
    parts = ["objects", reader.key.partner_id, reader.key.purpose, reader.key.channel, reader.key.tlp_ceiling]
    return hashlib.sha256(canonical_bytes([*parts, documents.dump(plain)])).digest()


def _open_cursor(exchange: Exchange, cursor: str | None, context: bytes) -> int:
    return 0 if cursor is None else int.from_bytes(exchange.sealer.open(cursor, context), "big")


def _seal_cursor(exchange: Exchange, position: int, context: bytes) -> str:
    return exchange.sealer.seal(position.to_bytes(_POSITION_BYTES, "big"), context)
