"""Looking through the disclosure ledger: by whose objects, to whom, with which credential, when, and by which versions.

Owns statements, each over a bounded stretch of numbers; who may ask is the services'. Rows that cannot hold any of the versions
looked for are passed over undecoded, by the lowest and highest that they hold. Kept by ``tests/storage/test_ledger_search.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from app.domain.vocabulary import Extent
from app.storage.batches import batches
from app.storage.disclosures import LedgerRow, ledger_row
from app.storage.erasures import erased_among
from app.storage.tables import credential, disclosure, disclosure_owner, object_version


@dataclass(frozen=True, slots=True)
class Sought:
    """Which rows: about whose objects (given to others), to whom, with one of which credentials, from when until before when.

    ``version_ids``: rows that may hold one of these; all if None. ``with_content``: only rows by which content was given, not ids
    or that something is there. Nothing that is None narrows.
    """

    owner_id: str | None = None
    partner_id: str | None = None
    credential_ids: frozenset[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    version_ids: Collection[int] | None = None
    with_content: bool = False


@dataclass(frozen=True, slots=True)
class Numbers:
    """Rows of the ledger with ``after`` < number <= ``to``, at most ``limit``."""

    after: int
    to: int
    limit: int


def rows_sought(connection: Connection, sought: Sought, numbers: Numbers) -> list[LedgerRow]:
    """List such rows in order."""
    d, do = disclosure.c, disclosure_owner.c
    statement, number = select(disclosure), d.disclosure_id
    if sought.owner_id is not None:
        statement = statement.join(disclosure_owner, do.disclosure_id == d.disclosure_id)
        statement = statement.where(do.owner_id == sought.owner_id, d.partner_id != sought.owner_id)
        number = do.disclosure_id
    statement = statement.where(number > numbers.after, number <= numbers.to, *_conditions(sought))
    return [ledger_row(row) for row in connection.execute(statement.order_by(number).limit(numbers.limit))]


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    d = disclosure.c
    conditions: list[ColumnElement[bool]] = []
    if sought.partner_id is not None:
        conditions.append(d.partner_id == sought.partner_id)
    if sought.credential_ids is not None:
        conditions.append(d.credential_id.in_(sorted(sought.credential_ids)))
    if sought.since is not None:
        conditions.append(d.disclosed_at >= sought.since)
    if sought.until is not None:
        conditions.append(d.disclosed_at < sought.until)
    if sought.with_content:
        conditions.append(or_(d.extent.is_(None), d.extent == Extent.CONTENT))
    if sought.version_ids is not None:
        holds = and_(d.first_version_id <= max(sought.version_ids), d.last_version_id >= min(sought.version_ids))
        conditions.append(or_(d.first_version_id.is_(None), holds))
    return conditions


def versions_under(connection: Connection, stix_id: str, owner_id: str | None) -> set[int]:
    """Give the versions (row ids) under an id: of one owner, or of all (None)."""
    ov = object_version.c
    statement = select(ov.version_id).where(ov.stix_id == stix_id)
    if owner_id is not None:
        statement = statement.where(ov.owner_id == owner_id)
    return set(connection.execute(statement).scalars())


@dataclass(frozen=True, slots=True)
class NamedVersion:
    """Whose a version is, and its id and version, which are None once it is erased."""

    owner_id: str
    stix_id: str | None
    version: str | None


def named(connection: Connection, version_ids: Collection[int], owner_id: str | None = None) -> dict[int, NamedVersion]:
    """Give the names of these versions: of one owner's among them, or of all (None)."""
    ov = object_version.c
    found: dict[int, NamedVersion] = {}
    for some in batches(sorted(version_ids)):
        rows: Any = connection.execute(select(ov.version_id, ov.owner_id, ov.stix_id, ov.version).where(ov.version_id.in_(some)))
        found |= {version_id: NamedVersion(*names) for version_id, *names in rows}
    # Content goes first and names later; they are not told any more from the first on.
    found |= {one: NamedVersion(each.owner_id, None, None) for one, each in erased_among(connection, version_ids).items()}
    return {one: each for one, each in found.items() if owner_id in {None, each.owner_id}}


def last_read_with(connection: Connection, credential_ids: Collection[str]) -> dict[str, datetime]:
    """Give when something was last given with each of these credentials; one with which nothing was is not there."""
    c, d = credential.c, disclosure.c
    newest = select(d.disclosed_at).where(d.credential_id == c.credential_id).order_by(d.disclosure_id.desc()).limit(1)
    rows: Any = connection.execute(
        select(c.credential_id, newest.scalar_subquery()).where(c.credential_id.in_(sorted(credential_ids)))
    )
    return {credential_id: at for credential_id, at in rows if at is not None}


def classes_of_versions(connection: Connection, version_ids: Collection[int]) -> dict[int, int]:
    """Give the class of each of these versions that is stored."""
    found: dict[int, int] = {}
    for some in batches(sorted(version_ids)):
        rows = select(object_version.c.version_id, object_version.c.class_id).where(object_version.c.version_id.in_(some))
        found |= dict(connection.execute(rows).all())
    return found


def issued_with(connection: Connection, credential_ids: Collection[str]) -> set[str]:
    """Give the ids of the credentials that were issued with one of these, and with these again, and so on."""
    found: set[str] = set()
    asked = set(credential_ids)
    while asked:
        rows = select(credential.c.credential_id).where(credential.c.issued_by.in_(sorted(asked)))
        asked = set(connection.execute(rows).scalars()) - found - set(credential_ids)
        found |= asked
    return found
