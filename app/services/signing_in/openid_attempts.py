"""Sending a browser to an OpenID provider, and taking it back: an attempt serves once, in the browser in which it began.

Owns the order: the attempt is kept before anybody leaves, and taken away before anything of what came back is looked at. Kept by
``tests/services/signing_in/test_openid_attempts.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.crypto.pkce import has_secret_form, new_browser_secret
from app.crypto.tokens import token_digest
from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.openid import ATTEMPT_LASTS, OpenIdAttempt, OpenIdFault, OpenIdProvider, OpenIdRefusedError
from app.services.exchange import Exchange
from app.services.signing_in.ask_provider import Returned, address_to_leave_for, provider_named
from app.services.signing_in.failures import refuse_after_many
from app.services.signing_in.sessions import SignedIn
from app.storage import events, openid
from app.storage.session import Connection

_LONGEST_BACK = 2_000


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where a browser is sent, and the secret that it keeps meanwhile, which is kept nowhere else."""

    title: str
    address: str = field(repr=False)
    secret: str = field(repr=False)


def begin_sign_in(exchange: Exchange, name: str, back: str, network: str | None = None) -> Leaving:
    """Let a browser leave for the provider of this ``name``, to sign in and then to go ``back`` (both unverified).

    Raises:
        NotFoundError: there is no such provider.
        UnauthenticatedError: too many failures came from this ``network``.
        UnavailableError: the provider cannot be reached.
    """
    provider, now = _known(exchange, name), exchange.clock()
    refuse_after_many(exchange, network, now)
    kept_back = back if len(back) <= _LONGEST_BACK else ""
    return _leave(exchange, provider, OpenIdAttempt(name, None, kept_back, now + ATTEMPT_LASTS), now)


def begin_adding(exchange: Exchange, signed_in: SignedIn, name: str) -> Leaving:
    """Let somebody who is signed in leave for a provider, to add an account; the caller looks that the session is fresh.

    Raises:
        ForbiddenError: the provider does not speak for this person.
        NotFoundError: there is no such provider.
        UnavailableError: it cannot be reached.
    """
    provider, now, person = _known(exchange, name), exchange.clock(), signed_in.principal.person
    if person is None or not provider.speaks_for(person):
        raise ForbiddenError("Accounts of this provider are for others.")
    attempt = OpenIdAttempt(name, signed_in.session.credential_id, "", now + ATTEMPT_LASTS)
    return _leave(exchange, provider, attempt, now)


def take_attempt(exchange: Exchange, returned: Returned) -> tuple[OpenIdProvider, OpenIdAttempt]:
    """Give the attempt with which somebody came back, which serves no more, and its provider.

    Nothing is counted where it is none: anybody's page can send a browser here.

    Raises:
        OpenIdRefusedError: it is none of this browser, serves no more, or began with another provider.
    """
    provider, now = provider_named(exchange, returned.provider), exchange.clock()
    if not (has_secret_form(returned.state) and has_secret_form(returned.secret)):
        raise OpenIdRefusedError(OpenIdFault.UNBOUND)
    with exchange.database.write(while_read_only=True) as connection:
        found = openid.use_attempt(connection, _digests(returned.state, returned.secret), now)
    if found is None or provider is None or found.provider != provider.name:
        raise OpenIdRefusedError(OpenIdFault.UNBOUND)
    return provider, found


def record_fault(connection: Connection, provider: OpenIdProvider, fault: OpenIdFault, now: datetime) -> None:
    """Keep for operators that what came from a provider did not count, and why; never what it was."""
    events.add_events(connection, [EventRecord(Event.OPENID_FAIL, now, subject=provider.name, code=fault)])


def _leave(exchange: Exchange, provider: OpenIdProvider, attempt: OpenIdAttempt, now: datetime) -> Leaving:
    state, secret = new_browser_secret(), new_browser_secret()
    address = address_to_leave_for(exchange, provider, state, secret, now)
    with exchange.database.write(while_read_only=True) as connection:
        openid.drop_expired_attempts(connection, now)
        openid.add_attempt(connection, _digests(state, secret), attempt)
    return Leaving(provider.title, address, secret)


def _digests(state: str, secret: str) -> tuple[bytes, bytes]:
    return token_digest(state), token_digest(secret)


def _known(exchange: Exchange, name: str) -> OpenIdProvider:
    provider = provider_named(exchange, name)
    if provider is None:
        raise NotFoundError
    return provider
