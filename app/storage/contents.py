"""What is stored of versions that a reader was found to see: their bytes, attestations and names.

Asks no policy: only what a query of ``feed`` returned for a viewpoint may be asked for. Kept by
``tests/storage/test_contents.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, func, select

from app.storage.columns import Number
from app.storage.prepared import IsOneOf, Prepared
from app.storage.tables import object_attestation, object_content, object_version


@dataclass(frozen=True, slots=True)
class Content:
    """The stored canonical bytes of one version, and the exchange's attestation (JSON text) if nobody signed it."""

    body: bytes
    attestation: str | None


def _contents(order: ColumnElement[int]) -> Prepared:
    size = func.length(object_content.c.content)
    sized = (
        select(object_content, (func.sum(size).over(order_by=order) - size).label("before"))
        .where(IsOneOf(object_content.c.version_id, "version_ids"))
        .subquery()
    )
    return Prepared(
        select(sized.c.version_id, sized.c.content, object_attestation.c.envelope)
        .join_from(sized, object_attestation, sized.c.version_id == object_attestation.c.version_id, isouter=True)
        .where(sized.c.before <= bindparam("most_bytes", type_=Number))
    )


_OLDEST_FIRST = _contents(object_content.c.version_id.asc())
_NEWEST_FIRST = _contents(object_content.c.version_id.desc())


def contents(connection: Connection, version_ids: Sequence[int], most_bytes: int) -> dict[int, Content]:
    """Give what is stored of versions that a query of ``feed`` returned; the oldest first, or the newest if they begin with it.

    It ends with the one with which ``most_bytes`` are passed: what is missing has to be asked for again.
    """
    prepared = _NEWEST_FIRST if version_ids and version_ids[0] > version_ids[-1] else _OLDEST_FIRST
    rows = prepared.rows(connection, version_ids=list(version_ids), most_bytes=most_bytes)
    return {version_id: Content(body, envelope) for version_id, body, envelope in rows}


_ATTESTATIONS = Prepared(
    select(object_attestation.c.envelope)
    .where(IsOneOf(object_attestation.c.version_id, "version_ids"))
    .order_by(object_attestation.c.version_id)
)
_NAMES = Prepared(
    select(object_version.c.version_id, object_version.c.stix_id, object_version.c.version).where(
        IsOneOf(object_version.c.version_id, "version_ids")
    )
)


def attestations(connection: Connection, version_ids: Collection[int]) -> list[str]:
    """List the exchange's attestations (JSON text) of those of these versions that nobody signed."""
    return [row.envelope for row in _ATTESTATIONS.rows(connection, version_ids=list(version_ids))]


def names(connection: Connection, version_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Give id and version of versions that a query of ``feed`` returned."""
    rows = _NAMES.rows(connection, version_ids=list(version_ids))
    return {version_id: (stix_id, version) for version_id, stix_id, version in rows}
