"""What a partner owns here, whatever policy says of it by now: its objects as they are stored, and its receipts, batch by batch.

Asks no policy: ownership is the one condition. Kept by ``tests/storage/test_own_data.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, select

from app.storage.tables import object_attestation, object_content, object_version, restricted_version, submission


@dataclass(frozen=True, slots=True)
class OwnVersion:
    """A stored version of one's own: its canonical bytes, its dates, and the attestation (JSON text) if nobody signed it.

    Of a restricted one neither content nor attestation: it is in nobody's use, its owner's neither.
    """

    version_id: int
    stix_id: str
    version: str
    received_at: datetime
    withdrawn_at: datetime | None
    log_index: int
    is_restricted: bool
    content: bytes | None
    attestation: str | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whose, what was received no later than when, and how many at most."""

    partner_id: str
    until: datetime
    limit: int


def own_versions(connection: Connection, stretch: Stretch, after: int) -> list[OwnVersion]:
    """List versions that an owner submitted, withdrawn ones too, in the order in which they came, after one of them (0: all).

    What was erased is none any more; what the exchange stated itself is not the owner's.
    """
    ov = object_version.c
    names = [ov.version_id, ov.stix_id, ov.version, ov.received_at, ov.withdrawn_at, ov.log_index]
    is_free = restricted_version.c.version_id.is_(None)
    content, envelope = (case((is_free, value)) for value in (object_content.c.content, object_attestation.c.envelope))
    statement = (
        select(*names, (~is_free).label("is_restricted"), content.label("content"), envelope.label("attestation"))
        .join_from(object_version, object_content, ov.version_id == object_content.c.version_id)
        .join(object_attestation, ov.version_id == object_attestation.c.version_id, isouter=True)
        .join(restricted_version, ov.version_id == restricted_version.c.version_id, isouter=True)
        .where(ov.owner_id == stretch.partner_id, ov.version_id > after, ov.submission_id != "", ov.received_at <= stretch.until)
        .order_by(ov.version_id)
        .limit(stretch.limit)
    )
    return [OwnVersion(**row._asdict()) for row in connection.execute(statement)]


def own_receipts(connection: Connection, stretch: Stretch, after: str) -> list[tuple[str, str]]:
    """List id and receipt (JSON text) of a partner's submissions by id, after one of them (``""``: all)."""
    sub = submission.c
    own = (sub.partner_id == stretch.partner_id) & (sub.received_at <= stretch.until)
    statement = select(sub.submission_id, sub.receipt).where(own, sub.submission_id > after)
    rows = connection.execute(statement.order_by(sub.submission_id).limit(stretch.limit))
    return [(submission_id, receipt) for submission_id, receipt in rows]
