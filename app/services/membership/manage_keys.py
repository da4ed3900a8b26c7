"""Partners' signing keys: challenge, registration with proof of possession, activation by an operator, revocation, look-up.

Owns the life of a key as far as it goes today; rotation and compromise come with the key directory. A partner's token alone can
register a key but not make it count, so that a stolen token does not forge. Kept by
``tests/services/membership/test_manage_keys.py``.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from app.crypto.keys import load_public_key, public_key_from_spki
from app.crypto.possession import check_possession
from app.domain.errors import Code, ConflictError, ForbiddenError, NotFoundError, UntrustedSignatureError
from app.domain.events import Event
from app.domain.partner import ExchangeKey, Partner, PartnerKey, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyState, KeyUsage
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.proving.key_events import KeyEvent, record_key_events
from app.storage import credentials, key_directory, members, submissions
from app.storage.counter import Order, save_order, take_order_lock
from app.storage.session import Connection
from app.storage.submissions import KeyUse

CHALLENGE_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Challenge:
    """A nonce that proves possession once, until ``expires_at``."""

    challenge: str
    partner_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KeyRegistration:
    """A key to be: PEM of the public key (untrusted), the challenge, and the proof over it (base64)."""

    public_key: str
    challenge: str
    proof: str


@dataclass(frozen=True, slots=True)
class ThisExchange:
    """The exchange as the owner of the key with which it signs what it states itself (notices of recalls)."""

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


def new_challenge(exchange: Exchange, principal: Principal, use: KeyUse | None = None) -> Challenge:
    """Give the caller a nonce to prove possession of a key over; a repetition gives the first one, used or not."""
    require(principal, Permission.KEYS_WRITE)
    partner = _own_partner(principal)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_lock(connection)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            nonce, expires_at = earlier.split()
            return Challenge(nonce, partner.partner_id, datetime.fromisoformat(expires_at))
        challenge = Challenge(secrets.token_urlsafe(32), partner.partner_id, now + CHALLENGE_LIFE)
        credentials.drop_expired_challenges(connection, now)
        credentials.add_challenge(connection, challenge.challenge, challenge.partner_id, challenge.expires_at)
        if use is not None:
            reference = f"{challenge.challenge} {challenge.expires_at.isoformat()}"
            submissions.add_key_use(connection, use, reference, now)
    return challenge


def register_key(
    exchange: Exchange, principal: Principal, registration: KeyRegistration, use: KeyUse | None = None
) -> PartnerKey:
    """Register a public key as *pending*; it counts once an operator has activated it.

    Raises:
        ConflictError: the key is registered already (by whomever).
        UnfitKeyError: not a key of Ed25519 or P-256 in its one encoding, or one of the weak ones.
        UntrustedSignatureError: ``key-possession-unproven``: the challenge is not open, or the proof does not verify.
    """
    require(principal, Permission.KEYS_WRITE)
    partner = _own_partner(principal)
    now = exchange.clock()
    with exchange.database.write() as connection:
        order = take_order_lock(connection)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return _existing(credentials.key_by_id(connection, earlier))
        public = load_public_key(registration.public_key.encode())
        if not credentials.use_challenge(connection, registration.challenge, partner.partner_id, now):
            sentence = "There is no such open challenge for your organisation; ask for a new one."
            raise UntrustedSignatureError(sentence, code=Code.KEY_POSSESSION_UNPROVEN)
        check_possession(public, registration.challenge, partner.partner_id, registration.proof)
        if credentials.key_by_id(connection, public.keyid) is not None:
            raise ConflictError("This key is registered already.")
        key = PartnerKey(
            keyid=public.keyid,
            partner_id=partner.partner_id,
            usage=KeyUsage.OBJECT_SIGNING,
            algorithm=public.algorithm,
            public_key=public.spki,
            state=KeyState.PENDING,
            registered_at=now,
            changed_at=now,
        )
        credentials.add_key(connection, key)
        _record(exchange, connection, order, _event(Event.KEY_REGISTER, key, principal))
        if use is not None:
            submissions.add_key_use(connection, use, key.keyid, now)
    return key


def activate_key(exchange: Exchange, principal: Principal, keyid: str, use: KeyUse | None = None) -> PartnerKey:
    """Let a pending key count from now on. Operators only; they compare the keyid with what the partner told them.

    Raises:
        ConflictError: the key is not pending.
        NotFoundError: there is no such key.
    """
    require(principal, Permission.KEYS_ACTIVATE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        order = take_order_lock(connection)
        key = _existing(credentials.key_by_id(connection, keyid))
        if earlier_outcome(connection, use) is not None:
            return key
        if key.state is not KeyState.PENDING:
            raise ConflictError("Only a pending key can be activated.")
        active = replace(key, state=KeyState.ACTIVE, changed_at=now, activated_at=now)
        credentials.change_key(connection, active)
        _record(exchange, connection, order, _event(Event.KEY_ACTIVATE, active, principal))
        if use is not None:
            submissions.add_key_use(connection, use, keyid, now)
    return active


def revoke_key(exchange: Exchange, principal: Principal, keyid: str, use: KeyUse | None = None) -> PartnerKey:
    """Let a key count no longer, from now on; by its partner or an operator. What it signed before stays valid.

    Raises:
        NotFoundError: there is no such key, or it is another partner's.
    """
    require(principal, Permission.KEYS_WRITE if principal.partner else Permission.KEYS_ACTIVATE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        order = take_order_lock(connection)
        key = _existing(credentials.key_by_id(connection, keyid))
        if principal.partner is not None and key.partner_id != principal.partner.partner_id:
            raise NotFoundError
        if earlier_outcome(connection, use) is None and use is not None:
            submissions.add_key_use(connection, use, keyid, now)
        if key.state is not KeyState.REVOKED:
            key = replace(key, state=KeyState.REVOKED, changed_at=now, not_after=min(now, key.not_after or now))
            credentials.change_key(connection, key)
            _record(exchange, connection, order, _event(Event.KEY_REVOKE, key, principal))
    return key


def list_keys(exchange: Exchange, principal: Principal) -> list[KnownKey]:
    """List the caller's own keys; staff see all."""
    require(principal, Permission.KEYS_READ)
    with exchange.database.read() as connection:
        owners = {partner.partner_id: partner for partner in members.partners(connection)}
        own = principal.partner.partner_id if principal.partner else None
        return [KnownKey(key, owners[key.partner_id]) for key in credentials.keys(connection, own)]


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
            return _exchange_key(its_own, members.this_exchange(connection))
        key = _existing(credentials.key_by_id(connection, keyid))
        own = principal.partner is None or key.partner_id == principal.partner.partner_id
        owner = members.partner_by_id(connection, key.partner_id)
    if owner is None or (key.state is KeyState.PENDING and not own):
        raise NotFoundError
    return KnownKey(key, owner)


def _exchange_key(key: ExchangeKey, home: members.Exchange) -> KnownKey:
    own = PartnerKey(partner_id=home.exchange_id, **asdict(key))
    return KnownKey(own, ThisExchange(home.exchange_id, home.identity_id))


def _own_partner(principal: Principal) -> Partner:
    if principal.partner is None:
        raise ForbiddenError("Only partners have signing keys.")
    return principal.partner


def _existing(key: PartnerKey | None) -> PartnerKey:
    if key is None:
        raise NotFoundError
    return key


def _event(event: Event, key: PartnerKey, principal: Principal) -> KeyEvent:
    return KeyEvent(event, key, principal.credential.credential_id)


def _record(exchange: Exchange, connection: Connection, order: Order, happened: KeyEvent) -> None:
    record_key_events(connection, order, exchange.keys, [happened], happened.key.changed_at)
    save_order(connection, order)
