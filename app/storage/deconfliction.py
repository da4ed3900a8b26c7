"""Agencies' interests, and which of them have met.

Whoever writes holds the order lock, so that two interests registered at once meet once. Who may be told is the callers'. Kept by
``tests/storage/test_deconfliction.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from app.domain.overlap import Interest, InterestKind, Meeting
from app.storage.batches import batches
from app.storage.tables import deconfliction_interest, deconfliction_meeting

_INTEREST = [deconfliction_interest.c[name] for name in Interest.__slots__]
_MEETING = [deconfliction_meeting.c[name] for name in Meeting.__slots__]


def add_interests(connection: Connection, values: Collection[Interest]) -> None:
    """Keep new interests."""
    if values:
        connection.execute(insert(deconfliction_interest), [asdict(one) for one in values])


def save_interest(connection: Connection, value: Interest) -> None:
    """Keep an interest as it is now."""
    this = deconfliction_interest.c.interest_id == value.interest_id
    connection.execute(update(deconfliction_interest).where(this).values(asdict(value)))


def interests(connection: Connection, partner_id: str) -> list[Interest]:
    """List an agency's interests, those that ended included, oldest first."""
    di = deconfliction_interest.c
    statement = select(*_INTEREST).where(di.partner_id == partner_id).order_by(di.registered_at, di.interest_id)
    return [_interest(row) for row in connection.execute(statement)]


def count_open(connection: Connection, partner_id: str, now: datetime) -> int:
    """Give how many of an agency's interests stand."""
    di = deconfliction_interest.c
    mine = and_(di.partner_id == partner_id, di.ended_at.is_(None), di.until > now)
    counted: int = connection.execute(select(func.count()).select_from(deconfliction_interest).where(mine)).scalar_one()
    return counted


def interest_by_id(connection: Connection, partner_id: str, interest_id: str) -> Interest | None:
    """Give one interest of an agency's own."""
    di = deconfliction_interest.c
    statement = select(*_INTEREST).where(di.interest_id == interest_id, di.partner_id == partner_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _interest(row)


def interests_in(connection: Connection, digests: Collection[bytes]) -> list[Interest]:
    """List all agencies' interests under these tokens that were not ended, in the order in which they were registered."""
    di = deconfliction_interest.c
    found = []
    for some in batches(sorted(digests)):
        statement = select(*_INTEREST).where(di.digest.in_(some), di.ended_at.is_(None))
        found += [_interest(row) for row in connection.execute(statement.order_by(di.registered_at, di.interest_id))]
    return found


def add_meetings(connection: Connection, values: Collection[Meeting]) -> None:
    """Keep that interests have met; of two that had met before nothing is kept anew but how long it is remembered."""
    dm = deconfliction_meeting.c
    for one in values:
        these = and_(dm.first == one.first, dm.second == one.second)
        known = connection.execute(update(deconfliction_meeting).where(these).values(forget_at=one.forget_at)).rowcount
        if not known:
            connection.execute(insert(deconfliction_meeting).values(asdict(one)))


def meetings(connection: Connection, partner_id: str) -> list[Meeting]:
    """List in which meetings an agency is, oldest first."""
    dm = deconfliction_meeting.c
    mine = or_(dm.first_partner == partner_id, dm.second_partner == partner_id)
    statement = select(*_MEETING).where(mine).order_by(dm.met_at, dm.meeting_id)
    return [Meeting(*row) for row in connection.execute(statement)]


def contact_ids(connection: Connection, partner_id: str) -> dict[str, str]:
    """Give for each meeting that an agency is in the contact that the other agency named, where its interest is still known."""
    dm, di = deconfliction_meeting.c, deconfliction_interest.c
    others = or_(
        and_(dm.first_partner == partner_id, di.interest_id == dm.second),
        and_(dm.second_partner == partner_id, di.interest_id == dm.first),
    )
    statement = select(dm.meeting_id, di.contact_id).join_from(deconfliction_meeting, deconfliction_interest, others)
    return {row.meeting_id: row.contact_id for row in connection.execute(statement)}


def end_lapsed(connection: Connection, now: datetime) -> int:
    """End the interests whose time is over, and wipe their tokens. Gives how many there were."""
    di = deconfliction_interest.c
    lapsed = and_(di.ended_at.is_(None), di.until <= now)
    return connection.execute(update(deconfliction_interest).where(lapsed).values(ended_at=di.until, digest=None)).rowcount


def end_all_of(connection: Connection, partner_id: str, now: datetime) -> int:
    """End all interests of an agency, and wipe their tokens. Gives how many there were."""
    di = deconfliction_interest.c
    mine = and_(di.partner_id == partner_id, di.ended_at.is_(None))
    return connection.execute(update(deconfliction_interest).where(mine).values(ended_at=now, digest=None)).rowcount


def forget(connection: Connection, now: datetime, ended_before: datetime) -> int:
    """Delete meetings that are past their time, and interests that ended before an instant. Gives how many rows there were."""
    dm, di = deconfliction_meeting.c, deconfliction_interest.c
    rows = connection.execute(delete(deconfliction_meeting).where(dm.forget_at <= now)).rowcount
    return rows + connection.execute(delete(deconfliction_interest).where(di.ended_at < ended_before)).rowcount


def _interest(row: Any) -> Interest:
    named = row._mapping  # noqa: SLF001  # SQLAlchemy's public name for a row's mapping
    return Interest(**{**named, "kind": InterestKind(row.kind)})
