"""What an owner asks of the ledger: who was given which version of my objects, when, for which purpose, under which agreement.

Owns the owner's view: rows about its own objects, its own objects alone in them, and nobody's but its own. Kept by
``tests/services/test_look_up_disclosures.py``.
"""

from __future__ import annotations

import hashlib
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
    """Rows, oldest first; ``next`` is always given, as with objects."""

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
    with exchange.database.read() as connection:
        rows = _matching(connection, owner_id, stix_id, after, limit + 1)
    given = rows[:limit]
    last = given[-1].number if given else after
    return DisclosurePage(given, exchange.sealer.seal(last.to_bytes(_POSITION_BYTES, "big"), context), len(rows) > limit)


def _matching(connection: Connection, owner_id: str, stix_id: str | None, after: int, wanted: int) -> list[OwnDisclosure]:
    names = {partner.partner_id: partner.name for partner in members.partners(connection)}
    found: list[OwnDisclosure] = []
    while len(found) < wanted:
        batch = disclosures.disclosures_of_owner(connection, owner_id, after, wanted)
        if not batch:
            break
        after = batch[-1].number
        found += [own for own in (_own_part(connection, owner_id, stix_id, row, names) for row in batch) if own.versions]
    return found[:wanted]


def _own_part(connection: Connection, owner_id: str, stix_id: str | None, row: LedgerRow, names: dict[str, str]) -> OwnDisclosure:
    own = objects.versions_named(connection, owner_id, row.disclosure.version_ids)
    value = row.disclosure
    return OwnDisclosure(
        number=row.number,
        recipient_id=value.partner_id,
        recipient_name=names[value.partner_id],
        purpose=value.purpose,
        channel=value.channel,
        agreement_version=value.agreement_version,
        disclosed_at=value.disclosed_at,
        versions=tuple(own[number] for number in sorted(own) if stix_id in {None, own[number][0]}),
    )
