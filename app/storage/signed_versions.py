"""Object versions by whose word they stand: a key's, or that of the credential by which they came.

For what a compromised key takes along. Versions come in the order of their row ids, so many at a time: each look goes on behind
the last, and the table is walked once. Kept by ``tests/storage/test_signed_versions.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from app.domain.vocabulary import Assurance
from app.storage.objects import StoredVersion
from app.storage.tables import log_leaf, object_version, submission


@dataclass(frozen=True, slots=True)
class Window:
    """Logged from ``since`` on and before ``until``, by the exchange's clock."""

    since: datetime
    until: datetime


def signed_by(connection: Connection, keyid: str, window: Window, after: int, limit: int) -> list[StoredVersion]:
    """List versions that publishers signed with a key, logged in a window and not withdrawn, with row ids above ``after``."""
    ov = object_version.c
    return _versions(connection, _STORED.where(ov.keyid == keyid), window, after, limit)


def attested_for(connection: Connection, credential_id: str, window: Window, after: int, limit: int) -> list[StoredVersion]:
    """List versions that only the channel of a credential vouches for, in the same way."""
    ov = object_version.c
    came = _STORED.join(submission, submission.c.submission_id == ov.submission_id)
    asked = came.where(submission.c.credential_id == credential_id, ov.assurance == Assurance.CHANNEL_ATTESTED)
    return _versions(connection, asked, window, after, limit)


def submissions_by(connection: Connection, credential_id: str, window: Window, limit: int) -> tuple[list[str], int]:
    """Give the ids of what was submitted with a credential in a window, oldest first and so many at most, and how many in all."""
    own = (submission.c.credential_id == credential_id) & submission.c.received_at.between(window.since, window.until)
    ordered = select(submission.c.submission_id).where(own).order_by(submission.c.received_at, submission.c.submission_id)
    count: int = connection.execute(select(func.count()).select_from(submission).where(own)).scalar_one()
    return list(connection.execute(ordered.limit(limit)).scalars()), count


# When something was logged is read where the serving role changes nothing (``roles``).
_STORED: Select[Any] = select(*(object_version.c[one.name] for one in fields(StoredVersion))).join(
    log_leaf, log_leaf.c.log_index == object_version.c.log_index
)


def _versions(connection: Connection, asked: Select[Any], window: Window, after: int, limit: int) -> list[StoredVersion]:
    ov = object_version.c
    logged_at = log_leaf.c.recorded_at
    within = asked.where(logged_at >= window.since, logged_at < window.until, ov.withdrawn_at.is_(None))
    rows = connection.execute(within.where(ov.version_id > after).order_by(ov.version_id).limit(limit))
    return [StoredVersion(*row) for row in rows]
