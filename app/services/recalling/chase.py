"""Chasing who has not answered a notice: by mail before the answer is due and when it is, and then the operators are alarmed.

Owns the steps, which are the same whatever was the cause: a withdrawal, a stolen key, a correction. Loss of access is no step:
policy sees by the clock that an answer is late (``clauses.recall_overdue``). What was held until a day is open again from then
on. Each step is one transaction. Kept by
``tests/services/recalling/test_chase.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.domain.events import Event, EventRecord
from app.domain.paging import AlarmCode, MailKind, MailState
from app.domain.recall import Addressee
from app.domain.vocabulary import OverdueRecall
from app.services.intake.await_answers import terms_for
from app.services.raise_alarm import raise_alarm
from app.storage import contacts, events, mails, notices, recalls, viewpoints
from app.storage.counter import take_order_lock
from app.storage.mails import NewMail
from app.storage.session import Connection


def chase_recalls(connection: Connection, payload: Mapping[str, Any], now: datetime) -> datetime | None:
    """Do what is due about one notice. Gives when to come back; None when everybody has answered or was chased to the end."""
    version_id = payload["version_id"]
    take_order_lock(connection)  # so that nobody answers meanwhile
    for addressee in notices.no_longer_held(connection, version_id, now):
        _open_again(connection, addressee, now)
    for addressee, was_reminded in notices.to_chase(connection, version_id, now):
        subject = _subject(connection, version_id)
        if addressee.due_at > now and not was_reminded:
            _remind(connection, addressee, now)
            record = EventRecord(Event.RECALL_REMIND, now, addressee.partner_id, subject=subject)
            events.add_events(connection, [record])
            notices.keep_chased(connection, addressee, "reminded", addressee.due_at)
        else:
            _escalate(connection, addressee, subject, now)
    return notices.next_chase(connection, version_id)


def _subject(connection: Connection, version_id: int) -> str:
    sent = notices.notice_by_row(connection, version_id)
    return recalls.recall_by_number(connection, sent.recall_id).public_id


def _remind(connection: Connection, addressee: Addressee, now: datetime) -> None:
    """Write to each contact of the partner, once for however many notices await it."""
    waiting = {
        one.contact_id
        for one in mails.mails_about(connection, [addressee.partner_id])
        if one.kind is MailKind.RECALL and one.state is MailState.WAITING
    }
    for contact in contacts.contacts(connection, addressee.partner_id):
        if contact.contact_id not in waiting:
            new = NewMail(MailKind.RECALL, addressee.partner_id, contact.contact_id, now)
            mails.add_mail(connection, new, now)


def _open_again(connection: Connection, addressee: Addressee, now: datetime) -> None:
    """Ask anew about what was held until now, by the terms of now, and remind of it at once."""
    sent = notices.notice_by_row(connection, addressee.version_id)
    recall = recalls.recall_by_number(connection, sent.recall_id)
    terms = terms_for(connection, recall.kind, addressee.partner_id, now)
    notices.open_again(connection, addressee, now + timedelta(hours=terms.acknowledge_within_hours))
    if terms.overdue is OverdueRecall.LOSE_ACCESS:
        viewpoints.start_epoch(connection, addressee.partner_id, "recall", now)
    _remind(connection, addressee, now)
    events.add_events(connection, [EventRecord(Event.RECALL_REMIND, now, addressee.partner_id, subject=recall.public_id)])


def _escalate(connection: Connection, addressee: Addressee, subject: str, now: datetime) -> None:
    _remind(connection, addressee, now)
    record = EventRecord(Event.RECALL_OVERDUE, now, addressee.partner_id, subject=subject)
    events.add_events(connection, [record])
    raise_alarm(connection, AlarmCode.RECALL_OVERDUE, record)
    notices.keep_chased(connection, addressee, "overdue", None)
