"""Recoveries of what people sign in with: added as proposed, changed by each decision, under the order lock.

Kept by ``tests/storage/test_recoveries.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from app.domain.recovery import Recovery, RecoveryState
from app.storage.tables import recovery

_OPEN = (RecoveryState.PROPOSED, RecoveryState.AGREED)
_MOST = 200


def save_recovery(connection: Connection, value: Recovery) -> None:
    """Keep a recovery as it is now."""
    row = asdict(value)
    changed = connection.execute(update(recovery).where(recovery.c.recovery_id == value.recovery_id).values(**row)).rowcount
    if not changed:
        connection.execute(insert(recovery).values(**row))


def recovery_by_id(connection: Connection, recovery_id: str) -> Recovery | None:
    """Give one recovery, whatever became of it."""
    row = connection.execute(select(recovery).where(recovery.c.recovery_id == recovery_id)).one_or_none()
    return None if row is None else _recovery(row._asdict())


def recoveries(connection: Connection, partner_id: str | None, *, everybody: bool = False) -> list[Recovery]:
    """Give the newest recoveries of a partner's persons, of the exchange's own (None), or of ``everybody``."""
    asked = select(recovery).order_by(recovery.c.proposed_at.desc(), recovery.c.recovery_id).limit(_MOST)
    rows = connection.execute(asked if everybody else asked.where(recovery.c.partner_id == partner_id))  # None: IS NULL
    return [_recovery(row._asdict()) for row in rows]


def recoveries_of(connection: Connection, person_id: str) -> list[Recovery]:
    """Give the recoveries of one person, the newest first."""
    asked = select(recovery).where(recovery.c.person_id == person_id).order_by(recovery.c.proposed_at.desc())
    return [_recovery(row._asdict()) for row in connection.execute(asked)]


def open_recovery(connection: Connection, person_id: str, now: datetime) -> Recovery | None:
    """Give the recovery of a person that can still be agreed to or used; under the order lock there is one at most."""
    where = (recovery.c.person_id == person_id) & recovery.c.state.in_(_OPEN) & (recovery.c.expires_at > now)
    row = connection.execute(select(recovery).where(where).limit(1)).one_or_none()
    return None if row is None else _recovery(row._asdict())


def agreed_of(connection: Connection, person_id: str) -> Recovery | None:
    """Give the newest recovery of a person that was agreed to and not used, None without one."""
    where = (recovery.c.person_id == person_id) & (recovery.c.state == RecoveryState.AGREED)
    newest = select(recovery).where(where).order_by(recovery.c.decided_at.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return None if row is None else _recovery(row._asdict())


def wipe_texts(connection: Connection, before: datetime) -> int:
    """Empty the texts of recoveries that were proposed before a moment. Gives how many were there."""
    said = or_(recovery.c.reason != "", recovery.c.recognised != "")
    where = (recovery.c.proposed_at < before) & said
    return connection.execute(update(recovery).where(where).values(reason="", recognised="")).rowcount


def _recovery(row: Mapping[str, Any]) -> Recovery:
    return Recovery(**{**row, "state": RecoveryState(row["state"])})
