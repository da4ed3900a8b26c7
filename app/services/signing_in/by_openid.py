"""Signing in with an account elsewhere that its person added before.

Owns that an account is known by issuer and subject alone, that nobody becomes somebody by it, and that all causes are answered
alike: an unknown account, one whose person left or is suspended, a token that does not count. A failure counts for the place that
it came from, as that of a password does. Kept by ``tests/services/signing_in/test_by_openid.py``.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.errors import ForbiddenError, UnauthenticatedError
from app.domain.openid import OpenIdFault, OpenIdProvider, OpenIdRefusedError
from app.domain.sign_in import Method
from app.services.exchange import Exchange
from app.services.signing_in.ask_provider import Returned, subject_who_returned
from app.services.signing_in.failures import count_from, refuse_after_many
from app.services.signing_in.openid_attempts import record_fault
from app.services.signing_in.sessions import open_session
from app.storage import members, openid
from app.storage.counter import take_order_lock
from app.storage.session import Connection


def sign_in_by_openid(exchange: Exchange, provider: OpenIdProvider, returned: Returned, network: str | None = None) -> str:
    """Open a session for whoever came back from a provider, and give its secret; the caller has taken their attempt.

    The session is not fresh: what reaches others asks for a passkey, or password and code.

    Raises:
        UnauthenticatedError: one sentence for every cause.
        UnavailableError: the provider cannot be reached.
    """
    now = exchange.clock()
    refuse_after_many(exchange, network, now)
    try:
        subject = subject_who_returned(exchange, provider, returned, now)
        with exchange.database.write(while_read_only=True) as connection:
            take_order_lock(connection, while_read_only=True)
            return _opened(connection, provider, subject, now)
    except OpenIdRefusedError as exc:
        _note_failure(exchange, provider, exc.fault, now, network)
        raise


def _opened(connection: Connection, provider: OpenIdProvider, subject: str, now: datetime) -> str:
    account = openid.account_of(connection, provider.issuer, subject)
    person = members.person_by_id(connection, account.person_id) if account else None
    if account is None or person is None:
        raise OpenIdRefusedError(OpenIdFault.UNBOUND)
    if not provider.speaks_for(person):
        raise OpenIdRefusedError(OpenIdFault.NOT_FOR_THEM)
    openid.note_use(connection, account.account_id, now)
    try:
        return open_session(connection, person, Method.OPENID, now)
    except (ForbiddenError, UnauthenticatedError) as exc:  # they left, have no role, or their organisation is suspended
        raise OpenIdRefusedError(OpenIdFault.UNBOUND) from exc


def _note_failure(exchange: Exchange, provider: OpenIdProvider, fault: OpenIdFault, now: datetime, network: str | None) -> None:
    with exchange.database.write(while_read_only=True) as connection:
        take_order_lock(connection, while_read_only=True)
        if network is not None:
            count_from(connection, network, now)
        record_fault(connection, provider, fault, now)
