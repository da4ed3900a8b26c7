"""Setting up how one signs in, by an invitation: a name, and a passkey, or a password with one-time codes.

Owns the order, and that an invitation serves once. Passkeys are ``by_passkey``'s. Kept by
``tests/services/signing_in/test_accept_invitation.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.crypto.one_time_codes import new_secret, setup_address, step_of
from app.crypto.passwords import hash_password
from app.domain.errors import ConflictError, MalformedInputError, UnauthenticatedError
from app.domain.events import Event, EventRecord
from app.domain.partner import Person
from app.domain.sign_in import Invitation, InvitationKind, Method, SignIn, why_no_login, why_no_password
from app.services.exchange import Exchange
from app.services.signing_in.by_password import seal_secret
from app.services.signing_in.end_recovered import end_recovered
from app.services.signing_in.invite import open_invitation
from app.services.signing_in.sessions import end_sessions_of, open_session
from app.storage import events, members, openid, sign_ins
from app.storage.counter import take_order_lock
from app.storage.session import Connection

_ISSUER = "Breakwater"


@dataclass(frozen=True, slots=True)
class Welcome:
    """What an invited person is shown: who they are here, and a new secret for an authenticator app, open and sealed.

    ``login`` is the name under which they signed in before, empty for whoever never did.
    """

    person: Person
    partner_name: str | None
    kind: InvitationKind
    login: str
    code_secret: str = field(repr=False)
    sealed_secret: str = field(repr=False)

    def setup_address(self) -> str:
        """Give the address that authenticator apps read; it holds the secret."""
        return setup_address(self.code_secret, self.person.name, _ISSUER)


@dataclass(frozen=True, slots=True)
class Setup:
    """What an invited person chose, unverified; ``sealed_secret`` as it came with the ``Welcome``."""

    login: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    sealed_secret: str = field(repr=False)


def look_at_invitation(exchange: Exchange, secret: str, sealed_secret: str | None = None) -> Welcome:
    """Give what the invitation of ``secret`` (unverified) shows; with ``sealed_secret`` the same secret for codes as before.

    Raises:
        NotFoundError: no such invitation, or it serves no more.
    """
    with exchange.database.look() as connection:
        invitation, person = open_invitation(connection, secret, exchange.clock())
        partner = members.partner_by_id(connection, person.partner_id) if person.partner_id else None
        before = sign_ins.sign_in_of(connection, person.person_id)
    codes = _unsealed(exchange, invitation, sealed_secret) if sealed_secret else new_secret()
    sealed = exchange.sealer.seal(codes.encode(), _context(invitation))
    login = before.login if before else ""
    return Welcome(person, partner.name if partner else None, invitation.kind, login, codes, sealed)


def accept_with_password(exchange: Exchange, secret: str, setup: Setup) -> str:
    """Set up a password and codes, use the invitation up, end the person's other sessions, and give the secret of a new one.

    Raises:
        ConflictError: the name is somebody else's.
        MalformedInputError: a name or password that is not taken, a secret for codes that is not the shown one, or a code that
        is not of it.
        NotFoundError: no such invitation, or it serves no more.
    """
    now = exchange.clock()
    login = setup.login.strip().lower()
    check_login(login)
    sentence = why_no_password(setup.password, login)
    if sentence is not None:
        raise MalformedInputError(sentence, pointer="/password")
    with exchange.database.look() as connection:
        invitation, _ = open_invitation(connection, secret, now)
    codes = _unsealed(exchange, invitation, setup.sealed_secret)
    try:
        step = step_of(codes, setup.code.replace(" ", ""), now)
    except UnauthenticatedError:
        sentence = "This code is not of the secret that was shown. Is the clock of the device right?"
        raise MalformedInputError(sentence, pointer="/code") from None
    hashed = hash_password(setup.password)
    with exchange.database.write() as connection:
        take_order_lock(connection)
        invitation, person = open_invitation(connection, secret, now)
        sealed = seal_secret(exchange.sealer, person.person_id, codes)
        set_up(connection, invitation, person, SignIn(person.person_id, login, hashed, sealed, step), now)
        return open_session(connection, person, Method.PASSWORD, now)


def set_up(connection: Connection, invitation: Invitation, person: Person, value: SignIn, now: datetime) -> None:
    """Keep what an invited person signs in with from now on, and nothing of what there was. The caller holds the order lock.

    After a recovery the person's tokens end, too: whoever found the device may have found them with it. Raises ``ConflictError``
    where the name is somebody else's.
    """
    check_is_free(connection, person, value.login)
    sign_ins.end_invitations(connection, person.person_id, now)
    sign_ins.drop_passkeys(connection, person.person_id)
    sign_ins.drop_challenges(connection, person.person_id)
    openid.drop_accounts(connection, person.person_id)
    end_sessions_of(connection, person, now)
    sign_ins.save_sign_in(connection, value)
    if invitation.kind is InvitationKind.RECOVER:
        end_recovered(connection, person, now)
    record = EventRecord(Event.SIGN_IN_SET, now, person.partner_id, subject=person.person_id, code=invitation.kind)
    events.add_events(connection, [record])


def check_is_free(connection: Connection, person: Person, login: str) -> None:
    """Raise ``ConflictError`` where a name is somebody else's."""
    other = sign_ins.sign_in_by_login(connection, login)
    if other is not None and other.person_id != person.person_id:
        raise ConflictError("Somebody has this sign-in name already: choose another one.", pointer="/login")


def check_login(login: str) -> None:
    """Return if a text is a name to sign in with; raises ``MalformedInputError`` otherwise."""
    sentence = why_no_login(login)
    if sentence is not None:
        raise MalformedInputError(sentence, pointer="/login")


def _unsealed(exchange: Exchange, invitation: Invitation, sealed: str) -> str:
    return exchange.sealer.open(sealed, _context(invitation)).decode()


def _context(invitation: Invitation) -> bytes:
    return b"invitation\0" + invitation.invitation_id.encode()
