"""One's own accounts elsewhere: seeing them, adding one, removing one.

Owns that an account is one person's, and that it is added in the session in which that began. Accounts come beside a passkey, or
a password with codes, and never instead: those cannot be removed to the last, so that an account always can. Kept by
``tests/services/signing_in/test_own_accounts.py``.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import ConflictError, ForbiddenError, NotFoundError, UnauthenticatedError
from app.domain.events import Event, EventRecord
from app.domain.openid import MOST_ACCOUNTS, OpenIdAccount, OpenIdAttempt, OpenIdFault, OpenIdProvider, OpenIdRefusedError
from app.domain.partner import Person
from app.domain.sign_in import NOT_SHOWN, Method
from app.services.exchange import Exchange
from app.services.signing_in.ask_provider import Returned, subject_who_returned
from app.services.signing_in.openid_attempts import record_fault
from app.services.signing_in.sessions import SignedIn, take_order_in
from app.storage import credentials, events, openid, portal_sessions
from app.storage.session import Connection

_NOT_ADDED = "The account was not added: what came back does not count here, or not in this session. Begin once more."


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """An account, and its provider; None: the exchange offers it no more, and the account opens nothing meanwhile."""

    account: OpenIdAccount
    provider: OpenIdProvider | None


def own_accounts(exchange: Exchange, signed_in: SignedIn) -> list[OwnAccount]:
    """Give the accounts of who asks, the oldest first."""
    person = _person(signed_in)
    offered = {one.issuer: one for one in offered_to(exchange, person)}
    with exchange.database.read() as connection:
        return [OwnAccount(one, offered.get(one.issuer)) for one in openid.accounts_of(connection, person.person_id)]


def offered_to(exchange: Exchange, person: Person | None) -> list[OpenIdProvider]:
    """Give the providers whose accounts a person may add."""
    return [one for one in exchange.providers if person is not None and one.speaks_for(person)]


def add_account(
    exchange: Exchange, signed_in: SignedIn, provider: OpenIdProvider, attempt: OpenIdAttempt, returned: Returned
) -> None:
    """Keep the account with which somebody came back; the caller has taken their ``attempt``.

    Raises:
        ConflictError: it is somebody's already, or they have as many as one may.
        ForbiddenError: it began in another session, which was perhaps somebody else's, or what came back does not count.
        UnauthenticatedError: the session ended meanwhile.
        UnavailableError: the provider cannot be reached.
    """
    now, person = exchange.clock(), _person(signed_in)
    try:
        _check_is_theirs(attempt, signed_in, provider)
        subject = subject_who_returned(exchange, provider, returned, now)
    except OpenIdRefusedError as exc:
        with exchange.database.write() as connection:
            record_fault(connection, provider, exc.fault, now)
        raise ForbiddenError(_NOT_ADDED) from exc
    with exchange.database.write() as connection:
        # Who sets their sign-in up anew ends this session: whoever had it adds nothing after that.
        take_order_in(exchange, connection, signed_in, fresh=False)
        _check_can_be_added(connection, person, provider.issuer, subject)
        openid.add_account(connection, OpenIdAccount(str(uuid.uuid4()), person.person_id, provider.issuer, subject, now))
        _record(connection, Event.OPENID_ADD, signed_in, now)


def remove_account(exchange: Exchange, signed_in: SignedIn, account_id: str) -> None:
    """Forget one of one's own accounts, and end one's sessions that were opened by such; this one has to be fresh.

    Raises ``NotFoundError`` where there is none such, and as ``take_order_in``.
    """
    now, person = exchange.clock(), _person(signed_in)
    with exchange.database.write() as connection:
        take_order_in(exchange, connection, signed_in, fresh=True)
        if not openid.drop_accounts(connection, person.person_id, account_id):
            raise NotFoundError
        _record(connection, Event.OPENID_REMOVE, signed_in, now)
        for one in portal_sessions.open_sessions(connection, person.person_id, now):
            if one.method is Method.OPENID and one.credential_id != signed_in.session.credential_id:
                credentials.revoke_credential(connection, one.credential_id, now)
                ended = EventRecord(Event.SESSION_END, now, person.partner_id, one.credential_id, subject=person.person_id)
                events.add_events(connection, [ended])


def _check_is_theirs(attempt: OpenIdAttempt, signed_in: SignedIn, provider: OpenIdProvider) -> None:
    if attempt.credential_id != signed_in.session.credential_id or not provider.speaks_for(_person(signed_in)):
        raise OpenIdRefusedError(OpenIdFault.NOT_FOR_THEM)


def _check_can_be_added(connection: Connection, person: Person, issuer: str, subject: str) -> None:
    known = openid.account_of(connection, issuer, subject)
    if known is not None and known.person_id == person.person_id:
        raise ConflictError("You sign in with this account already.")
    if known is not None:
        raise ConflictError("Somebody else signs in with this account: it is one person's.")
    if len(openid.accounts_of(connection, person.person_id)) >= MOST_ACCOUNTS:
        raise ConflictError(f"A person has at most {MOST_ACCOUNTS} accounts.")


def _record(connection: Connection, event: Event, signed_in: SignedIn, now: datetime) -> None:
    person, who = _person(signed_in), signed_in.session.credential_id
    events.add_events(connection, [EventRecord(event, now, person.partner_id, who, subject=person.person_id)])


def _person(signed_in: SignedIn) -> Person:
    person = signed_in.principal.person
    if person is None:
        raise UnauthenticatedError(NOT_SHOWN)
    return person
