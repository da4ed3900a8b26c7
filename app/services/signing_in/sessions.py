"""Sessions: opening one for a person who showed who they are, finding whose it is at each request, ending it.

Owns that a session is a credential of its person, with all that the person's roles allow and no more, which lasts ten hours and
ends when nobody came for thirty minutes. Kept by ``tests/services/signing_in/test_sessions.py``.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.crypto.tokens import SESSION, has_token_form, new_token, token_digest
from app.domain.errors import ForbiddenError, UnauthenticatedError
from app.domain.events import Event, EventRecord
from app.domain.partner import Credential, Person, Principal
from app.domain.sign_in import NOT_SHOWN, SESSION_LASTS, STEP_UP_HOLDS, Method, Session
from app.domain.vocabulary import Purpose, Tlp
from app.policy.administration import kinds_of, permitted_scopes
from app.services.authenticate import require_active
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.storage import credentials, events, members, portal_sessions
from app.storage.session import Connection

_SEEN_EVERY = timedelta(minutes=1)
_WHO = "Sign in first."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who asks, and the session through which they do."""

    principal: Principal
    session: Session


def open_session(connection: Connection, person: Person, method: Method, now: datetime) -> str:
    """Open a session for a person who has shown who they are, and give its secret, which is kept nowhere.

    Raises:
        UnauthenticatedError: the person has left, or has no role.
        ForbiddenError: ``partner-not-active``.
    """
    secret = new_token(SESSION)
    unborn = Credential(
        credential_id=str(uuid.uuid4()),
        name="portal session",
        partner_id=person.partner_id,
        person_id=person.person_id,
        account_id=None,
        scopes=frozenset(),
        purpose=None,
        tlp_ceiling=Tlp.RED,
        created_at=now,
        expires_at=now + SESSION_LASTS,
    )
    principal = Principal(unborn, members.partner_by_id(connection, person.partner_id) if person.partner_id else None, person)
    scopes = permitted_scopes(kinds_of(principal))
    if not scopes:
        raise UnauthenticatedError(NOT_SHOWN)
    require_active(principal)
    credential = replace(unborn, scopes=scopes)
    credentials.add_credential(connection, credential, token_digest(secret))
    shown_at = now if method.shows_person else now - STEP_UP_HOLDS
    portal_sessions.add_session(connection, Session(credential.credential_id, method, seen_at=now, shown_at=shown_at))
    _record(connection, Event.SESSION_OPEN, credential, now, method)
    return secret


def find_session(exchange: Exchange, secret: str | None) -> SignedIn:
    """Give who asks with a session's ``secret`` (unverified), and note once a minute that they came.

    Raises:
        UnauthenticatedError: it is no session's, or that is over, idle for too long, or revoked.
        ForbiddenError: ``partner-not-active``.
    """
    if secret is None or not has_token_form(secret, SESSION):
        raise UnauthenticatedError(_WHO)
    now = exchange.clock()
    with exchange.database.look() as connection:
        principal = credentials.principal_by_digest(connection, token_digest(secret))
        session = portal_sessions.session_of(connection, principal.credential.credential_id) if principal else None
    if principal is None or session is None or session.has_idled(now) or not _counts(principal.credential, now):
        raise UnauthenticatedError(_WHO)
    require_active(principal)
    if now >= session.seen_at + _SEEN_EVERY:
        session = replace(session, seen_at=now)
        with exchange.database.write(while_read_only=True) as connection:
            portal_sessions.note_seen(connection, session.credential_id, now)
    return SignedIn(principal, session)


def end_session(exchange: Exchange, signed_in: SignedIn) -> None:
    """End a session: its secret opens nothing any more."""
    now = exchange.clock()
    credential = signed_in.principal.credential
    with exchange.database.write(while_read_only=True) as connection:
        end_session_within(connection, credential, now)


def end_session_within(connection: Connection, credential: Credential, now: datetime) -> None:
    """End the session that this credential is, in a transaction of the caller's."""
    credentials.revoke_credential(connection, credential.credential_id, now)
    _record(connection, Event.SESSION_END, credential, now)


def end_sessions_of(connection: Connection, person: Person, now: datetime) -> None:
    """End every session of a person, as when what they sign in with has changed."""
    for one in portal_sessions.open_sessions(connection, person.person_id, now):
        credentials.revoke_credential(connection, one.credential_id, now)
        ended = EventRecord(Event.SESSION_END, now, person.partner_id, one.credential_id, subject=person.person_id)
        events.add_events(connection, [ended])


def read_for(exchange: Exchange, signed_in: SignedIn, purpose: Purpose) -> None:
    """Let this session read for another purpose from now on. Whether the agreement has it is asked at each reading."""
    with exchange.database.write(while_read_only=True) as connection:
        portal_sessions.note_purpose(connection, signed_in.session.credential_id, purpose)


def require_fresh(exchange: Exchange, signed_in: SignedIn) -> None:
    """Return if the person showed who they are a moment ago (``STEP_UP_HOLDS``); raises ``ForbiddenError`` otherwise."""
    if not signed_in.session.is_fresh(exchange.clock()):
        raise ForbiddenError("Show first that it is you: this is not done by whoever finds your screen open.")


def take_order_in(
    exchange: Exchange, connection: Connection, signed_in: SignedIn, *, fresh: bool, while_read_only: bool = False
) -> None:
    """Take the order lock for who is signed in, and look once more that the session counts: it may have been ended meanwhile.

    ``fresh``: and that its person showed who they are a moment ago. Raises as ``take_order_for`` and ``require_fresh``.
    """
    take_order_for(exchange, connection, signed_in.principal, while_read_only=while_read_only)
    if fresh:
        session = portal_sessions.session_of(connection, signed_in.session.credential_id)
        if session is None:
            raise UnauthenticatedError(_WHO)
        require_fresh(exchange, replace(signed_in, session=session))


def _counts(credential: Credential, now: datetime) -> bool:
    return credential.revoked_at is None and now < credential.expires_at


def _record(connection: Connection, event: Event, credential: Credential, now: datetime, method: Method | None = None) -> None:
    record = EventRecord(event, now, credential.partner_id, credential.credential_id, subject=credential.person_id, code=method)
    events.add_events(connection, [record])
