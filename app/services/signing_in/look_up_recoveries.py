"""Recoveries as people see them: an organisation's, those that wait for an operator, and one's own.

Owns who sees which: a partner's people with ``persons:read`` their organisation's; operators those of the exchange, and of
partners that lack a second administrator; everybody those of themselves. Kept by
``tests/services/signing_in/test_look_up_recoveries.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.errors import NotFoundError
from app.domain.partner import Person, Principal
from app.domain.permissions import Permission
from app.domain.recovery import Recovery, RecoveryState
from app.domain.vocabulary import StaffRole
from app.policy.recovery import Keepers, Lately, keepers_of, why_not_agree, why_not_propose
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.signing_in.in_person import is_in_person, lately
from app.services.signing_in.recover import seen_recovery
from app.storage import members, persons, recoveries, sign_ins
from app.storage.session import Connection

_TWO = 2


@dataclass(frozen=True, slots=True)
class SeenRecovery:
    """A recovery with its state now, names for its ids, and what the caller can do about it."""

    recovery: Recovery
    state: RecoveryState
    name: str
    partner_name: str | None
    proposed_by: str
    decided_by: str | None
    can_agree: bool
    can_refuse: bool


@dataclass
class _People:
    """Persons, by the organisation they are of, read once each."""

    connection: Connection
    now: datetime
    _read: dict[str | None, list[Person]] = field(default_factory=dict)
    _lately: Lately | None = None

    def of(self, partner_id: str | None) -> list[Person]:
        if partner_id not in self._read:
            self._read[partner_id] = persons.persons(self.connection, partner_id)
        return self._read[partner_id]

    def find(self, person_id: str, partner_id: str | None) -> Person | None:
        known = (one for one in (*self.of(partner_id), *self.of(None)) if one.person_id == person_id)
        return next(known, None)

    def keepers(self, person: Person) -> Keepers:
        if self._lately is None:
            self._lately = lately(self.connection, self.now)
        return keepers_of(person, self.of(person.partner_id), self.of(None), self._lately)


def list_recoveries(exchange: Exchange, principal: Principal) -> list[SeenRecovery]:
    """List what the caller may see, the newest first."""
    require(principal, Permission.PERSONS_READ)
    own = principal.partner.partner_id if principal.partner else None
    with exchange.database.read() as connection:
        found = recoveries.recoveries(connection, own, everybody=principal.is_staff)
        return _seen(_People(connection, exchange.clock()), principal, found)


def get_recovery(exchange: Exchange, principal: Principal, recovery_id: str) -> SeenRecovery:
    """Give one recovery; raises ``NotFoundError`` where there is none that the caller may see."""
    require(principal, Permission.PERSONS_READ)
    with exchange.database.read() as connection:
        found = seen_recovery(connection, principal, recovery_id)
        seen = _seen(_People(connection, exchange.clock()), principal, [found])
    if not seen:
        raise NotFoundError
    return seen[0]


def own_recoveries(exchange: Exchange, principal: Principal) -> list[SeenRecovery]:
    """List the recoveries of who asks themself, the newest first; whoever has not lost anything refuses one that is open."""
    with exchange.database.read() as connection:
        found = recoveries.recoveries_of(connection, str(principal.credential.person_id))
        return _seen(_People(connection, exchange.clock()), principal, found)


def recoverable(exchange: Exchange, principal: Principal, partner_id: str | None = None) -> list[Person]:
    """List the people of the caller's organisation, for staff also of ``partner_id``, whose recovery the caller could propose."""
    require(principal, Permission.PERSONS_WRITE)
    own = principal.partner.partner_id if principal.partner else None
    if own is not None and partner_id not in {None, own}:
        raise NotFoundError
    with exchange.database.read() as connection:
        people = _People(connection, exchange.clock())
        set_up = sign_ins.set_up_among(connection, [one.person_id for one in people.of(own or partner_id)])
        return [
            one
            for one in people.of(own or partner_id)
            if one.left_at is None and one.person_id in set_up and why_not_propose(principal, one, people.keepers(one)) is None
        ]


def _seen(people: _People, principal: Principal, found: Iterable[Recovery]) -> list[SeenRecovery]:
    seen = []
    for one in found:
        person = people.find(one.person_id, one.partner_id)
        if person is not None and _is_shown(principal, person, people.keepers(person)):
            seen.append(_one(people, principal, one, person))
    return seen


def _is_shown(principal: Principal, person: Person, keepers: Keepers) -> bool:
    """Whether staff are told: what a partner decides with its own two administrators is its own matter."""
    if principal.partner is not None or person.partner_id is None:
        return True
    is_operator = principal.person is not None and StaffRole.OPERATOR in principal.person.staff_roles
    return is_operator and keepers.own_needed < _TWO


def _one(people: _People, principal: Principal, found: Recovery, person: Person) -> SeenRecovery:
    state, keepers = found.state_at(people.now), people.keepers(person)
    agrees = state is RecoveryState.PROPOSED and why_not_agree(principal, person, found.proposed_by, keepers) is None
    is_open = state in {RecoveryState.PROPOSED, RecoveryState.AGREED} and person.left_at is None
    is_own = principal.credential.person_id == person.person_id
    partner = members.partner_by_id(people.connection, person.partner_id) if person.partner_id else None
    return SeenRecovery(
        recovery=found,
        state=state,
        name=person.name,
        partner_name=partner.name if partner else None,
        proposed_by=_name(people, found, found.proposed_by),
        decided_by=_name(people, found, found.decided_by) if found.decided_by else None,
        can_agree=agrees and person.left_at is None and is_in_person(people.connection, principal),
        can_refuse=is_open and (is_own or why_not_propose(principal, person, keepers) is None),
    )


def _name(people: _People, found: Recovery, person_id: str) -> str:
    person = people.find(person_id, found.partner_id)
    return person.name if person else person_id
