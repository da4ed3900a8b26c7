"""Passkeys: making one, by an invitation or when signed in already, signing in with one, and showing again that it is they.

Owns challenges: random bytes that are kept as a digest for five minutes, for one person or for whoever signs in, and for one
ceremony; they serve once, and for no other: what was given out to show again who one is makes no passkey. Kept by
``tests/services/signing_in/test_by_passkey.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.crypto.passkeys import (
    NewPasskey,
    RelyingParty,
    creation_options,
    made_passkey,
    named_passkey,
    new_challenge,
    request_options,
    uses_after,
)
from app.crypto.tokens import token_digest
from app.domain.errors import ConflictError, MalformedInputError, NotFoundError, UnauthenticatedError
from app.domain.events import Event, EventRecord
from app.domain.partner import Person
from app.domain.sign_in import MOST_PASSKEYS, NOT_SHOWN, Ceremony, Method, Passkey, SignIn
from app.services.exchange import Exchange
from app.services.signing_in.accept_invitation import check_is_free, check_login, set_up
from app.services.signing_in.invite import open_invitation
from app.services.signing_in.sessions import SignedIn, open_session, take_order_in
from app.storage import events, members, portal_sessions, sign_ins
from app.storage.counter import take_order_lock
from app.storage.session import Connection
from breakwater_client.trust.strict_base64 import decode_base64url, encode_base64url

_CHALLENGE_LASTS = timedelta(minutes=5)
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Made:
    """What a browser made, unverified: its answer (JSON) over ``challenge`` (base64url), and what its person calls it."""

    answer: str
    challenge: str
    name: str


def begin_by_invitation(exchange: Exchange, secret: str, login: str) -> str:
    """Give the JSON by which an invited person's browser makes a passkey; raises as ``accept_with_passkey``.

    The name is looked at before the device is asked, so that no device keeps a passkey that nobody can use.
    """
    now, login = exchange.clock(), login.strip().lower()
    check_login(login)
    with exchange.database.write() as connection:
        _, person = open_invitation(connection, secret, now)
        check_is_free(connection, person, login)
        challenge = _challenge(connection, person.person_id, Ceremony.CREATE, now)
        return creation_options(_party(exchange), person.person_id, login, (), challenge)


def accept_with_passkey(exchange: Exchange, secret: str, login: str, made: Made) -> str:
    """Set up a first passkey, use the invitation up, end the person's other sessions, and give the secret of a new one.

    Raises:
        ConflictError: the name is somebody else's.
        MalformedInputError: a name that is not taken, or an answer of the browser that shows no passkey over a challenge that
            this person was given.
        NotFoundError: no such invitation, or it serves no more.
    """
    now, login = exchange.clock(), login.strip().lower()
    check_login(login)
    with exchange.database.write() as connection:
        take_order_lock(connection)
        invitation, person = open_invitation(connection, secret, now)
        fresh = _verified(exchange, connection, person, made, now)
        set_up(connection, invitation, person, SignIn(person.person_id, login), now)
        _add(connection, person, made, fresh, now)
        return open_session(connection, person, Method.PASSKEY, now)


def begin_another(exchange: Exchange, signed_in: SignedIn) -> str:
    """Give the JSON by which the browser of somebody who is signed in makes a further passkey."""
    now, person = exchange.clock(), _person(signed_in)
    with exchange.database.write() as connection:
        own = sign_ins.sign_in_of(connection, person.person_id)
        known = [one.passkey_id for one in sign_ins.passkeys_of(connection, person.person_id)]
        challenge = _challenge(connection, person.person_id, Ceremony.CREATE, now)
        return creation_options(_party(exchange), person.person_id, own.login if own else person.name, known, challenge)


def add_another(exchange: Exchange, signed_in: SignedIn, made: Made) -> None:
    """Keep a further passkey of somebody who is signed in, and has just shown that it is they.

    Raises:
        ConflictError: they have as many as one may.
        ForbiddenError: they have not, or not any more, as in ``take_order_in``.
        MalformedInputError: as in ``accept_with_passkey``.
        UnauthenticatedError: the session was ended while this waited.
    """
    now, person = exchange.clock(), _person(signed_in)
    with exchange.database.write() as connection:
        take_order_in(exchange, connection, signed_in, fresh=True)
        if len(sign_ins.passkeys_of(connection, person.person_id)) >= MOST_PASSKEYS:
            raise ConflictError(f"A person has at most {MOST_PASSKEYS} passkeys.")
        _add(connection, person, made, _verified(exchange, connection, person, made, now), now)


def remove_passkey(exchange: Exchange, signed_in: SignedIn, passkey_id: str) -> None:
    """Forget one of one's own passkeys, having just shown that it is oneself.

    Raises:
        ConflictError: it is all that its person signs in with.
        ForbiddenError: as in ``add_another``.
        NotFoundError: there is none such.
        UnauthenticatedError: the session was ended while this waited.
    """
    now, person = exchange.clock(), _person(signed_in)
    with exchange.database.write() as connection:
        take_order_in(exchange, connection, signed_in, fresh=True)
        own = sign_ins.passkeys_of(connection, person.person_id)
        kept = sign_ins.sign_in_of(connection, person.person_id)
        if passkey_id not in {one.passkey_id for one in own}:
            raise NotFoundError
        if len(own) == 1 and (kept is None or kept.password is None):
            raise ConflictError("This is all that you sign in with: add another one first.")
        sign_ins.drop_passkeys(connection, person.person_id, passkey_id)
        who = signed_in.principal.credential.credential_id
        record = EventRecord(Event.PASSKEY_REMOVE, now, person.partner_id, who, subject=person.person_id)
        events.add_events(connection, [record])


def begin_sign_in(exchange: Exchange, signed_in: SignedIn | None = None) -> str:
    """Give the JSON by which a browser asks for a passkey: anybody's, or again that of who is signed in."""
    now = exchange.clock()
    with exchange.database.write(while_read_only=True) as connection:
        sign_ins.drop_expired_challenges(connection, now)
        if signed_in is None:
            return request_options(_party(exchange), _challenge(connection, None, Ceremony.SIGN_IN, now))
        person = _person(signed_in)
        known = [one.passkey_id for one in sign_ins.passkeys_of(connection, person.person_id)]
        return request_options(_party(exchange), _challenge(connection, person.person_id, Ceremony.AGAIN, now), known)


