"""Persons: adding a partner's, giving and taking roles, recording that somebody left, listing them.

Owns who keeps whom (a partner's administrators their own, operators staff and a partner's first administrator) and that nobody is
locked out. What widens for staff is proposed (``add_staff``); taking away is one person's, at once. Names are personal data: they
are shown to their partner, operators and colleagues, and are in no event. Kept by
``tests/services/membership/test_keep_persons.py``.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner import Credential, Person, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole, PartnerState, StaffRole
from app.policy.administration import Forbidden
from app.policy.persons import is_last, may_see, may_see_name, why_not_added, why_not_given, why_not_kept
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.list_pages import AN_INSTANT, ListAsked, Listing, ListPage, page_of, stretch_asked
from app.services.membership.end_issued import end_made_for_others, keeps_persons
from app.services.membership.plain_names import check_name
from app.storage import events, members, openid, persons, sign_ins, submissions
from app.storage.session import Connection
from app.storage.stretches import Found
from app.storage.submissions import KeyUse

MOST_PERSONS = 200  # in office, of one partner


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A partner's person to be; ``partner_id`` None: the caller's own."""

    partner_id: str | None
    name: str
    member_roles: frozenset[MemberRole]


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles that a person is to have and no others: those of a partner's person, or of staff; the other is None."""

    member_roles: frozenset[MemberRole] | None = None
    staff_roles: frozenset[StaffRole] | None = None


@dataclass(frozen=True, slots=True)
class PersonsWanted:
    """Whose persons (None: the caller's own organisation's), and whether those who have left (None: whether or not)."""

    partner_id: str | None = None
    has_left: bool | None = None


@dataclass(frozen=True, slots=True)
class SeenPerson:
    """A person as the caller may see them; ``name`` None: the caller is not told."""

    person: Person
    name: str | None


def add_person(exchange: Exchange, principal: Principal, new: NewPerson, use: KeyUse | None = None) -> SeenPerson:
    """Add a person to a partner: its administrator any, an operator its first administrator. They have no credential yet.

    Raises:
        ConflictError: the partner has ended, or has as many persons as it may.
        ForbiddenError: an operator, and the partner has an administrator, or another role is asked for.
        MalformedInputError: the name holds what cannot be seen.
        NotFoundError: there is no such partner, or it is not the caller's.
    """
    require(principal, Permission.PERSONS_WRITE)
    check_name(new.name)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return _seen(principal, members.person_by_id(connection, earlier))
        partner_id = _partner_for(connection, principal, new.partner_id)
        known = persons.persons(connection, partner_id)
        _check(why_not_added(principal, partner_id, new.member_roles, known))
        if sum(one.left_at is None for one in known) >= MOST_PERSONS:
            raise ConflictError(f"A partner has at most {MOST_PERSONS} persons.")
        person = Person(str(uuid.uuid4()), new.name, partner_id, member_roles=new.member_roles, added_at=now)
        members.add_person(connection, person)
        _record(connection, principal, Event.PERSON_ADD, person, now)
        _bind(connection, use, person, now)
    return _seen(principal, person)


def _partner_for(connection: Connection, principal: Principal, partner_id: str | None) -> str:
    own = principal.partner
    wanted = partner_id or (own.partner_id if own else None)
    partner = members.partner_by_id(connection, wanted) if wanted else None
    if partner is None or (own is not None and partner.partner_id != own.partner_id):
        raise NotFoundError
    if partner.state is PartnerState.ENDED:
        raise ConflictError("This partner has ended.")
    return partner.partner_id


