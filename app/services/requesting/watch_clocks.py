"""Clocks of requests that run out: those concerned are warned by mail, some days before and once each.

Owns when, and whom: before an answer is due those who were asked and have not answered, if policy lets them see the request: what
is hidden from somebody asks them nothing. Before a preservation lapses those who preserve and who asked. A letter names one
request by its id alone, and however many run out, a contact gets one letter a look. Kept by
``tests/services/requesting/test_watch_clocks.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.domain.events import Event, EventRecord
from app.domain.paging import MailKind
from app.domain.partner_request import PartnerRequest, RequestKind, RequestOutcome, warnings_due
from app.services.paging.page_contacts import seen_of
from app.storage import contacts, events, mails, members, partner_requests
from app.storage.counter import take_order_lock
from app.storage.mails import NewMail
from app.storage.partner_requests import Party
from app.storage.session import Connection

WATCH_CLOCKS = "watch-clocks"
_BETWEEN_LOOKS = timedelta(hours=1)


def watch_clocks(connection: Connection, _payload: Mapping[str, Any], now: datetime) -> datetime | None:
    """Warn of what runs out; comes back every hour."""
    take_order_lock(connection)
    written: set[str] = set()
    for request, warned in partner_requests.running(connection):
        moments = {"due": request.due_at, "lapse": request.lapses_at}
        due = {name: warnings_due(moment, warned.get(name, ()), now) for name, moment in moments.items()}
        if not any(due.values()):
            continue
        # What was missed while no server ran makes one warning.
        told = {name: sorted({*warned.get(name, ()), *days}) for name, days in due.items()}
        partner_requests.keep_warned(connection, request.request_id, told)
        parties = partner_requests.parties_to(connection, [request.request_id])[request.request_id]
        for partner_id in sorted(set(_concerned(request, parties, due))):
            if _knows(connection, request, parties, partner_id, now):
                _warn(connection, request, partner_id, now, has_letter=partner_id in written)
                written.add(partner_id)
    return now + _BETWEEN_LOOKS


def _concerned(request: PartnerRequest, parties: list[Party], due: Mapping[str, list[int]]) -> Iterator[str]:
    for one in parties:
        if one.partner_id is None:
            continue
        if due["due"] and one.answer is None:
            yield one.partner_id
        if due["lapse"] and one.answer is not None and one.answer.outcome is RequestOutcome.PRESERVED:
            yield one.partner_id
    if due["lapse"]:
        yield request.owner_id


def _knows(connection: Connection, request: PartnerRequest, parties: list[Party], partner_id: str, now: datetime) -> bool:
    """Whether somebody asked, has answered, or is let see what asks them: of anything else nobody is told that it is there."""
    if request.kind is RequestKind.ACCESS:  # it is about an offer of whoever is asked
        return True
    if partner_id == request.owner_id or any(one.partner_id == partner_id and one.answer is not None for one in parties):
        return True
    partner = members.partner_by_id(connection, partner_id)
    return partner is not None and bool(seen_of(connection, partner, [request.version_id], now))


def _warn(connection: Connection, request: PartnerRequest, partner_id: str, now: datetime, *, has_letter: bool) -> None:
    events.add_events(connection, [EventRecord(Event.REQUEST_RUNNING_OUT, now, partner_id, subject=request.request_id)])
    if has_letter:
        return
    for contact in contacts.contacts(connection, partner_id):
        mails.add_mail(connection, NewMail(MailKind.REQUEST, request.request_id, contact.contact_id, now), now)
