"""What is stored of versions that a reader was found to see: their bytes, attestations and names.

Asks no policy: only what a query of ``feed`` returned for a viewpoint may be asked for. Kept by
``tests/storage/test_contents.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from app.storage.columns import Number
from app.storage.prepared import IsOneOf, Prepared
from app.storage.tables import object_attestation, object_content, object_version


@dataclass(frozen=True, slots=True)
class Content:
    """The stored canonical bytes of one version, and the exchange's attestation (JSON text) if nobody signed it."""

    body: bytes
    attestation: str | None


_BYTES = func.length(object_content.c.content)
_SIZED = (
    select(object_content, (func.sum(_BYTES).over(order_by=object_content.c.version_id) - _BYTES).label("before"))
    .where(IsOneOf(object_content.c.version_id, "version_ids"))
    .subquery()
)
_CONTENTS = Prepared(
    select(_SIZED.c.version_id, _SIZED.c.content, object_attestation.c.envelope)
    .join_from(_SIZED, object_attestation, _SIZED.c.version_id == object_attestation.c.version_id, isouter=True)
    .where(_SIZED.c.before <= bindparam("most_bytes", type_=Number))
)


def contents(connection: Connection, version_ids: Collection[int], most_bytes: int) -> dict[int, Content]:
    """Give what is stored of versions that a query of ``feed`` returned, the oldest first.

    It ends with the one with which ``most_bytes`` are passed: what is missing has to be asked for again.
    """
    rows = _CONTENTS.rows(connection, version_ids=list(version_ids), most_bytes=most_bytes)
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
