"""A partner's contacts around the clock: adding, removing, listing and trying them.

Owns that nobody but a partner itself changes them, and that operators see them. They are personal data: no event, log line or
refusal holds any of it, and who is removed is erased. Kept by ``tests/services/membership/test_keep_contacts.py``.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.paging import Contact, Mail, MailKind
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.mail.relay import is_mailable
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.storage import contacts, events, mails, submissions
from app.storage.mails import NewMail
from app.storage.session import Connection
from app.storage.submissions import KeyUse

MOST_CONTACTS = 20
NOT_MAILABLE = (
    "This is no plain e-mail address: before the @ stand up to 64 ASCII letters, digits and marks, dots only between them, and "
    "no encoded word; a domain has a dot, and one of another script is written in its xn-- form."
)
_BETWEEN_TRIALS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact to be. ``rank`` None: after all others. NOT checked here: the form of ``phone``."""

    label: str = field(repr=False)
    email: str = field(repr=False)
    phone: str | None = field(default=None, repr=False)
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """A contact with the newest mail that was made for it, None before the first."""

    contact: Contact
    last_mail: Mail | None


def add_contact(exchange: Exchange, principal: Principal, new: NewContact, use: KeyUse | None = None) -> ContactRecord:
    """Add a contact to the caller's own organisation.

    Raises:
        ConflictError: the rank is taken, or there are ``MOST_CONTACTS`` already.
        ForbiddenError: the caller is no partner, or without the right.
        MalformedInputError: no letter can be written to the address.
    """
    partner = _partner_of(principal)
    if not is_mailable(new.email):
        raise MalformedInputError(NOT_MAILABLE, pointer="/email")
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        known = contacts.contacts(connection, partner.partner_id)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return _record(connection, _own(known, earlier))
        ranks = {one.rank for one in known}
        rank = new.rank or max(ranks, default=0) + 1
        if rank in ranks or len(known) >= MOST_CONTACTS:
            raise ConflictError(f"This rank is taken, or there are {MOST_CONTACTS} contacts already; remove one first.")
        contact = Contact(str(uuid.uuid4()), partner.partner_id, rank, new.label, new.email, new.phone, now)
        contacts.add_contact(connection, contact)
        events.add_events(connection, [_event(Event.CONTACT_ADD, principal, contact, now)])
        if use is not None:
            submissions.add_key_use(connection, use, contact.contact_id, now)
        return ContactRecord(contact, None)


def remove_contact(exchange: Exchange, principal: Principal, contact_id: str, use: KeyUse | None = None) -> None:
    """Erase a contact of the caller's own; mails to it that wait are not sent. Nobody's turn changes but its own.

    Raises:
        NotFoundError: the caller has no such contact (any more).
    """
    partner = _partner_of(principal)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        if earlier_outcome(connection, use) is not None:
            return
        contact = _own(contacts.contacts(connection, partner.partner_id), contact_id)
        mails.drop_to(connection, contact_id)
        contacts.remove_contact(connection, contact_id)
        events.add_events(connection, [_event(Event.CONTACT_REMOVE, principal, contact, now)])
        if use is not None:
            submissions.add_key_use(connection, use, contact_id, now)


def try_contact(exchange: Exchange, principal: Principal, contact_id: str, use: KeyUse | None = None) -> ContactRecord:
    """Have a test mail sent to a contact of the caller's own. What became of it shows in the list a little later.

    Raises:
        ConflictError: the exchange sends no mail, or the contact was tried within the last minute.
        NotFoundError: the caller has no such contact.
    """
    partner = _partner_of(principal)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        record = _record(connection, _own(contacts.contacts(connection, partner.partner_id), contact_id))
        if earlier_outcome(connection, use) is not None:
            return record
        if exchange.relay is None:
            raise ConflictError("This exchange sends no mail: its operator has set no mail server.")
        if record.last_mail is not None and record.last_mail.made_at > now - _BETWEEN_TRIALS:
            raise ConflictError("A mail went to this contact less than a minute ago.")
        mail = mails.add_mail(connection, NewMail(MailKind.TEST, contact_id, contact_id, now), now)
        if use is not None:
            submissions.add_key_use(connection, use, contact_id, now)
        return ContactRecord(record.contact, mail)


def list_contacts(exchange: Exchange, principal: Principal) -> list[ContactRecord]:
    """List the caller's own contacts in the order in which they are called; operators see all partners'."""
    require(principal, Permission.CONTACTS_READ)
    with exchange.database.read() as connection:
        found = contacts.contacts(connection, principal.partner.partner_id if principal.partner else None)
        newest = mails.newest_to(connection, [one.contact_id for one in found])
    return [ContactRecord(one, newest.get(one.contact_id)) for one in found]


def _partner_of(principal: Principal) -> Partner:
    require(principal, Permission.CONTACTS_WRITE)
    if principal.partner is None:
        raise ForbiddenError("Only partners have contacts.")
    return principal.partner


def _own(known: list[Contact], contact_id: str) -> Contact:
    found = next((one for one in known if one.contact_id == contact_id), None)
    if found is None:
        raise NotFoundError
    return found


def _record(connection: Connection, contact: Contact) -> ContactRecord:
    return ContactRecord(contact, mails.newest_to(connection, [contact.contact_id]).get(contact.contact_id))


def _event(event: Event, principal: Principal, contact: Contact, now: datetime) -> EventRecord:
    return EventRecord(event, now, contact.partner_id, principal.credential.credential_id, subject=contact.contact_id)
