"""Invitations: a partner's administrator lets a colleague set up how they sign in, by a link that serves once.

Owns who invites whom and for how long; whoever is invited exists already as a person with roles (``membership.keep_persons``).
Kept by
``tests/services/signing_in/test_invite.py``.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from app.crypto.tokens import SESSION, has_token_form, new_token, token_digest
from app.domain.errors import ConflictError, ForbiddenError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner import Credential, Person, Principal
from app.domain.permissions import Permission
from app.domain.sign_in import INVITATION_LASTS, Invitation, InvitationKind
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.membership.keep_persons import kept_person
from app.storage import events, members, sign_ins, submissions
from app.storage.counter import take_order_lock
from app.storage.session import Connection
from app.storage.submissions import KeyUse


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and its secret, which is shown once and kept nowhere; ``link`` holds it."""

    invitation: Invitation
    secret: str = field(repr=False)
    origin: str

    @property
    def link(self) -> str:
        """Where whoever is invited sets up how they sign in."""
        return f"{self.origin}/portal/invitations/{self.secret}"


def invite_person(exchange: Exchange, principal: Principal, person_id: str, use: KeyUse | None = None) -> Invited:
    """Invite a person whom the caller keeps to set up how they sign in; an earlier invitation ends.

    Under an idempotency key that was used, too: secrets are not kept, so that who lost the answer is given a new one.

    Raises:
        ConflictError: the person has left, or has set up how they sign in: then it takes a recovery.
        ForbiddenError: the caller does not keep this person, or they are of the exchange itself: one operator who set up a
            colleague's sign-in would be two persons.
        NotFoundError: there is no such person that the caller may see.
    """
    require(principal, Permission.PERSONS_WRITE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        person = kept_person(connection, principal, person_id)
        if person.partner_id is None:
            raise ForbiddenError("The exchange's own people are invited on its machine.")
        if sign_ins.sign_in_of(connection, person_id) is not None:
            raise ConflictError(
                "This person has set up how they sign in. If that is lost, two administrators let them do it anew."
            )
        made = make_invitation(exchange, connection, person, InvitationKind.JOIN, principal.credential)
        record = EventRecord(Event.PERSON_INVITE, now, person.partner_id, principal.credential.credential_id, subject=person_id)
        events.add_events(connection, [record])
        if earlier_outcome(connection, use) is None and use is not None:
            submissions.add_key_use(connection, use, made.invitation.invitation_id, now)
    return made


def invite_here(exchange: Exchange, person_id: str) -> Invited:
    """Invite anybody, from the exchange's own machine: for the first operators, who have nobody to invite them.

    Raises ``NotFoundError`` for a person who is not there or has left, ``ConflictError`` as in ``invite_person``.
    """
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_lock(connection)
        person = members.person_by_id(connection, person_id)
        if person is None or person.left_at is not None:
            raise NotFoundError
        if sign_ins.sign_in_of(connection, person_id) is not None:
            raise ConflictError("This person has set up how they sign in already.")
        events.add_events(connection, [EventRecord(Event.PERSON_INVITE, now, person.partner_id, subject=person_id)])
        return make_invitation(exchange, connection, person, InvitationKind.JOIN, None)


def make_invitation(
    exchange: Exchange, connection: Connection, person: Person, kind: InvitationKind, by: Credential | None
) -> Invited:
    """Keep a new invitation, made with ``by``, which ends this person's earlier ones. The caller holds the order lock."""
    now = exchange.clock()
    sign_ins.end_invitations(connection, person.person_id, now)
    secret = new_token(SESSION)
    who, until = by.person_id if by else None, now + INVITATION_LASTS
    made = Invitation(
        str(uuid.uuid4()), person.person_id, kind, who, now, until, by_credential_id=by.credential_id if by else None
    )
    sign_ins.add_invitation(connection, made, token_digest(secret))
    return Invited(made, secret, exchange.duty.portal_origin)


def open_invitation(connection: Connection, secret: str, now: datetime) -> tuple[Invitation, Person]:
    """Give the invitation of a ``secret`` (unverified) and whom it is for.

    Raises:
        NotFoundError: there is none, it was used or is over, or its person has left.
    """
    found = sign_ins.invitation_by_digest(connection, token_digest(secret)) if has_token_form(secret, SESSION) else None
    person = members.person_by_id(connection, found.person_id) if found else None
    if found is None or person is None or not found.is_open(now) or person.left_at is not None:
        raise NotFoundError
    return found, person
