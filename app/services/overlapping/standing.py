"""Who asks here and for what purpose, and whose registrations count for others.

Kept by ``tests/services/overlapping/test_standing.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.agreement import Agreement
from app.domain.errors import ForbiddenError, MalformedInputError
from app.domain.overlap import LONGEST_HELD
from app.domain.paging import Contact
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Purpose, Role
from app.policy.administration import Forbidden
from app.policy.overlap import counts_for_others
from app.services.authenticate import purpose_of, require
from app.storage import agreements, contacts, members
from app.storage.session import Connection

Rule = Callable[[Partner, Iterable[Agreement], Purpose, datetime], Forbidden | None]


@dataclass(frozen=True, slots=True)
class Asker:
    """A partner that may ask, and why it asks."""

    principal: Principal
    partner: Partner
    purpose: Purpose


def asker_of(principal: Principal, permission: Permission, purpose: Purpose | None) -> Asker:
    """Give who asks; whether policy lets it is ``check``'s.

    Raises:
        ForbiddenError: no partner, without the right, or with another purpose than the one fixed on the credential.
        MalformedInputError: ``purpose-missing``: neither request nor credential names one.
    """
    require(principal, permission)
    if principal.partner is None:
        raise ForbiddenError("Only partners ask this.")
    return Asker(principal, principal.partner, purpose_of(principal, purpose))


def check(connection: Connection, asker: Asker, rule: Rule, now: datetime) -> None:
    """Let pass whom a rule of policy lets; raises ``ForbiddenError`` with its code otherwise."""
    known = agreements.agreements(connection, asker.partner.partner_id)
    forbidden = rule(asker.partner, known, asker.purpose, now)
    if forbidden is not None:
        raise ForbiddenError(forbidden.sentence, code=forbidden.code)


def counting(connection: Connection, partner_ids: Iterable[str], now: datetime) -> frozenset[str]:
    """Give those of some partners (their ids may be of none) whose registrations count for others now."""
    known = {one.partner_id: one for one in members.partners(connection)}
    terms = _by_partner(agreements.agreements(connection, None))
    named = (known[one] for one in partner_ids if one in known)
    return frozenset(one.partner_id for one in named if counts_for_others(one, terms.get(one.partner_id, ()), now))


def agencies(connection: Connection, now: datetime) -> frozenset[str]:
    """Give the law-enforcement agencies whose interests count for others now."""
    return counting(connection, members.partner_ids_in(connection, Role.LAW_ENFORCEMENT), now)


def _by_partner(found: Iterable[Agreement]) -> Mapping[str, list[Agreement]]:
    by_partner: dict[str, list[Agreement]] = {}
    for one in found:
        by_partner.setdefault(one.partner_id, []).append(one)
    return by_partner


def check_contact(connection: Connection, partner: Partner, contact_id: str) -> Contact:
    """Give a contact of a partner's own; raises ``MalformedInputError`` for any other id."""
    contact = contacts.contact_by_id(connection, contact_id)
    if contact is None or contact.partner_id != partner.partner_id:
        raise MalformedInputError("This is none of your contacts: see `breakwater contact list`.", pointer="/contact_id")
    return contact


def check_until(until: datetime, now: datetime) -> None:
    """Let pass an end that is to come, and not too far away; raises ``MalformedInputError`` otherwise."""
    if not now < until <= now + LONGEST_HELD:
        sentence = f"What is registered ends in the future, and within {LONGEST_HELD.days} days; register it again then."
        raise MalformedInputError(sentence, pointer="/until")


def addresses(connection: Connection) -> Mapping[str, Contact]:
    """Give all contacts by their ids."""
    return {one.contact_id: one for one in contacts.contacts(connection, None)}
