"""Paging: calling the contacts of every partner that may see what was marked imminent risk, one after the other.

Owns who is paged (active, neither publisher nor submitter, with a contact, and let see by policy), the acknowledgement clock and
the escalation. Everything is in the database, and each step is one transaction: a kill at any point loses and doubles nothing.
The submitter is told nothing of it. Kept by ``tests/services/paging/test_page_contacts.py``.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from app.domain.events import Event, EventRecord
from app.domain.handling import HandlingClass
from app.domain.paging import AlarmCode, MailKind, Page
from app.domain.partner import Partner
from app.domain.vocabulary import PartnerState, Purpose, Role, Tlp
from app.policy.visibility import sees_somehow
from app.services.exchange import Exchange
from app.services.raise_alarm import raise_alarm
from app.services.reading.visible_set import viewer_of
from app.storage import contacts, events, mails, members, narrowings, objects, pages, work
from app.storage.mails import NewMail
from app.storage.objects import Standing
from app.storage.session import Connection

PAGE_PARTNERS = "page-partners"
_UNTIL_RELEASED = timedelta(seconds=5)
_log = logging.getLogger("breakwater.paging")


def want_pages(connection: Connection, submitter_id: str, submission_id: str, due: Mapping[int, datetime]) -> None:
    """Put the paging about stored versions on the work ledger, in the transaction that stores them; ``due`` is when, for each.

    Nothing here depends on who may see them, so that a submitter cannot learn it from how long it takes.
    """
    for due_at in sorted(set(due.values())):
        version_ids = sorted(one for one, at in due.items() if at == due_at)
        payload = {"submitter_id": submitter_id, "submission_id": submission_id, "version_ids": version_ids}
        work.add_work(connection, PAGE_PARTNERS, payload, due_at)


def page_partners(connection: Connection, payload: Mapping[str, Any], now: datetime) -> datetime | None:
    """Make the pages about the versions of a task; the first turn of each is now, and turns are ``take_turn``'s.

    Gives when to come back while the end of an embargo is still to be worked out, else None. The operator is alarmed where nobody
    can be paged, and where one of the versions is seen by no law enforcement, whoever is paged.
    """
    about = _Subjects.load(connection, payload["version_ids"], now)
    if not all(one.is_released for one in about.standings):
        return now + _UNTIL_RELEASED  # due at the same instant as this
    made = [
        Page(str(uuid.uuid4()), partner.partner_id, payload["submitter_id"], payload["submission_id"], seen, now, now)
        for partner in members.partners(connection)
        if partner.partner_id != payload["submitter_id"]
        and contacts.next_contact(connection, partner.partner_id, 0) is not None
        and (seen := about.seen_by(connection, partner, now))
    ]
    pages.add_pages(connection, made)
    records = [EventRecord(Event.PAGE_MAKE, now, page.partner_id, subject=page.page_id) for page in made]
    events.add_events(connection, records)
    of = EventRecord(Event.PAGE_MAKE, now, payload["submitter_id"], subject=payload["submission_id"])
    if not made:
        raise_alarm(connection, AlarmCode.PAGE_WITHOUT_CONTACT, of)
    if about.is_kept_from_law_enforcement(connection, now):
        raise_alarm(connection, AlarmCode.PAGE_WITHOUT_LAW_ENFORCEMENT, of)
    return None


def seen_of(connection: Connection, partner: Partner, version_ids: Collection[int], now: datetime) -> tuple[int, ...]:
    """Give those of these versions that policy lets a partner see now, for any purpose and by any channel of its agreement.

    Its own are left out: nobody is told what it said itself.
    """
    return _Subjects.load(connection, version_ids, now).seen_by(connection, partner, now)


@dataclass(frozen=True, slots=True)
class _Subjects:
    """The versions that a page is about, loaded once however many partners are asked about: how they stand, and their classes."""

    standings: Sequence[Standing]
    classes: Mapping[int, HandlingClass]

    @classmethod
    def load(cls, connection: Connection, version_ids: Collection[int], now: datetime) -> _Subjects:
        standings = objects.standings(connection, version_ids, now)
        return cls(standings, narrowings.classes_of(connection, standings))

    def seen_by(self, connection: Connection, partner: Partner, now: datetime) -> tuple[int, ...]:
        if partner.state is not PartnerState.ACTIVE:
            return ()
        viewer = viewer_of(connection, partner, Tlp.RED, now)
        others = [one for one in self.standings if one.is_released and one.is_in_time and one.owner_id != partner.partner_id]
        seen = {one for one in {self.classes[one.version_id] for one in others} if sees_somehow(viewer, one, now)}
        return tuple(sorted(one.version_id for one in others if self.classes[one.version_id] in seen))

    def is_kept_from_law_enforcement(self, connection: Connection, now: datetime) -> bool:
        """Whether one of these versions that are still in time is neither seen nor owned by an active law-enforcement partner."""
        left = {one.version_id: one.owner_id for one in self.standings if one.is_in_time}
        for partner in members.partners(connection):
            if partner.role is Role.LAW_ENFORCEMENT and partner.state is PartnerState.ACTIVE:
                known = {one for one, owner_id in left.items() if owner_id == partner.partner_id}
                for version_id in known.union(self.seen_by(connection, partner, now)):
                    left.pop(version_id, None)
        return bool(left)


def is_called(connection: Connection, page: Page, now: datetime) -> bool:
    """Whether a page still has to be acknowledged, and its partner may still see something of what it is about."""
    return page.is_waiting and is_seen(connection, page, now)


def is_seen(connection: Connection, page: Page, now: datetime) -> bool:
    """Whether a page's partner may still see something of what it is about."""
    partner = members.partner_by_id(connection, page.partner_id)
    return partner is not None and bool(seen_of(connection, partner, page.version_ids, now))


