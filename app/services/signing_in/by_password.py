"""Signing in with name, password and a one-time code, and showing again in the same way that it is still the same person.

Owns that both are asked for whatever was wrong, that failures are answered alike, and that a code counts once. A wrong password
counts for the place that it came from; for the name only a wrong code after the right password does, so that no stranger keeps
anybody out; showing again counts for its session as well, which ends after some. What counts for a name or a session is counted
before it is looked at, so that nothing is won by asking many times at once. Kept by
``tests/services/signing_in/test_by_password.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from app.crypto.one_time_codes import step_of
from app.crypto.passwords import require_password
from app.crypto.seal import CursorSealer
from app.domain.errors import MalformedInputError, UnauthenticatedError
from app.domain.events import Event, EventRecord
from app.domain.sign_in import MOST_FAILURES_AGAIN, NOT_SHOWN, Method, SignIn, why_no_login
from app.domain.sign_in_attempts import place_of_session
from app.services.exchange import Exchange
from app.services.signing_in.failures import count_from, refuse_after_many
from app.services.signing_in.sessions import SignedIn, end_session_within, open_session, take_order_in
from app.storage import events, members, portal_sessions, sign_in_attempts, sign_ins
from app.storage.counter import take_order_lock
from app.storage.session import Connection


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody typed, unverified."""

    login: str
    password: str = field(repr=False)
    code: str = field(repr=False)


def sign_in_by_password(exchange: Exchange, shown: Shown, network: str | None = None) -> str:
    """Open a session and give its secret. ``network`` is where it comes from, None if that is not known.

    Raises:
        UnauthenticatedError: one sentence for every cause: nobody of this name, another password or code, a code that was used,
            too many failures under it or from there, or somebody who has left.
        ForbiddenError: ``partner-not-active``.
    """
    now = exchange.clock()
    refuse_after_many(exchange, network, now)
    kept = _look(exchange, shown.login.strip().lower())
    try:
        step = _check(exchange, kept, shown, now)
    except UnauthenticatedError:
        _note_failure(exchange, kept, now, network)
        raise
    with exchange.database.write(while_read_only=True) as connection:
        take_order_lock(connection, while_read_only=True)
        _count_step(connection, kept, step)
        person = members.person_by_id(connection, kept.person_id)
        if person is None:
            raise UnauthenticatedError(NOT_SHOWN)
        return open_session(connection, person, Method.PASSWORD, now)


def show_again_by_password(exchange: Exchange, signed_in: SignedIn, password: str, code: str, network: str | None = None) -> None:
    """Let a session count as fresh, whose person showed again that it is they.

    Raises ``UnauthenticatedError`` as in ``sign_in_by_password``; the session stays as it was, and ends after several failures.
    Wrong codes after the right password count for the name here, too: else each further session would have as many to guess with.
    """
    now = exchange.clock()
    refuse_after_many(exchange, network, now)
    tried = _reserve_again(exchange, signed_in, now)
    with exchange.database.look() as connection:
        kept = sign_ins.sign_in_of(connection, str(signed_in.principal.credential.person_id))
    kept = kept or _nobody("")
    try:
        step = _check(exchange, kept, Shown(kept.login, password, code), now)
    except UnauthenticatedError:
        _note_failure_again(exchange, signed_in, tried, now, network)
        raise
    with exchange.database.write(while_read_only=True) as connection:
        take_order_in(exchange, connection, signed_in, fresh=False, while_read_only=True)
        _count_step(connection, kept, step)
        sign_in_attempts.forget(connection, place_of_session(signed_in.session.credential_id))
        portal_sessions.note_shown(connection, signed_in.session.credential_id, now)


def seal_secret(sealer: CursorSealer, person_id: str, secret: str) -> str:
    """Give the secret of one-time codes as it is kept: sealed, good for this person only."""
    return sealer.seal(secret.encode(), _context(person_id))


def _look(exchange: Exchange, login: str) -> SignIn:
    if why_no_login(login) is not None:  # nobody's, and perhaps no text that a database takes
        return _nobody("")
    with exchange.database.look() as connection:
        return sign_ins.sign_in_by_login(connection, login) or _nobody(login)


def _nobody(login: str) -> SignIn:
    return SignIn("", login)