def change_roles(exchange: Exchange, principal: Principal, person_id: str, roles: Roles) -> SeenPerson:
    """Let a person have these roles and no others, effective for every request that starts after this.

    Of whoever keeps persons no more, what they made for others ends, as if they had left (``record_departure``).

    Raises:
        ConflictError: the person has left; or is the last administrator or operator, and would be none.
        ForbiddenError: the caller does not keep this person, or is an operator and gives a partner's administrator a role; or
            ``approval-needed``: staff would have a further role.
        MalformedInputError: staff roles for a partner's person, or the other way round.
        NotFoundError: there is no such person that the caller may see.
    """
    require(principal, Permission.PERSONS_WRITE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        person = kept_person(connection, principal, person_id)
        changed = with_roles(person, roles)
        _check(why_not_given(principal, person, changed))
        if changed != person:
            _check_not_last(connection, person, changed)
            save_roles(connection, person, changed, principal.credential, now)
    return _seen(principal, changed)


def record_departure(exchange: Exchange, principal: Principal, person_id: str, use: KeyUse | None = None) -> SeenPerson:
    """Record that a person has left: their credentials are revoked in the same transaction, their roles count no more.

    So are the tokens that they issued for other persons, and the invitations that they made end: both were in their hands. Tokens
    of programs go on. The record stays, since approvals and the log name it. Again is no error. Nobody lets a partner's last
    administrator go, no operator either, who could else add one of their own: two operators recover the sign-in for whoever comes
    after them.

    Raises:
        ConflictError: the last administrator of a partner, or the last operator.
        ForbiddenError: the caller does not keep this person.
        NotFoundError: there is no such person that the caller may see.
    """
    require(principal, Permission.PERSONS_WRITE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        person = _existing(principal, members.person_by_id(connection, person_id))
        if person.left_at is not None:
            return _seen(principal, person)
        _check(why_not_kept(principal, person))
        gone = replace(person, left_at=now)
        if earlier_outcome(connection, use) is None:
            _bind(connection, use, gone, now)
        _check_not_last(connection, person, gone)
        revoked = persons.set_left(connection, person_id, now)
        sign_ins.forget(connection, person_id, now)
        openid.drop_accounts(connection, person_id)
        _record(connection, principal, Event.PERSON_LEAVE, gone, now)
        who = principal.credential.credential_id
        ended = [EventRecord(Event.CREDENTIAL_REVOKE, now, person.partner_id, who, subject=one) for one in revoked]
        events.add_events(connection, ended)
        end_made_for_others(connection, person, principal.credential, now)
    return _seen(principal, gone)


def list_persons(exchange: Exchange, principal: Principal, partner_id: str | None = None) -> list[SeenPerson]:
    """List the persons of the caller's organisation, for staff also those of the partner ``partner_id``; who left included.

    Raises ``NotFoundError`` where a partner asks for another one, or there is none such.
    """
    require(principal, Permission.PERSONS_READ)
    with exchange.database.read() as connection:
        listed = _listed_for(connection, principal, partner_id)
        return [_seen(principal, one) for one in persons.persons(connection, listed)]


def page_of_persons(exchange: Exchange, principal: Principal, wanted: PersonsWanted, asked: ListAsked) -> ListPage[SeenPerson]:
    """Give a page of what ``list_persons`` lists, in the order in which they came.

    Raises as ``list_persons``, and ``MalformedInputError`` (``cursor-invalid``).
    """
    require(principal, Permission.PERSONS_READ)
    with exchange.database.read() as connection:
        partner_id = _listed_for(connection, principal, wanted.partner_id)
        listing: Listing[SeenPerson] = Listing(
            ("persons", partner_id, str(wanted.has_left)), lambda one: persons.place_of(one.person), AN_INSTANT
        )
        stretch = stretch_asked(exchange, listing, asked)
        found = persons.persons_listed(connection, partner_id, stretch, has_left=wanted.has_left)
    seen = Found([_seen(principal, one) for one in found.rows], found.before, found.count)
    return page_of(exchange, listing, asked, seen)


def _listed_for(connection: Connection, principal: Principal, partner_id: str | None) -> str | None:
    own = principal.partner.partner_id if principal.partner else None
    if partner_id is not None and (own or partner_id) != partner_id:
        raise NotFoundError
    if partner_id is not None and members.partner_by_id(connection, partner_id) is None:
        raise NotFoundError
    return partner_id or own


def get_person(exchange: Exchange, principal: Principal, person_id: str) -> SeenPerson:
    """Give one person; raises ``NotFoundError`` where there is none that the caller may see."""
    require(principal, Permission.PERSONS_READ)
    with exchange.database.read() as connection:
        return _seen(principal, members.person_by_id(connection, person_id))


def kept_person(connection: Connection, principal: Principal, person_id: str) -> Person:
    """Give a person in office whom the caller keeps; the caller holds the order lock.

    Raises ``ConflictError`` for one who left, ``ForbiddenError``, and ``NotFoundError``.
    """
    person = _existing(principal, members.person_by_id(connection, person_id))
    _check(why_not_kept(principal, person))
    if person.left_at is not None:
        raise ConflictError("This person has left; whoever comes back is added anew.")
    return person


def with_roles(person: Person, roles: Roles) -> Person:
    """Give the person with other roles; raises ``MalformedInputError`` for roles of the other kind."""
    member, staff = roles.member_roles, roles.staff_roles
    given, other = (staff, member) if person.partner_id is None else (member, staff)
    if given is None or other is not None:
        raise MalformedInputError("A partner's person has member_roles, staff has staff_roles.")
    return replace(person, member_roles=member or frozenset(), staff_roles=staff or frozenset())


def save_roles(connection: Connection, before: Person, after: Person, by: Credential | None, now: datetime) -> None:
    """Keep the roles that a person has from now on, and end what they made for others if they keep nobody any more.

    ``by`` is with what somebody decided it; None where two persons did.
    """
    persons.set_roles(connection, after.person_id, staff_roles=after.staff_roles, member_roles=after.member_roles)
    who = by.credential_id if by else None
    changed = EventRecord(Event.PERSON_CHANGE, now, after.partner_id, who, subject=after.person_id, code=_kept_by(before, after))
    events.add_events(connection, [changed])
    if keeps_persons(before) and not keeps_persons(after):
        end_made_for_others(connection, before, by, now)


def _check_not_last(connection: Connection, person: Person, changed: Person) -> None:
    """Refuse to lock out, and to make room for one's own: the last operator never goes by REST, nor a partner's last one."""
    if not keeps_persons(changed) and is_last(person, persons.persons(connection, person.partner_id)):
        raise ConflictError("Nobody else could then keep this organisation's persons; appoint another one first.")


def _existing(principal: Principal, person: Person | None) -> Person:
    if person is None or not may_see(principal, person):
        raise NotFoundError
    return person


def _seen(principal: Principal, found: Person | None) -> SeenPerson:
    person = _existing(principal, found)
    return SeenPerson(person, person.name if may_see_name(principal, person) else None)


def _check(forbidden: Forbidden | None) -> None:
    if forbidden is not None:
        raise ForbiddenError(forbidden.sentence, code=forbidden.code)


def _bind(connection: Connection, use: KeyUse | None, person: Person, now: datetime) -> None:
    if use is not None:
        submissions.add_key_use(connection, use, person.person_id, now)


def _kept_by(before: Person, after: Person) -> str | None:
    """Give the role by which a person keeps others' people from now on and did not before, for the event; None for no such."""
    given = (after.member_roles | after.staff_roles) - (before.member_roles | before.staff_roles)
    return next((role.value for role in (MemberRole.ADMINISTRATOR, StaffRole.OPERATOR) if role in given), None)


def _record(connection: Connection, principal: Principal, event: Event, person: Person, now: datetime) -> None:
    who = principal.credential.credential_id
    events.add_events(connection, [EventRecord(event, now, person.partner_id, who, subject=person.person_id)])
