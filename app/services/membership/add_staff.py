"""The exchange's own people: adding them and giving them roles by two persons, and from the machine itself by one.

Owns what is proposed, what the second person sets off, and the tokens made on the machine. Nobody but the new person sees the
token that comes with a proposal: they make it themselves and name its digest, so that neither of the two persons can act as a
third. Kept by ``tests/services/membership/test_add_staff.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.crypto.tokens import new_token, token_digest
from app.domain.approval import Approval, ApprovalKind
from app.domain.errors import ConflictError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner import Credential, Person, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole, Tlp
from app.policy.administration import permitted_scopes
from app.policy.scopes import PrincipalKind
from app.services.answer_once import earlier_outcome
from app.services.approval.propose import Proposal, propose, proposed_before
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.membership.keep_persons import Roles, kept_person, save_roles, with_roles
from app.services.membership.plain_names import check_name
from app.storage import credentials, events, members, submissions
from app.storage.counter import Order
from app.storage.session import Connection
from app.storage.submissions import KeyUse

STAFF_TOKEN_LIFE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class NewStaff:
    """A person of the exchange to be. ``token_digest``: the SHA-256, hexadecimal, of a token that they made and keep."""

    name: str
    staff_roles: frozenset[StaffRole]
    token_digest: str


@dataclass(frozen=True, slots=True)
class WiderRoles:
    """The roles that a person of the exchange is to have, more than now, and why (unverified)."""

    person_id: str
    roles: Roles
    reason: str


@dataclass(frozen=True, slots=True)
class StaffToken:
    """A person of the exchange with a new token, which is shown once."""

    person: Person
    credential: Credential
    token: str


def propose_staff(exchange: Exchange, principal: Principal, new: NewStaff, reason: str, use: KeyUse | None = None) -> Approval:
    """Propose a further person of the exchange. Whoever approves asks them for the digest by another way.

    Raises:
        ForbiddenError: the caller is no operator, or no person.
        MalformedInputError: no role, or the name holds what cannot be seen.
    """
    require(principal, Permission.PERSONS_WRITE)
    check_name(new.name)
    if not new.staff_roles:
        raise MalformedInputError("A person of the exchange has a role.", pointer="/staff_roles")
    document = {
        "type": ApprovalKind.STAFF_ADDITION.value,
        "person": str(uuid.uuid4()),
        "name": new.name,
        "staff_roles": sorted(new.staff_roles),
        "token_digest": new.token_digest,
    }
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        proposal = Proposal(ApprovalKind.STAFF_ADDITION, str(document["person"]), None, document, reason)
        return _propose_once(connection, principal, proposal, use, now)


def add_staff(connection: Connection, _order: Order, document: Mapping[str, Any], now: datetime) -> None:
    """Add the person that two persons agreed on, with the token that is theirs."""
    roles = frozenset(map(StaffRole, document["staff_roles"]))
    person = Person(document["person"], document["name"], None, roles, added_at=now)
    members.add_person(connection, person)
    events.add_events(connection, [EventRecord(Event.PERSON_ADD, now, subject=person.person_id)])
    _give_credential(connection, person, bytes.fromhex(document["token_digest"]), now)


def propose_roles(exchange: Exchange, principal: Principal, wider: WiderRoles, use: KeyUse | None = None) -> Approval:
    """Propose that a person of the exchange have other roles, more than now.

    Raises:
        ConflictError: the person has left, or would have no further role: that one person changes at once.
        ForbiddenError: the caller is no operator, or no person.
        MalformedInputError: roles of the other kind.
        NotFoundError: there is no such person of the exchange.
    """
    require(principal, Permission.PERSONS_WRITE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        changed = _widened(kept_person(connection, principal, wider.person_id), wider.roles)
        kind, person_id = ApprovalKind.PERSON_ROLES, changed.person_id
        document = {"type": kind.value, "person": person_id, "staff_roles": sorted(changed.staff_roles)}
        proposal = Proposal(kind, person_id, None, document, wider.reason)
        return _propose_once(connection, principal, proposal, use, now)


def give_roles(connection: Connection, _order: Order, document: Mapping[str, Any], now: datetime) -> None:
    """Give a person of the exchange the roles that two persons agreed on; raises ``ConflictError`` if they have left."""
    person = members.person_by_id(connection, document["person"])
    if person is None or person.left_at is not None:
        raise ConflictError("This person has left; whoever comes back is added anew.")
    changed = _widened(person, Roles(staff_roles=frozenset(map(StaffRole, document["staff_roles"]))))
    save_roles(connection, person, changed, None, now)


def _widened(person: Person, roles: Roles) -> Person:
    if person.partner_id is not None:
        raise NotFoundError  # a partner's persons are its own to keep
    changed = with_roles(person, roles)
    if changed.staff_roles <= person.staff_roles:
        raise ConflictError("This gives no further role; one person does it (PATCH /persons/{id}).")
    return changed


def _propose_once(
    connection: Connection, principal: Principal, proposal: Proposal, use: KeyUse | None, now: datetime
) -> Approval:
    earlier = earlier_outcome(connection, use)
    if earlier is not None:
        return proposed_before(connection, earlier)
    approval = propose(connection, principal, proposal, now)
    if use is not None:
        submissions.add_key_use(connection, use, approval.approval_id, now)
    return approval


# --- from the machine itself --------------------------------------------------------------------------------------------------


def add_staff_here(connection: Connection, name: str, role: StaffRole, now: datetime) -> StaffToken:
    """Add a person of the exchange, by whoever may read its database and keys."""
    person = Person(str(uuid.uuid4()), name, None, frozenset({role}), added_at=now)
    members.add_person(connection, person)
    event = Event.OPERATOR_CREATE if role is StaffRole.OPERATOR else Event.PERSON_ADD
    return _new_token(connection, person, event, now)


def new_staff_token(connection: Connection, person_id: str, now: datetime) -> StaffToken:
    """Give a person of the exchange a further token with what their roles may now; those that they have stay as they are.

    Raises ``NotFoundError`` where there is no such person in office.
    """
    person = members.person_by_id(connection, person_id)
    if person is None or person.partner_id is not None or person.left_at is not None or not person.staff_roles:
        raise NotFoundError
    return _new_token(connection, person, Event.CREDENTIAL_CREATE, now)


def _new_token(connection: Connection, person: Person, event: Event, now: datetime) -> StaffToken:
    token = new_token()
    credential = _give_credential(connection, person, token_digest(token), now)
    made = EventRecord(event, now, credential_id=credential.credential_id, subject=person.person_id)
    events.add_events(connection, [made])
    return StaffToken(person, credential, token)


def _give_credential(connection: Connection, person: Person, digest: bytes, now: datetime) -> Credential:
    credential = Credential(
        credential_id=str(uuid.uuid4()),
        name="staff",
        partner_id=None,
        person_id=person.person_id,
        account_id=None,
        scopes=permitted_scopes({PrincipalKind(role.value) for role in person.staff_roles}),
        purpose=None,
        tlp_ceiling=Tlp.CLEAR,
        created_at=now,
        expires_at=now + STAFF_TOKEN_LIFE,
    )
    credentials.add_credential(connection, credential, digest)
    return credential
