"""Releases of the catalogue, and the signed STIX objects that they brought. Rows are added under the order lock, never changed.

Kept by ``tests/storage/test_catalogue_releases.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from app.storage.prepared import Prepared
from app.storage.tables import catalogue_object, catalogue_release


@dataclass(frozen=True, slots=True)
class KeptRelease:
    """A release: its document as RFC 8785 text, the hexadecimal SHA-256 of that, and the JSON text of what was signed of it.

    ``released_at`` is by the exchange's clock. ``credential_id`` None: the one with which an exchange begins.
    """

    release: int
    document: str
    digest: str
    envelope: str
    released_at: datetime
    log_index: int
    credential_id: str | None = None


@dataclass(frozen=True, slots=True)
class CatalogueObject:
    """A version of an object of the catalogue: its signed bytes, the release that brought it, and its place in the collection."""

    position: int
    stix_id: str
    version: str
    version_key: str
    release: int
    added_at: datetime
    content: bytes


_RELEASE_COLUMNS = [catalogue_release.c[name] for name in KeptRelease.__slots__]
_OBJECT_COLUMNS = [catalogue_object.c[name] for name in CatalogueObject.__slots__]
_NEWEST = Prepared(select(catalogue_release.c.document).order_by(catalogue_release.c.release.desc()).limit(1))


def add_release(connection: Connection, value: KeptRelease) -> None:
    """Keep a release; the order lock is held."""
    connection.execute(insert(catalogue_release).values(**asdict(value)))


def add_objects(connection: Connection, values: Iterable[CatalogueObject]) -> None:
    """Keep further versions of objects; the order lock is held."""
    rows = [asdict(one) for one in values]
    if rows:
        connection.execute(insert(catalogue_object), rows)


def newest_document(connection: Connection) -> str | None:
    """Give the document of the newest release; None before the first is installed."""
    rows = _NEWEST.rows(connection)
    return rows[0][0] if rows else None


def newest_release(connection: Connection) -> KeptRelease | None:
    """Give the newest release; None before the first is installed."""
    statement = select(*_RELEASE_COLUMNS).order_by(catalogue_release.c.release.desc()).limit(1)
    row = connection.execute(statement).one_or_none()
    return None if row is None else KeptRelease(*row)


def release_by_number(connection: Connection, number: int) -> KeptRelease | None:
    """Give a release; None if there is none of this number."""
    row = connection.execute(select(*_RELEASE_COLUMNS).where(catalogue_release.c.release == number)).one_or_none()
    return None if row is None else KeptRelease(*row)


def releases(connection: Connection) -> list[KeptRelease]:
    """List all releases, oldest first."""
    return [KeptRelease(*row) for row in connection.execute(select(*_RELEASE_COLUMNS).order_by(catalogue_release.c.release))]


def objects_until(connection: Connection, release: int) -> list[CatalogueObject]:
    """List all versions of objects that came with releases up to this one, in the order of their places."""
    statement = select(*_OBJECT_COLUMNS).where(catalogue_object.c.release <= release).order_by(catalogue_object.c.position)
    return [CatalogueObject(*row) for row in connection.execute(statement)]


def all_objects(connection: Connection) -> list[CatalogueObject]:
    """List all versions of objects that any release brought, in the order of their places."""
    statement = select(*_OBJECT_COLUMNS).order_by(catalogue_object.c.position)
    return [CatalogueObject(*row) for row in connection.execute(statement)]
