"""Object versions as whoever checks the log reads them: each with what stands of it in other tables.

Owns statements that walk everything; what must hold between the rows is ``services.checking``'s. Kept by
``tests/storage/test_version_check.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from app.domain.object_vocabulary import RecallKind
from app.storage.batches import batches
from app.storage.tables import (
    handling_class,
    log_leaf,
    object_attestation,
    object_content,
    object_version,
    recall,
    recall_version,
    submission,
)

_CLASSES_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version as it is kept; ``content`` is None where it is not kept any more, ``recalled_at`` where nothing recalled it.

    ``leaf_at`` is when its leaf was logged; ``envelope`` the exchange's attestation.
    """

    log_index: int
    version_id: int
    salt: bytes
    payload_digest: bytes
    content_digest: bytes
    owner_id: str
    stix_id: str
    type: str
    version: str
    version_key: str
    keyid: str
    assurance: str
    class_id: int
    submission_id: str
    received_at: datetime
    withdrawn_at: datetime | None
    visible_until: datetime
    content: bytes | None
    envelope: str | None
    recalled_at: datetime | None
    leaf_at: datetime | None


_OV = object_version.c
_COLUMNS = (
    *(_OV.log_index, _OV.version_id, _OV.leaf_salt, _OV.payload_digest, _OV.content_digest, _OV.owner_id, _OV.stix_id),
    *(_OV.type, _OV.version, _OV.version_key, _OV.keyid, _OV.assurance, _OV.class_id, _OV.submission_id, _OV.received_at),
    *(_OV.withdrawn_at, _OV.visible_until, object_content.c.content, object_attestation.c.envelope),
)
_RECALLED = (
    select(func.min(recall.c.recalled_at))
    .join_from(recall_version, recall, recall.c.recall_id == recall_version.c.recall_id)
    .where(recall_version.c.version_id == _OV.version_id, recall.c.kind == RecallKind.WITHDRAWAL.value)
    .correlate(object_version)
    .scalar_subquery()
)
_VERSIONS = (
    select(*_COLUMNS, _RECALLED.label("recalled_at"), log_leaf.c.recorded_at)
    .join_from(object_version, object_content, object_content.c.version_id == _OV.version_id, isouter=True)
    .join(object_attestation, object_attestation.c.version_id == _OV.version_id, isouter=True)
    .join(log_leaf, log_leaf.c.log_index == _OV.log_index, isouter=True)
)


def versions_between(connection: Connection, first: int, beyond: int) -> dict[int, VersionRow]:
    """Give the object versions whose leaves have these indexes, by index."""
    rows = connection.execute(_VERSIONS.where(_OV.log_index >= first, _OV.log_index < beyond))
    return {row.log_index: VersionRow(*tuple(row)) for row in rows}


def submissions_named(connection: Connection, ids: Collection[str]) -> Iterator[Any]:
    """Give the rows of these submissions, one after the other: a receipt may be large."""
    for submission_id in sorted(ids):
        yield from connection.execute(select(submission).where(submission.c.submission_id == submission_id))


def class_documents(connection: Connection, class_ids: Collection[int]) -> Iterator[tuple[int, str]]:
    """Give id and document of these classes that exist, some at a time."""
    for some in batches(sorted(class_ids), at_once=_CLASSES_AT_ONCE):
        statement = select(handling_class.c.class_id, handling_class.c.document).where(handling_class.c.class_id.in_(some))
        yield from ((class_id, document) for class_id, document in connection.execute(statement))


def all_classes(connection: Connection) -> Iterator[Any]:
    """Give the rows of all classes, some at a time: a document may hold a hundred handlings."""
    after = -1
    while True:
        statement = select(handling_class).where(handling_class.c.class_id > after).order_by(handling_class.c.class_id)
        rows = connection.execute(statement.limit(_CLASSES_AT_ONCE)).all()
        yield from rows
        if len(rows) < _CLASSES_AT_ONCE:
            return
        after = rows[-1].class_id
