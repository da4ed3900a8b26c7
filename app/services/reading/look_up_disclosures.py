"""What an owner asks of the ledger: who was given which version of my objects, when, for which purpose, under which agreement.

Owns the owner's view: rows about its own objects, its own objects alone in them, and nobody's but its own. Kept by
``tests/services/reading/test_look_up_disclosures.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import ForbiddenError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Purpose
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.storage import disclosures, members, objects
from app.storage.disclosures import LedgerRow
from app.storage.session import Connection

_POSITION_BYTES = 8
# One request looks at this many rows at most; a search for one object goes on with the next.
_ROWS_AT_ONCE = 1_000
_BATCHES = 10


@dataclass(frozen=True, slots=True)
class OwnDisclosure:
    """One row of the ledger as an owner sees it. ``versions`` are (id, version) of its own objects in that answer."""

    number: int
    recipient_id: str
    recipient_name: str
    purpose: Purpose
    channel: Channel
    agreement_version: int
    disclosed_at: datetime
    versions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DisclosurePage:
    """Rows, oldest first; ``next`` is always given, as with objects. While ``more``, a page may be short or empty."""

    rows: list[OwnDisclosure]
    next: str
    more: bool


def own_disclosures(
    exchange: Exchange, principal: Principal, stix_id: str | None, cursor: str | None, limit: int
) -> DisclosurePage:
    """List who was given objects of the caller (one object if ``stix_id`` is given), to others than itself.

    An id that is not the caller's own gives an empty page: whether others hold it is not told.

    Raises:
        ForbiddenError: not a partner, or without the right.
        MalformedInputError: ``cursor-invalid``.
    """
    require(principal, Permission.DISCLOSURES_READ)
    if principal.partner is None:
        raise ForbiddenError("Only partners have disclosures of their own.")
    owner_id = principal.partner.partner_id
    context = hashlib.sha256(f"disclosures\0{owner_id}\0{stix_id or ''}".encode()).digest()
    after = 0 if cursor is None else int.from_bytes(exchange.sealer.open(cursor, context), "big")
    with exchange.database.write(while_read_only=True) as connection:
        settled_to = disclosures.settled_to(connection)
    with exchange.database.read() as connection:
        found = _find(connection, _Search.of(connection, owner_id, stix_id), _Stretch(after, settled_to), limit)
    return DisclosurePage(found.rows, exchange.sealer.seal(found.after.to_bytes(_POSITION_BYTES, "big"), context), found.more)


@dataclass(frozen=True, slots=True)
class _Search:
    """What is looked for: the owner's versions, all of them (None) or those of one id; and everybody's names."""

    owner_id: str
    versions: Mapping[int, tuple[str, str]] | None
    names: Mapping[str, str]

    @classmethod
    def of(cls, connection: Connection, owner_id: str, stix_id: str | None) -> _Search:
        names = {partner.partner_id: partner.name for partner in members.partners(connection)}
        if stix_id is None:
            return cls(owner_id, None, names)
        own = objects.own_versions(connection, owner_id, [stix_id])
        return cls(owner_id, {one.version_id: (one.stix_id, one.version) for one in own}, names)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Rows of the ledger above ``after`` and up to ``to``."""

    after: int
    to: int


@dataclass(frozen=True, slots=True)
class _Found:
    rows: list[OwnDisclosure]
    after: int
    more: bool


def _find(connection: Connection, search: _Search, stretch: _Stretch, limit: int) -> _Found:
    if search.versions is not None and not search.versions:
        return _Found([], stretch.after, more=False)
    found: list[OwnDisclosure] = []
    after = stretch.after
    at_once = limit + 1 if search.versions is None else _ROWS_AT_ONCE
    for _ in range(_BATCHES):
        batch = disclosures.disclosures_of_owner(connection, search.owner_id, after, at_once)
        for row in batch:
            if row.number > stretch.to:
                return _Found(found, after, more=False)
            own = _own_part(connection, search, row)
            if own.versions and len(found) == limit:
                return _Found(found, after, more=True)
            found += [own] if own.versions else []
            after = row.number
        if len(batch) < at_once:
            return _Found(found, after, more=False)
    return _Found(found, after, more=True)


def _own_part(connection: Connection, search: _Search, row: LedgerRow) -> OwnDisclosure:
    value = row.disclosure
    versions = search.versions
    if versions is None:
        versions = objects.versions_named(connection, search.owner_id, value.version_ids)
    return OwnDisclosure(
        number=row.number,
        recipient_id=value.partner_id,
        recipient_name=search.names[value.partner_id],
        purpose=value.purpose,
        channel=value.channel,
        agreement_version=value.agreement_version,
        disclosed_at=value.disclosed_at,
        versions=tuple(versions[one] for one in value.version_ids if one in versions),
    )
