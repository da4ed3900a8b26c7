"""The disclosure ledger: who was given exactly which versions.

A row is committed before the first byte of a non-empty answer leaves. The set of versions is kept as ascending deltas in
variable-length integers, deflated: some bytes a version at most, and exact. Kept by ``tests/storage/test_disclosures.py``.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Insert, and_, bindparam, exists, func, insert, or_, select

from app.domain.disclosure import Disclosure
from app.domain.vocabulary import Channel, Extent, Purpose
from app.storage.prepared import IsOneOf, Prepared
from app.storage.roles import LEDGER_LOCK
from app.storage.tables import disclosure, disclosure_owner, handling_class, recall

# Variable-length integers: seven bits a byte, lowest first; the high bit says that more follow.
_SEVEN_BITS = 0x7F
_MORE = 0x80
_PATIENCE_SECONDS = 5


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


_ROW = tuple(column for column in disclosure.c if column.name != "disclosure_id")
_HELD = [bindparam(column.name, type_=column.type) for column in _ROW]
_NOTHING_NEWER = ~exists().where(recall.c.recall_id > bindparam("newest_recall", type_=recall.c.recall_id.type))
_ADDING = insert(disclosure).from_select([column.name for column in _ROW], select(*_HELD).where(_NOTHING_NEWER))
_ADDING = _ADDING.returning(disclosure.c.disclosure_id)


def _adding_owners(number: Any) -> Insert:
    owners = select(handling_class.c.owner_id, number).where(IsOneOf(handling_class.c.class_id, "class_ids")).distinct()
    return insert(disclosure_owner).from_select(["owner_id", "disclosure_id"], owners)


_WRITTEN = _ADDING.cte("written")
_ADD_AT_ONCE = Prepared(select(_WRITTEN.c.disclosure_id).add_cte(_adding_owners(_WRITTEN.c.disclosure_id).cte("owners")))
_ADD = Prepared(_ADDING)
_ADD_OWNERS = Prepared(_adding_owners(bindparam("disclosure_id", type_=disclosure.c.disclosure_id.type)))


@dataclass(frozen=True, slots=True)
class Given:
    """What an answer is besides its versions.

    In which classes they are, which newest recall the reader's snapshot held, and in whose feed they were read (0: everything).
    """

    class_ids: Collection[int]
    newest_recall: int
    feed: int = 0


def add_disclosure(connection: Connection, value: Disclosure, given: Given) -> int | None:
    """Write one ledger row of at least one version, and whose they are. Gives the row's number.

    None: a recall was committed since the reader's snapshot, and nothing is written. On PostgreSQL this is one statement. It
    locks the ledger before it sees whether there is a recall. So a recall that it does not see is committed later, and looks at
    the ledger only once this row is there (``settled_to``).
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
        "feed": given.feed,
        "position": value.position,
        "extent": value.extent,
        "newest_recall": given.newest_recall,
    }
    class_ids = sorted(set(given.class_ids))
    if connection.dialect.name == "postgresql":
        written = _ADD_AT_ONCE.row(connection, **row, class_ids=class_ids)
        return None if written is None else int(written.disclosure_id)
    written = _ADD.row(connection, **row)
    if written is None:
        return None
    _ADD_OWNERS.run(connection, disclosure_id=written.disclosure_id, class_ids=class_ids)
    return int(written.disclosure_id)


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
        connection.exec_driver_sql(f"SELECT {LEDGER_LOCK}()")  # LOCK TABLE asks for a right to change it
    newest: int = connection.execute(select(func.coalesce(func.max(disclosure.c.disclosure_id), 0))).scalar_one()
    return newest


def settled_without_holding_up(connection: Connection) -> int:
    """Give the same as ``settled_to``, and hold nobody up who wants to disclose something while the transaction goes on."""
    with connection.begin_nested() as savepoint:
        newest = settled_to(connection)
        savepoint.rollback()  # which gives back the lock on the ledger, the only thing that was taken
    return newest


_ROWS = Prepared(
    select(disclosure)
    .where(disclosure.c.disclosure_id > bindparam("after"), disclosure.c.disclosure_id <= bindparam("to"))
    .order_by(disclosure.c.disclosure_id)
    .limit(bindparam("limit"))
)


def stored_rows(connection: Connection, after: int, to: int, limit: int) -> list[Any]:
    """Give up to ``limit`` rows with ``after`` < number <= ``to`` as they are stored, ``versions`` in its compact form, in order.

    For the log, which commits to all of them; nobody is shown what comes from here.
    """
    return _ROWS.rows(connection, after=after, to=to, limit=limit)


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
    return _given_by(connection, stretch, version_ids, disclosure.c.feed)


def given_for(
    connection: Connection, stretch: Stretch, version_ids: Collection[int]
) -> tuple[dict[tuple[str, Purpose], set[int]], int]:
    """Give the same by (partner, purpose): for what the ledger says that they were given."""
    found, reached = _given_by(connection, stretch, version_ids, disclosure.c.purpose)
    return {(partner_id, Purpose(word)): given for (partner_id, word), given in found.items()}, reached


def _given_by(
    connection: Connection, stretch: Stretch, version_ids: Collection[int], by: ColumnElement[Any]
) -> tuple[dict[tuple[str, Any], set[int]], int]:
    do, d = disclosure_owner.c, disclosure.c
    own = select(do.disclosure_id).where(do.owner_id == stretch.owner_id, do.disclosure_id > stretch.after)
    last = own.where(do.disclosure_id <= stretch.to).order_by(do.disclosure_id).offset(stretch.rows - 1).limit(1)
    reached: int = connection.execute(last).scalar_one_or_none() or stretch.to
    holds = and_(d.first_version_id <= max(version_ids), d.last_version_id >= min(version_ids))
    rows = (
        select(d.partner_id, by, d.versions)
        .join_from(disclosure_owner, disclosure, d.disclosure_id == do.disclosure_id)
        .where(do.owner_id == stretch.owner_id, do.disclosure_id > stretch.after, do.disclosure_id <= reached)
        .where(d.partner_id != stretch.owner_id, or_(d.first_version_id.is_(None), holds))
    )
    found: dict[tuple[str, Any], set[int]] = {}
    for partner_id, key, versions in connection.execute(rows):
        given = set(version_ids).intersection(decode_versions(versions))
        if given:
            found.setdefault((partner_id, key), set()).update(given)
    return found, reached


def ledger_row(row: Any) -> LedgerRow:
    """Give a row as it is stored with its set of versions decoded."""
    value = Disclosure(
        partner_id=row.partner_id,
        credential_id=row.credential_id,
        purpose=Purpose(row.purpose),
        channel=Channel(row.channel),
        agreement_version=row.agreement_version,
        policy_epoch=row.policy_epoch,
        disclosed_at=row.disclosed_at,
        version_ids=decode_versions(row.versions),
        extent=None if row.extent is None else Extent(row.extent),
        position=row.position,
    )
    return LedgerRow(row.disclosure_id, value)
