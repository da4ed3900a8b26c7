"""What a partner used since an instant, by what is kept anyway: the disclosure ledger, and its submissions.

Kept by ``tests/storage/test_usage.py``.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from app.storage.prepared import Prepared
from app.storage.tables import disclosure, submission

_GIVEN = Prepared(
    select(func.coalesce(func.sum(disclosure.c.version_count), 0)).where(
        disclosure.c.partner_id == bindparam("partner_id"),
        disclosure.c.disclosed_at >= bindparam("since", type_=disclosure.c.disclosed_at.type),
    )
)
_SENT = Prepared(
    select(func.coalesce(func.sum(submission.c.object_count), 0)).where(
        submission.c.partner_id == bindparam("partner_id"),
        submission.c.received_at >= bindparam("since", type_=submission.c.received_at.type),
    )
)


_FIRST_SENT = Prepared(select(func.min(submission.c.received_at)).where(submission.c.partner_id == bindparam("partner_id")))
_FIRST_GIVEN = Prepared(select(func.min(disclosure.c.disclosed_at)).where(disclosure.c.partner_id == bindparam("partner_id")))


def first_sent(connection: Connection, partner_id: str) -> datetime | None:
    """Give when a partner sent its first submission that is kept, None if it has not."""
    row = _FIRST_SENT.row(connection, partner_id=partner_id)
    return None if row is None else row[0]


def first_given(connection: Connection, partner_id: str) -> datetime | None:
    """Give when a partner was first given anything, None if it was not."""
    row = _FIRST_GIVEN.row(connection, partner_id=partner_id)
    return None if row is None else row[0]


def versions_given(connection: Connection, partner_id: str, since: datetime) -> int:
    """Count the versions given to a partner, each as often as it was given."""
    return _number(_GIVEN.row(connection, partner_id=partner_id, since=since))


def objects_sent(connection: Connection, partner_id: str, since: datetime) -> int:
    """Count the objects that a partner sent in submissions that were kept, refused objects of these included."""
    return _number(_SENT.row(connection, partner_id=partner_id, since=since))


def _number(row: tuple[int] | None) -> int:
    return 0 if row is None else int(row[0])
