"""The disclosure ledger: who was given exactly which versions.

A row is committed before the first byte of a non-empty answer leaves. The set of versions is kept as ascending deltas in
variable-length integers, deflated: some bytes a version at most, and exact. Kept by ``tests/storage/test_disclosures.py``.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select

from app.domain.disclosure import Disclosure
from app.domain.vocabulary import Channel, Purpose
from app.storage.tables import disclosure, disclosure_owner, recall

# Variable-length integers: seven bits a byte, lowest first; the high bit says that more follow.
_SEVEN_BITS = 0x7F
_MORE = 0x80
_PATIENCE_SECONDS = 5
_EVER = datetime.min.replace(tzinfo=UTC)


def encode_versions(version_ids: Iterable[int]) -> bytes:
    """Give the compact form of a set of row ids (each at least 1)."""
    out, previous = bytearray(), 0
    for version_id in sorted(set(version_ids)):
        delta, previous = version_id - previous, version_id
        while delta > _SEVEN_BITS:
            out.append(delta & _SEVEN_BITS | _MORE)
            delta >>= 7
        out.append(delta)
    return zlib.compress(bytes(out))


def decode_versions(data: bytes) -> tuple[int, ...]:
    """Give the ascending row ids of a compact form."""
    versions, current, delta, shift = [], 0, 0, 0
    for byte in zlib.decompress(data):
        delta |= (byte & _SEVEN_BITS) << shift
        shift += 7
        if not byte & _MORE:
            current += delta
            versions.append(current)
            delta = shift = 0
    return tuple(versions)


def add_disclosure(connection: Connection, value: Disclosure, owner_ids: Collection[str], feed: int = 0) -> int:
    """Write one ledger row of at least one version; ``owner_ids`` are the versions' owners. Gives the row's number.

    ``feed`` is where they were read: 0 in that of everything a reader may see, else that of a sharing group.
    """
    row: dict[str, Any] = {
        "partner_id": value.partner_id,
        "credential_id": value.credential_id,
        "purpose": value.purpose,
        "channel": value.channel,
        "agreement_version": value.agreement_version,
        "policy_epoch": value.policy_epoch,
        "disclosed_at": value.disclosed_at,
        "version_count": len(value.version_ids),
        "versions": encode_versions(value.version_ids),
        "first_version_id": min(value.version_ids),
        "last_version_id": max(value.version_ids),
        "feed": feed,
    }
    number: int = connection.execute(insert(disclosure).values(row).returning(disclosure.c.disclosure_id)).scalar_one()
    connection.execute(insert(disclosure_owner), [{"owner_id": one, "disclosure_id": number} for one in sorted(set(owner_ids))])
    return number


@dataclass(frozen=True, slots=True)
class NewestRecall:
    """The newest recall's number, and the latest instant of any; 0 and the beginning of time without one."""

    recall_id: int
    recalled_at: datetime


def newest_recall(connection: Connection) -> NewestRecall:
    """Give the newest recall that is committed; recalls are numbered under the order lock, in the order of their commits."""
    statement = select(func.coalesce(func.max(recall.c.recall_id), 0), func.max(recall.c.recalled_at))
    recall_id, recalled_at = connection.execute(statement).one()
    return NewestRecall(recall_id, recalled_at or _EVER)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A ledger row with its number."""

    number: int
    disclosure: Disclosure


def settled_to(connection: Connection) -> int:
    """Give the number up to which no row can still appear, for readers who follow the ledger. In a write transaction.

    PostgreSQL numbers rows before they are committed: a row may appear below one that is seen already. So this waits for those
    that are being written, some milliseconds; rows that come afterwards have higher numbers.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE_SECONDS}s'")
        connection.exec_driver_sql("LOCK TABLE disclosure IN SHARE MODE")
    newest: int = connection.execute(select(func.coalesce(func.max(disclosure.c.disclosure_id), 0))).scalar_one()
    return newest


def disclosures_of_owner(connection: Connection, owner_id: str, after: int, limit: int) -> list[LedgerRow]:
    """List rows above number ``after`` that disclosed something of this owner to somebody else, oldest first.

    Who follows the ledger goes no further than ``settled_to`` said, so that no late row is passed over.
    """
    statement = (
        select(disclosure)
        .join(disclosure_owner, disclosure_owner.c.disclosure_id == disclosure.c.disclosure_id)
        .where(disclosure_owner.c.owner_id == owner_id, disclosure_owner.c.disclosure_id > after)
        .where(disclosure.c.partner_id != owner_id)
        .order_by(disclosure_owner.c.disclosure_id)
        .limit(limit)
    )
    return [_ledger_row(row) for row in connection.execute(statement)]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows about an owner's objects with ``after`` < number <= ``to``; at most ``rows`` of them at once."""

    owner_id: str
    after: int
    to: int
    rows: int


def given_of(
    connection: Connection, stretch: Stretch, version_ids: Collection[int]
) -> tuple[dict[tuple[str, int], set[int]], int]:
    """Give which of an owner's versions were given to others, by (partner, feed), and up to which number was looked.

    What the owner itself was given is left out. Rows that cannot hold any of the versions are not decoded.
    """
    do, d = disclosure_owner.c, disclosure.c
    own = select(do.disclosure_id).where(do.owner_id == stretch.owner_id, do.disclosure_id > stretch.after)
    last = own.where(do.disclosure_id <= stretch.to).order_by(do.disclosure_id).offset(stretch.rows - 1).limit(1)
    reached: int = connection.execute(last).scalar_one_or_none() or stretch.to
    holds = and_(d.first_version_id <= max(version_ids), d.last_version_id >= min(version_ids))
    rows = (
        select(d.partner_id, d.feed, d.versions)
        .join_from(disclosure_owner, disclosure, d.disclosure_id == do.disclosure_id)
        .where(do.owner_id == stretch.owner_id, do.disclosure_id > stretch.after, do.disclosure_id <= reached)
        .where(d.partner_id != stretch.owner_id, or_(d.first_version_id.is_(None), holds))
    )
    found: dict[tuple[str, int], set[int]] = {}
    for partner_id, feed, versions in connection.execute(rows):
        given = set(version_ids).intersection(decode_versions(versions))
        if given:
            found.setdefault((partner_id, feed), set()).update(given)
    return found, reached


def _ledger_row(row: Any) -> LedgerRow:
    value = Disclosure(
        partner_id=row.partner_id,
        credential_id=row.credential_id,
        purpose=Purpose(row.purpose),
        channel=Channel(row.channel),
        agreement_version=row.agreement_version,
        policy_epoch=row.policy_epoch,
        disclosed_at=row.disclosed_at,
        version_ids=decode_versions(row.versions),
    )
    return LedgerRow(row.disclosure_id, value)
