"""Alarming the operator: a count, an error in the log and a mail, none of which says what was sent.

Owns which events alarm, and the bound: one mail for each partner and code in ten minutes, which says how many there were.
Kept by ``tests/services/test_raise_alarm.py``.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import timedelta

from app.domain.errors import ForbiddenError
from app.domain.events import Event, EventRecord
from app.domain.paging import ALARMING, Alarm, AlarmCode, MailKind
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.storage import alarms, events, mails
from app.storage.mails import NewMail
from app.storage.session import Connection

QUIET = timedelta(minutes=10)
_log = logging.getLogger("breakwater.alarm")


def record_events(connection: Connection, records: Sequence[EventRecord]) -> None:
    """Keep events, and alarm the operator of those whose refusal says that somebody sent what must never be here."""
    events.add_events(connection, records)
    for record in records:
        if record.code in ALARMING:
            raise_alarm(connection, AlarmCode(record.code), record)


def raise_alarm(connection: Connection, code: AlarmCode, of: EventRecord) -> None:
    """Alarm the operator of an event, in its transaction; ``of`` names whose it was, when, and about which id of ours.

    An event that comes while an alarm of its partner and code waits for its time is counted into that one.
    """
    _log.error("alarm: %s partner=%s subject=%s pointer=%s", code, of.partner_id, of.subject, of.pointer)
    last = alarms.newest_alarm(connection, of.partner_id, code)
    if last is not None and last.due_at > of.at:
        alarms.count_another(connection, last.alarm_id, of.at)
        return
    due_at = of.at if last is None else max(of.at, last.due_at + QUIET)
    value = Alarm(str(uuid.uuid4()), code, of.partner_id, of.subject, of.pointer, of.at, of.at, due_at, 1)
    alarms.add_alarm(connection, value)
    events.add_events(connection, [EventRecord(Event.ALARM_RAISE, of.at, of.partner_id, subject=value.alarm_id, code=code)])
    mails.add_mail(connection, NewMail(MailKind.ALARM, value.alarm_id, None, due_at), of.at)


def alarm_counts(exchange: Exchange, principal: Principal) -> dict[str, int]:
    """Give how many events alarmed the operator since the exchange began, by code.

    Raises:
        ForbiddenError: the caller may not read metrics.
    """
    require(principal, Permission.METRICS_READ)
    if not principal.is_staff:
        raise ForbiddenError("Alarms are for the exchange's staff.")
    with exchange.database.read() as connection:
        return {code.value: count for code, count in alarms.counts(connection).items()}
