"""Looking keys up: one's own, all of them for staff, and any one by the id that a signature names.

Owns who sees which key; the directory of all keys is ``proving``'s. Kept by ``tests/services/membership/test_look_up_keys.py``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from app.domain.errors import NotFoundError
from app.domain.partner import ExchangeKey, Partner, PartnerKey, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyState
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.storage import credentials, key_directory, members
from breakwater_client.trust.keys import public_key_from_spki


@dataclass(frozen=True, slots=True)
class ThisExchange:
    """The exchange as the owner of the keys with which it signs what it states itself."""

    partner_id: str
    identity_id: str
    name: str = "this exchange"


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key and whose it is, a partner's or the exchange's, as anybody who verifies needs them."""

    key: PartnerKey
    owner: Partner | ThisExchange


def public_pem(spki: bytes) -> str:
    """Give a registered public key (its SubjectPublicKeyInfo) in PEM, as verifiers read it."""
    return public_key_from_spki(spki).to_pem().decode()


def list_keys(exchange: Exchange, principal: Principal) -> list[KnownKey]:
    """List the caller's own keys; staff see all. States are those of now."""
    require(principal, Permission.KEYS_READ)
    now = exchange.clock()
    with exchange.database.read() as connection:
        owners = {partner.partner_id: partner for partner in members.partners(connection)}
        own = principal.partner.partner_id if principal.partner else None
        return [KnownKey(seen_at(key, now), owners[key.partner_id]) for key in credentials.keys(connection, own)]


def get_key(exchange: Exchange, principal: Principal, keyid: str) -> KnownKey:
    """Give one key by its full id, to any partner: whoever holds a signature needs the key it names.

    The exchange's own keys are given in the same way, those of earlier times too. A pending key is its own partner's and the
    operators' alone. Ids are 256 bits, so that keys cannot be searched for.

    Raises:
        NotFoundError: there is no such key.
    """
    require(principal, Permission.KEYS_READ)
    with exchange.database.read() as connection:
        its_own = key_directory.exchange_key_by_id(connection, keyid)
        if its_own is not None:
            return _exchange_key(its_own, members.this_exchange(connection), exchange.clock())
        key = credentials.key_by_id(connection, keyid)
        owner = members.partner_by_id(connection, key.partner_id) if key else None
    if key is None or owner is None or (key.state is KeyState.PENDING and principal.partner not in {None, owner}):
        raise NotFoundError
    return KnownKey(seen_at(key, exchange.clock()), owner)


def seen_at(key: PartnerKey, now: datetime) -> PartnerKey:
    """Give a key as it is now: one whose time is over is retired."""
    return replace(key, state=key.state_at(now))


def _exchange_key(key: ExchangeKey, home: members.Exchange, now: datetime) -> KnownKey:
    own = PartnerKey(partner_id=home.exchange_id, **asdict(key))
    return KnownKey(seen_at(own, now), ThisExchange(home.exchange_id, home.identity_id))