def purposes_of(connection: Connection, partner_id: str, now: datetime) -> tuple[Purpose, ...]:
    """Give the purposes for which a partner's agreement in force lets it read, those that suit a child in danger first."""
    partner = members.partner_by_id(connection, partner_id)
    agreement = None if partner is None else viewer_of(connection, partner, Tlp.RED, now).agreement_at(now)
    purposes = frozenset() if agreement is None else agreement.read.purposes
    return tuple(sorted(purposes, key=lambda one: (one is not Purpose.VICTIM_PROTECTION, one is not Purpose.INVESTIGATION, one)))


def take_turn(exchange: Exchange) -> bool:
    """Call the next contact of one page whose turn has come, or the operator after the last; False if nobody's turn has come."""
    now = exchange.clock()
    with exchange.database.read() as connection:
        if not pages.has_turn(connection, now):
            return False
    with exchange.database.write(while_read_only=True) as connection:
        page = pages.next_turn(connection, now)
        if page is None:
            return False
        pages.save_page(connection, _after_turn(exchange, connection, page, now))
    return True


def _after_turn(exchange: Exchange, connection: Connection, page: Page, now: datetime) -> Page:
    if not is_seen(connection, page, now):
        events.add_events(connection, [EventRecord(Event.PAGE_END, now, page.partner_id, subject=page.page_id)])
        return replace(page, turn_at=None, ended_at=now)
    contact = contacts.next_contact(connection, page.partner_id, page.rank)
    if contact is None:
        return _escalated(connection, page, now)
    mails.add_mail(connection, NewMail(MailKind.PAGE, page.page_id, contact.contact_id, now), now)
    by = now + exchange.duty.acknowledge_within
    return replace(page, turn_at=by, acknowledge_by=by, rank=contact.rank, contact_id=contact.contact_id)


def _escalated(connection: Connection, page: Page, now: datetime) -> Page:
    _log.error("nobody acknowledged: partner=%s page=%s", page.partner_id, page.page_id)
    events.add_events(connection, [EventRecord(Event.PAGE_ESCALATE, now, page.partner_id, subject=page.page_id)])
    mails.add_mail(connection, NewMail(MailKind.ESCALATION, page.page_id, None, now), now)
    return replace(page, turn_at=None, escalated_at=now)
