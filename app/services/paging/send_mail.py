"""Sending what is due in the outbox, and deciding what follows from each mail's fate.

Owns claiming, composing at the last moment (a page that was acknowledged or may no longer be seen is not sent), the retries, and
that one mail never decides what becomes of another: what is wrong with one is written down as its own failure. A mail leaves at
least once: after a kill it goes again, with the same Message-ID. Kept by ``tests/services/paging/test_send_mail.py``.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.errors import UnavailableError
from app.domain.events import Event, EventRecord
from app.domain.paging import AlarmCode, Delivery, Letter, Mail, MailKind, Page
from app.mail.relay import Relay
from app.services.exchange import Exchange
from app.services.paging.page_contacts import is_called, purposes_of
from app.services.paging.write_letters import (
    Text,
    alarm_letter,
    escalation_letter,
    expiry_letter,
    page_letter,
    recall_letter,
    request_letter,
    trial_letter,
)
from app.services.raise_alarm import raise_alarm
from app.storage import alarms, contacts, credentials, events, mails, notices, pages, partner_requests
from app.storage.session import Connection

LEASE = timedelta(minutes=3)
MAX_ATTEMPTS = 30
_AT_ONCE = 10
_LONGEST_WAIT_MINUTES = 15
_IS_NEWS_FOR = timedelta(days=1)  # what waited longer, as while no mail server was set, would only confuse
_log = logging.getLogger("breakwater.mail")


def send_due(exchange: Exchange) -> bool:
    """Send some of the mails that are due; False if there were none, or no mail server is set."""
    if exchange.relay is None:
        return False
    now = exchange.clock()
    with exchange.database.read() as connection:
        if not mails.has_due(connection, now):
            return False
    with exchange.database.write(while_read_only=True) as connection:
        claimed = mails.claim(connection, now, LEASE, _AT_ONCE)
    untried = {one.mail_id: one for one in claimed}
    try:
        _send(exchange, exchange.relay, untried, now)
    except Exception:  # not the end of the process: what it was at keeps its lease
        _put_back(exchange, untried.values())
        raise
    _put_back(exchange, untried.values())
    return bool(claimed)


def _put_back(exchange: Exchange, untried: Collection[Mail]) -> None:
    if untried:
        with exchange.database.write(while_read_only=True) as connection:
            for one in untried:
                mails.put_back(connection, one)


def _send(exchange: Exchange, relay: Relay, untried: dict[str, Mail], now: datetime) -> None:
    """Send mails, taking each out of ``untried`` before it is written down what became of it."""
    letters = {}
    for one in list(untried.values()):
        letter = _letter(exchange, relay, one, now)
        if isinstance(letter, Letter):
            letters[letter.message_id] = letter, one.mail_id
        else:
            _settle(exchange, untried.pop(one.mail_id), letter)
    for letter, delivery in relay.deliver([letter for letter, _ in letters.values()]):
        _settle(exchange, untried.pop(letters[letter.message_id][1]), delivery)


def _letter(exchange: Exchange, relay: Relay, mail: Mail, now: datetime) -> Letter | Delivery | None:
    """Give the letter of a mail, None if it is no longer to be sent, and that it is refused if it cannot be composed."""
    try:
        with exchange.database.read() as connection:
            return _composed(exchange, connection, mail, relay.sender.rpartition("@")[2], now)
    except UnavailableError:
        raise
    except Exception as exc:  # noqa: BLE001  # whatever is wrong with one mail, the others must still go
        _log.error("mail cannot be composed: %s %s: %s", mail.kind, mail.subject_id, type(exc).__name__)
        return Delivery.REFUSED


def _settle(exchange: Exchange, mail: Mail, delivery: Delivery | None) -> None:
    if delivery is not None:
        _record(exchange, mail, delivery)
        return
    with exchange.database.write(while_read_only=True) as connection:
        mails.drop(connection, mail)


def _composed(exchange: Exchange, connection: Connection, mail: Mail, domain: str, now: datetime) -> Letter | None:
    if mail.attempts >= MAX_ATTEMPTS or now - mail.due_at > _IS_NEWS_FOR:
        return None
    to, text = _addresses(exchange, connection, mail), _text(exchange, connection, mail, now)
    if not to or text is None:
        return None
    return Letter(f"<{mail.mail_id}@{domain}>", to, *text, written_at=now)


def _addresses(exchange: Exchange, connection: Connection, mail: Mail) -> tuple[str, ...]:
    if mail.contact_id is None:
        return exchange.duty.alarm_to
    contact = contacts.contact_by_id(connection, mail.contact_id)
    return () if contact is None else (contact.email,)


def _text(exchange: Exchange, connection: Connection, mail: Mail, now: datetime) -> Text | None:
    if mail.kind is MailKind.TEST:
        return trial_letter(exchange.duty)
    if mail.kind is MailKind.ALARM:
        alarm = alarms.alarm_by_id(connection, mail.subject_id)
        return None if alarm is None else alarm_letter(exchange.duty, alarm)
    if mail.kind is MailKind.RECALL:
        count, due_at = notices.open_for(connection, mail.subject_id)
        return None if due_at is None else recall_letter(exchange.duty, count, due_at, is_late=due_at <= now)
    if mail.kind is MailKind.REQUEST:
        request = partner_requests.request_by_id(connection, mail.subject_id)
        return request_letter(exchange.duty, mail.subject_id) if request is not None and request.is_open else None
    if mail.kind is MailKind.EXPIRY:
        return _expiry_text(exchange, connection, mail)
    return _page_text(exchange, connection, mail, now)


def _expiry_text(exchange: Exchange, connection: Connection, mail: Mail) -> Text | None:
    ending = credentials.credential_by_id(connection, mail.subject_id)
    return None if ending is None or ending.revoked_at else expiry_letter(exchange.duty, ending)


def _page_text(exchange: Exchange, connection: Connection, mail: Mail, now: datetime) -> Text | None:
    page = pages.page_by_id(connection, mail.subject_id)
    if page is None or not is_called(connection, page, now):
        return None
    if mail.kind is MailKind.ESCALATION:
        return escalation_letter(exchange.duty, page)
    return page_letter(exchange.duty, page, mail, purposes_of(connection, page.partner_id, now))


def _record(exchange: Exchange, mail: Mail, delivery: Delivery) -> None:
    now = exchange.clock()
    with exchange.database.write(while_read_only=True) as connection:
        # The page before the mail, as in all that writes both: the other way round two of them could wait for each other.
        page = pages.page_by_id(connection, mail.subject_id, held=True) if mail.kind is MailKind.PAGE else None
        if delivery is Delivery.SENT:
            mails.record_sent(connection, mail, now)
            return
        wait = timedelta(minutes=min(2**mail.attempts, _LONGEST_WAIT_MINUTES))
        held = mails.record_failure(connection, mail, delivery, now + wait, now)
        _log.error("mail not sent: %s %s is %s, attempt %s", mail.kind, mail.subject_id, delivery, mail.attempts + 1)
        if page is not None and held and delivery.is_dead and mail.failed_at is None:
            _call_the_next(connection, page, mail, now)


def _call_the_next(connection: Connection, page: Page, mail: Mail, now: datetime) -> None:
    """Bring the next contact's turn forward, for the one who was called cannot be reached by mail; the operator is alarmed."""
    if page.contact_id == mail.contact_id and page.turn_at is not None:
        pages.save_page(connection, replace(page, turn_at=now))
    record = EventRecord(Event.PAGE_UNDELIVERED, now, page.partner_id, subject=page.page_id)
    events.add_events(connection, [record])
    raise_alarm(connection, AlarmCode.PAGE_UNDELIVERED, record)
