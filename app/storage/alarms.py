"""Alarms: what the operator is to be told, one row for many events of one partner and code.

Kept by ``tests/storage/test_alarms.py``.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from app.domain.paging import Alarm, AlarmCode
from app.storage.tables import alarm


def add_alarm(connection: Connection, value: Alarm) -> None:
    """Keep a new alarm."""
    connection.execute(insert(alarm).values(asdict(value)))


def newest_alarm(connection: Connection, partner_id: str | None, code: AlarmCode) -> Alarm | None:
    """Give the alarm of this partner and code that is due last, None without any."""
    same = alarm.c.partner_id == partner_id if partner_id is not None else alarm.c.partner_id.is_(None)
    statement = select(alarm).where(same, alarm.c.code == code).order_by(alarm.c.due_at.desc()).limit(1)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _alarm(row)


def count_another(connection: Connection, alarm_id: str, at: datetime) -> None:
    """Count one more event into an alarm."""
    connection.execute(update(alarm).where(alarm.c.alarm_id == alarm_id).values(count=alarm.c["count"] + 1, last_at=at))


def alarm_by_id(connection: Connection, alarm_id: str) -> Alarm | None:
    """Give one alarm, None if there is none of this id."""
    row = connection.execute(select(alarm).where(alarm.c.alarm_id == alarm_id)).one_or_none()
    return None if row is None else _alarm(row)


def counts(connection: Connection) -> dict[AlarmCode, int]:
    """Give how many events raised an alarm, by code; every code has its number."""
    rows = connection.execute(select(alarm.c.code, func.sum(alarm.c["count"])).group_by(alarm.c.code))
    return dict.fromkeys(AlarmCode, 0) | {AlarmCode(code): int(count) for code, count in rows}


def raised_since(connection: Connection, since: datetime, limit: int) -> list[Alarm]:
    """List the alarms that counted an event after a moment, newest first."""
    statement = select(alarm).where(alarm.c.last_at > since).order_by(alarm.c.last_at.desc(), alarm.c.alarm_id).limit(limit)
    return [_alarm(row) for row in connection.execute(statement)]


def _alarm(row: Any) -> Alarm:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for a row's mapping
    return Alarm(**values | {"code": AlarmCode(values["code"])})