def sign_in_by_passkey(exchange: Exchange, answer: str, challenge: str) -> str:
    """Open a session by a browser's ``answer`` over ``challenge`` (both unverified), and give its secret.

    Raises:
        UnauthenticatedError: one sentence for every cause.
        ForbiddenError: ``partner-not-active``.
    """
    now = exchange.clock()
    with exchange.database.write(while_read_only=True) as connection:
        person = _shown(exchange, connection, None, (answer, challenge), now)
        return open_session(connection, person, Method.PASSKEY, now)


def show_again_by_passkey(exchange: Exchange, signed_in: SignedIn, answer: str, challenge: str) -> None:
    """Let a session count as fresh, whose person showed again that it is they; raises ``UnauthenticatedError`` otherwise."""
    now = exchange.clock()
    with exchange.database.write(while_read_only=True) as connection:
        take_order_in(exchange, connection, signed_in, fresh=False, while_read_only=True)
        _shown(exchange, connection, _person(signed_in).person_id, (answer, challenge), now)
        portal_sessions.note_shown(connection, signed_in.session.credential_id, now)


def _shown(exchange: Exchange, connection: Connection, person_id: str | None, said: tuple[str, str], now: datetime) -> Person:
    """Give whose passkey signed the challenge; ``person_id``: it has to be this person's."""
    answer, challenge = said
    take_order_lock(connection, while_read_only=True)
    bare = _taken(connection, challenge, person_id, Ceremony.SIGN_IN if person_id is None else Ceremony.AGAIN, now)
    known = sign_ins.passkey_by_id(connection, named_passkey(answer))
    if known is None or person_id not in {None, known.person_id}:
        raise UnauthenticatedError(NOT_SHOWN)
    sign_ins.note_use(connection, known.passkey_id, uses_after(_party(exchange), answer, bare, known), now)
    person = members.person_by_id(connection, known.person_id)
    if person is None:
        raise UnauthenticatedError(NOT_SHOWN)
    return person


def _challenge(connection: Connection, person_id: str | None, ceremony: Ceremony, now: datetime) -> bytes:
    made = new_challenge()
    sign_ins.add_challenge(connection, token_digest(encode_base64url(made)), person_id, ceremony, now + _CHALLENGE_LASTS)
    return made


def _taken(connection: Connection, challenge: str, person_id: str | None, ceremony: Ceremony, now: datetime) -> bytes:
    bare = decode_base64url(challenge)
    if bare is None or not sign_ins.use_challenge(connection, token_digest(challenge), person_id, ceremony, now):
        raise UnauthenticatedError(NOT_SHOWN)
    return bare


def _verified(exchange: Exchange, connection: Connection, person: Person, made: Made, now: datetime) -> NewPasskey:
    if not 1 <= len(made.name.strip()) <= _LONGEST_NAME:
        raise MalformedInputError(f"A passkey's name has 1 to {_LONGEST_NAME} characters.", pointer="/name")
    try:
        bare = _taken(connection, made.challenge, person.person_id, Ceremony.CREATE, now)
        return made_passkey(_party(exchange), made.answer, bare)
    except UnauthenticatedError:  # they are somebody: it is the answer that shows nothing
        raise MalformedInputError("Your device made no passkey that counts here. Try it once more.", pointer="/answer") from None


def _add(connection: Connection, person: Person, made: Made, fresh: NewPasskey, now: datetime) -> None:
    if sign_ins.passkey_by_id(connection, fresh.passkey_id) is not None:
        raise ConflictError("This passkey is known already.")
    added = Passkey(fresh.passkey_id, person.person_id, made.name.strip(), fresh.public_key, fresh.uses, now)
    sign_ins.add_passkey(connection, added)
    events.add_events(connection, [EventRecord(Event.PASSKEY_ADD, now, person.partner_id, subject=person.person_id)])


def _person(signed_in: SignedIn) -> Person:
    person = signed_in.principal.person
    if person is None:
        raise UnauthenticatedError(NOT_SHOWN)
    return person


def _party(exchange: Exchange) -> RelyingParty:
    return RelyingParty(exchange.duty.portal_origin)
