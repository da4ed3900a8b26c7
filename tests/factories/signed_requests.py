"""Partners that sign their requests instead of sending a token.

Owns the rows of such a key (the directory makes them in earnest), and a transport that signs whatever passes through it.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.partner import Credential, PartnerKey
from app.domain.vocabulary import KeyState, KeyUsage, Tlp
from app.policy.scopes import SCOPES, PrincipalKind
from app.services.exchange import Exchange
from app.storage import credentials
from app.storage.session import Database
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.request_signature import RequestParts, sign_request
from tests.factories.exchanges import Answer, Caller, FakePartner, Message, RunningExchange, Transport

ORIGIN = "http://127.0.0.1:8000"
"""Where an exchange of this process believes to be reached."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def add_request_key(exchange: Exchange, partner_id: str, key: PrivateKey, **changes: Any) -> Credential:
    """Write the rows of an active key that signs requests; ``changes`` are of the key, or of its credential."""
    return write_request_key(exchange.database, partner_id, key, exchange.clock(), **changes)


def write_request_key(database: Database, partner_id: str, key: PrivateKey, now: datetime, **changes: Any) -> Credential:
    """Write the same into the database of an exchange that serves elsewhere."""
    row = PartnerKey(
        keyid=key.public.keyid,
        partner_id=partner_id,
        usage=KeyUsage.REQUEST_SIGNING,
        algorithm=key.public.algorithm,
        public_key=key.public.spki,
        state=KeyState.ACTIVE,
        registered_at=now,
        changed_at=now,
    )
    credential = Credential(
        credential_id=str(uuid.uuid4()),
        name="request-signing key",
        partner_id=partner_id,
        person_id=None,
        account_id=None,
        scopes=SCOPES[PrincipalKind.PARTNER],
        purpose=None,
        tlp_ceiling=Tlp.RED,
        created_at=now,
        expires_at=now + timedelta(days=3650),
        keyid=key.public.keyid,
    )
    of_key = {name: value for name, value in changes.items() if name in PartnerKey.__dataclass_fields__}
    of_credential = {name: value for name, value in changes.items() if name not in of_key}
    credential = replace(credential, **of_credential)
    with database.write() as connection:
        credentials.add_key(connection, replace(row, **of_key))
        credentials.add_credential(connection, credential, None)
    return credential


def parts(message: Message, origin: str = ORIGIN) -> RequestParts:
    """Give what of a message can be signed."""
    return RequestParts(message.method, origin + message.target, {name.lower(): one for name, one in message.headers.items()})


def new_nonce() -> str:
    """Give a nonce that nobody used."""
    return secrets.token_urlsafe(24)


@dataclass
class Signing:
    """A transport that signs with a key; ``clock`` is the signer's."""

    transport: Transport
    key: PrivateKey
    origin: str = ORIGIN
    clock: Callable[[], datetime] = utc_now

    def signed(self, message: Message, nonce: str | None = None) -> Message:
        """Give a message with its signature, not sent yet."""
        added = sign_request(parts(message, self.origin), message.body, self.key, self.clock(), nonce or new_nonce())
        return replace(message, headers={**message.headers, **added})

    def __call__(self, message: Message) -> Answer:
        return self.transport(self.signed(message))


def with_headers(message: Message, changes: Mapping[str, str | None]) -> Message:
    """Give a message with other headers; None takes one away."""
    headers = {name: value for name, value in message.headers.items() if name not in changes}
    return replace(message, headers=headers | {name: value for name, value in changes.items() if value is not None})


def signing_partner(running: RunningExchange, partner: FakePartner, key: PrivateKey | None = None) -> FakePartner:
    """Give the same partner as one that signs its requests with a new key and has no token."""
    key = key or PrivateKey.generate()
    add_request_key(running.exchange, partner.partner_id, key)
    return replace(partner, transport=Signing(running.transport, key, clock=running.clock), token=None)


def caller(signing: Signing) -> Caller:
    """Give somebody without a token whose requests are signed."""
    return Caller(signing)