def _check(exchange: Exchange, kept: SignIn, shown: Shown, now: datetime) -> int:
    """Give the step of the code, where password and code are right; the name waits after several wrong codes."""
    require_password(kept.password, shown.password)
    return _step(exchange, _reserve_code(exchange, kept, now), shown.code, now)


def _reserve_code(exchange: Exchange, kept: SignIn, now: datetime) -> SignIn:
    """Count a wrong code for the name before any is looked at, so that many sent at once are no more guesses than one by one.

    The right one forgets it. Whoever types codes after the right password knows it, and must not try them all: while the name
    waits, none is looked at. Raises ``UnauthenticatedError``.
    """
    with exchange.database.write(while_read_only=True) as connection:
        take_order_lock(connection, while_read_only=True)
        newest = sign_ins.sign_in_of(connection, kept.person_id)
        if newest is None:
            raise UnauthenticatedError(NOT_SHOWN)
        _refuse_in_between(newest, now)
        sign_ins.save_sign_in(connection, newest.after_wrong_code(now))
        return newest


def _step(exchange: Exchange, kept: SignIn, code: str, now: datetime) -> int:
    return step_of(_secret(exchange, kept), code.replace(" ", ""), now, kept.last_step)


def _refuse_in_between(kept: SignIn, now: datetime) -> None:
    waits_until = kept.waits_until()
    if waits_until is not None and now < waits_until:
        raise UnauthenticatedError(NOT_SHOWN)


def _secret(exchange: Exchange, kept: SignIn) -> str:
    if kept.code_secret is None:
        raise UnauthenticatedError(NOT_SHOWN)
    try:
        return exchange.sealer.open(kept.code_secret, _context(kept.person_id)).decode()
    except MalformedInputError:  # its sealing key is gone: they have to be invited anew
        raise UnauthenticatedError(NOT_SHOWN) from None


def _note_failure(exchange: Exchange, kept: SignIn, now: datetime, network: str | None) -> None:
    """Count it for the place it came from, and keep that it was, if somebody has the name."""
    with exchange.database.write(while_read_only=True) as connection:
        take_order_lock(connection, while_read_only=True)
        if network is not None:
            count_from(connection, network, now)
        _record_failure(connection, kept.person_id, now)


def _reserve_again(exchange: Exchange, signed_in: SignedIn, now: datetime) -> int:
    """Count a failure for the session before anything is looked at, and give how many there are; success forgets them."""
    credential_id = signed_in.session.credential_id
    with exchange.database.write(while_read_only=True) as connection:
        take_order_in(exchange, connection, signed_in, fresh=False, while_read_only=True)
        tried = count_from(connection, place_of_session(credential_id), now)
        if tried > MOST_FAILURES_AGAIN:  # as many are looked at just now
            raise UnauthenticatedError(NOT_SHOWN)
        return tried


def _note_failure_again(exchange: Exchange, signed_in: SignedIn, tried: int, now: datetime, network: str | None) -> None:
    """Keep that it failed, for the place as well, and end the session after several: somebody else sits there, or guesses."""
    credential = signed_in.principal.credential
    with exchange.database.write(while_read_only=True) as connection:
        take_order_in(exchange, connection, signed_in, fresh=False, while_read_only=True)
        _record_failure(connection, str(credential.person_id), now)
        if network is not None:
            count_from(connection, network, now)
        if tried >= MOST_FAILURES_AGAIN:
            end_session_within(connection, credential, now)


def _record_failure(connection: Connection, person_id: str, now: datetime) -> None:
    person = members.person_by_id(connection, person_id) if person_id else None
    if person is not None:
        events.add_events(connection, [EventRecord(Event.SIGN_IN_FAIL, now, person.partner_id, subject=person_id)])


def _count_step(connection: Connection, kept: SignIn, step: int) -> None:
    """Let the code count, once: whoever comes second with the same one, at the same moment too, is refused."""
    newest = sign_ins.sign_in_of(connection, kept.person_id)
    if newest is None or newest.password != kept.password or newest.last_step >= step:
        raise UnauthenticatedError(NOT_SHOWN)
    sign_ins.save_sign_in(connection, replace(newest, last_step=step, failures=0, failed_at=None))


def _context(person_id: str) -> bytes:
    return b"one-time-codes\0" + person_id.encode()
