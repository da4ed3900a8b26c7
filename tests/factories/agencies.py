"""Agencies and their interests, on the level of services."""

from __future__ import annotations

from datetime import datetime

from app.domain.overlap import Interest, InterestKind
from app.domain.vocabulary import Purpose, Role
from app.services.membership.keep_contacts import NewContact, add_contact
from app.services.overlapping.deconflict import Match, NewInterests, list_matches, register_interests
from app.storage import contacts
from tests.factories.blinded import epoch, token
from tests.factories.members import DAY, Hub, Member


def agency(hub: Hub, name: str) -> Member:
    """Enrol a law-enforcement agency that has a desk for others to write to."""
    member = hub.enrol(name, Role.LAW_ENFORCEMENT)
    add_contact(hub.exchange, member.principal, NewContact("Desk", desk(member)))
    return member


def desk(member: Member) -> str:
    """Give the mailbox of an agency's desk."""
    return f"{member.partner.name.lower().replace(' ', '-')}@example.org"


def contact_of(member: Member) -> str:
    """Give the id of an agency's first contact."""
    with member.hub.exchange.database.read() as connection:
        return contacts.contacts(connection, member.id)[0].contact_id


def interests_of(member: Member, *values: str, until: datetime | None = None, **changes: str) -> NewInterests:
    """Give the registration of an agency's interest in telephone numbers."""
    evaluator = member.hub.exchange.keys.overlap
    tokens = [token(evaluator, value) for value in values]
    ends = until or member.hub.clock.now + 30 * DAY
    contact_id = changes.get("contact_id") or contact_of(member)
    return NewInterests(changes.get("epoch") or epoch(evaluator), tokens, InterestKind.INVESTIGATION, ends, contact_id)


def register(member: Member, *values: str, until: datetime | None = None) -> list[Interest]:
    """Let an agency register its interest in telephone numbers."""
    new = interests_of(member, *values, until=until)
    return register_interests(member.hub.exchange, member.principal, new, Purpose.INVESTIGATION)


def matches(member: Member) -> list[Match]:
    """Give what an agency reads of its matches."""
    return list_matches(member.hub.exchange, member.principal, Purpose.INVESTIGATION)
