"""What somebody sees of how they sign in themselves: name, passkeys, open sessions; and ending the others.

Kept by ``tests/services/signing_in/test_own_sign_in.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.events import Event, EventRecord
from app.domain.sign_in import Passkey, Session
from app.services.exchange import Exchange
from app.services.signing_in.sessions import SignedIn
from app.storage import credentials, events, portal_sessions, sign_ins


@dataclass(frozen=True, slots=True)
class OwnSignIn:
    """With what one signs in, and through which sessions one is signed in now (this one among them)."""

    login: str
    has_password: bool
    passkeys: list[Passkey]
    sessions: list[Session]


def own_sign_in(exchange: Exchange, signed_in: SignedIn) -> OwnSignIn:
    """Give how who asks signs in."""
    person_id, now = str(signed_in.principal.credential.person_id), exchange.clock()
    with exchange.database.read() as connection:
        kept = sign_ins.sign_in_of(connection, person_id)
        found = portal_sessions.open_sessions(connection, person_id, now)
        sessions = [one for one in found if not one.has_idled(now)]
        login, has_password = (kept.login, kept.password is not None) if kept else ("", False)
        return OwnSignIn(login, has_password, sign_ins.passkeys_of(connection, person_id), sessions)


def end_other_sessions(exchange: Exchange, signed_in: SignedIn) -> None:
    """End all sessions of who asks but the one through which they do."""
    now, credential = exchange.clock(), signed_in.principal.credential
    with exchange.database.write(while_read_only=True) as connection:
        for one in portal_sessions.open_sessions(connection, str(credential.person_id), now):
            if one.credential_id != credential.credential_id:
                credentials.revoke_credential(connection, one.credential_id, now)
                record = EventRecord(
                    Event.SESSION_END, now, credential.partner_id, credential.credential_id, subject=one.credential_id
                )
                events.add_events(connection, [record])
