"""Objects marked imminent risk, and partners with contacts to be paged, for tests of paging on the level of services."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.domain.paging import Contact, Duty, Page
from app.mail.relay import Relay
from app.services.membership.keep_contacts import NewContact, add_contact
from app.services.paging.answer_pages import PageRecord, list_pages
from app.services.paging.page_contacts import take_turn
from app.services.paging.send_mail import send_due
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import context, indicator

ALARM_TO = "alarm@breakwater.example.org"
MINUTES = timedelta(minutes=1)
WITHIN = 15 * MINUTES
REPORTED = [{"body": "Police of Exampleland", "reported_at": "2026-01-05T09:00:00Z"}]
_MOST_STEPS = 500


def urgent_context(**changes: Any) -> dict[str, Any]:
    """Give the context of an object at imminent risk that was reported already."""
    return context(**{"urgency": "imminent-risk", "already_reported_to": REPORTED} | changes)


def urgent_indicator(**changes: Any) -> dict[str, Any]:
    """Give an indicator at imminent risk that was reported already."""
    return indicator(stated=urgent_context(), **changes)


def connect(hub: Hub, relay: Relay | None) -> None:
    """Let a hub send mail through a relay, and be on duty with a quarter of an hour for each contact."""
    duty = Duty(origin="https://exchange.example.org", acknowledge_within=WITHIN, alarm_to=(ALARM_TO,))
    hub.exchange = replace(hub.exchange, relay=relay, duty=duty)


def address(member: Member, number: int) -> str:
    """Give the address of a member's contact with this number."""
    return f"{member.partner.name.lower().replace(' ', '-')}-{number}@example.org"


def add_contacts(member: Member, count: int = 1) -> list[Contact]:
    """Give a member so many contacts, called in the order of their numbers."""
    added = [NewContact("Duty officer", address(member, number), "+1 555 0100") for number in range(1, count + 1)]
    return [add_contact(member.hub.exchange, member.principal, one).contact for one in added]


def call(hub: Hub) -> None:
    """Do all work that is due, take all turns that have come, and send what is to be sent, until nothing is left."""
    for _ in range(_MOST_STEPS):
        busy = bool(hub.work())
        busy = take_turn(hub.exchange) or busy
        if not (send_due(hub.exchange) or busy):
            return
    raise AssertionError("calls never end")


def records(member: Member) -> list[PageRecord]:
    """List a member's pages as it sees them."""
    return list_pages(member.hub.exchange, member.principal, 100)


def page_of(member: Member) -> Page:
    """Give the one page that a member sees."""
    [record] = records(member)
    return record.page


def all_pages(hub: Hub) -> list[Page]:
    """List all pages as the operator sees them."""
    return [one.page for one in list_pages(hub.exchange, hub.operator, 100)]
