"""Partners' keys come and end: challenge, registration with proof of possession, activation by an operator, retiring, revoking.

Owns the plain life of a key. Replacing one is ``rotate_keys``', a stolen one ``report_compromise``'s, a lost one
``recover_keys``'. A partner's token alone can register a key but not make it count, so that a stolen token does not forge. Kept
by ``tests/services/membership/test_manage_keys.py``.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.errors import (
    Code,
    ConflictError,
    ForbiddenError,
    MalformedInputError,
    UnfitKeyError,
    UntrustedSignatureError,
)
from app.domain.events import Event
from app.domain.partner import Partner, PartnerKey, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyAlgorithm, KeyState, KeyUsage
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.membership.key_life import KeyAct, acting, own_partner, require_to_end
from app.services.membership.key_quotas import check_new_key, check_pending
from app.storage import credentials, key_directory, submissions
from app.storage.submissions import KeyUse
from breakwater_client.trust.keys import PublicKey, load_public_key
from breakwater_client.trust.possession import check_possession

CHALLENGE_LIFE = timedelta(minutes=10)
PARTNER_USAGES = frozenset({KeyUsage.CHECKPOINT_COSIGNING, KeyUsage.OBJECT_SIGNING, KeyUsage.REQUEST_SIGNING})
"""What partners have keys for; each key for one of them."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A nonce that proves possession once, until ``expires_at``."""

    challenge: str
    partner_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KeyRegistration:
    """A key to be: PEM of the public key (untrusted), the challenge, the proof over it (base64), and what the key is for."""

    public_key: str
    challenge: str
    proof: str
    usage: KeyUsage = KeyUsage.OBJECT_SIGNING


def new_challenge(exchange: Exchange, principal: Principal, use: KeyUse | None = None) -> Challenge:
    """Give the caller a nonce to prove possession of a key over; a repetition gives the first one, used or not."""
    require(principal, Permission.KEYS_WRITE)
    partner = own_partner(principal)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
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
        ConflictError: the key is registered already (by whomever) or the exchange's own, or the partner may bring no more
            (``key_quotas``).
        MalformedInputError: a usage that partners have no keys for.
        UnfitKeyError: not a key of Ed25519 or P-256 in its one encoding, or one of the weak ones.
        UntrustedSignatureError: ``key-possession-unproven``: the challenge is not open, or the proof does not verify.
    """
    require(principal, Permission.KEYS_WRITE)
    partner = own_partner(principal)
    if registration.usage not in PARTNER_USAGES:
        raise MalformedInputError("Keys of partners sign objects or requests, or cosign checkpoints.", pointer="/usage")
    with acting(exchange, principal) as act:
        earlier = act.repeated(use)
        if earlier is not None:
            return act.existing(earlier)
        key = new_key_record(proven_key(act, partner, registration), partner, registration.usage, act.now)
        if credentials.key_by_id(act.connection, key.keyid) is not None:
            raise ConflictError("This key is registered already.")
        own = credentials.keys(act.connection, partner.partner_id)
        check_pending(own)
        check_new_key(own, act.now)
        credentials.add_key(act.connection, key)
        act.record([(Event.KEY_REGISTER, key)])
        act.bind(use, key.keyid)
    return key


def proven_key(act: KeyAct, partner: Partner, registration: KeyRegistration) -> PublicKey:
    """Give the public key that a registration brings, once its partner has proved to hold it.

    Uses the challenge up. Raises as ``register_key``. NOT checked: that no partner has registered it.
    """
    public = load_public_key(registration.public_key.encode())
    if registration.usage is KeyUsage.CHECKPOINT_COSIGNING and public.algorithm is not KeyAlgorithm.ED25519:
        raise UnfitKeyError("Checkpoints are cosigned with Ed25519 keys.", pointer="/public_key")
    if not credentials.use_challenge(act.connection, registration.challenge, partner.partner_id, act.now):
        sentence = "There is no such open challenge for your organisation; ask for a new one."
        raise UntrustedSignatureError(sentence, code=Code.KEY_POSSESSION_UNPROVEN)
    check_possession(public, registration.challenge, partner.partner_id, registration.proof)
    if key_directory.exchange_key_by_id(act.connection, public.keyid) is not None:  # a directory lists no key twice
        raise ConflictError("This key is the exchange's own, and no partner's: its private half is where it should not be.")
    return public


def new_key_record(public: PublicKey, partner: Partner, usage: KeyUsage, now: datetime) -> PartnerKey:
    """Give the record of a key that is registered now, pending."""
    return PartnerKey(
        keyid=public.keyid,
        partner_id=partner.partner_id,
        usage=usage,
        algorithm=public.algorithm,
        public_key=public.spki,
        state=KeyState.PENDING,
        registered_at=now,
        changed_at=now,
    )


def activate_key(exchange: Exchange, principal: Principal, keyid: str, use: KeyUse | None = None) -> PartnerKey:
    """Let a partner's first key of its usage count from now on. Operators only; they compare its id with what the partner told.

    Raises:
        ConflictError: the key is not pending.
        ForbiddenError: ``approval-needed``: the partner has or had a key of this usage. That key signs for the next one
            (``rotate_keys``), or two operators agree (``recover_keys``): one alone could give a partner's name to anybody.
        NotFoundError: there is no such key.
    """
    require(principal, Permission.KEYS_ACTIVATE)
    with acting(exchange, principal) as act:
        key = act.existing(keyid)
        if act.repeated(use) is not None:
            return key
        if key.state is not KeyState.PENDING:
            raise ConflictError("Only a pending key can be activated.")
        if had_key(act, key):
            sentence = "This organisation has or had a key for this use: that key signs for its next one, or two operators agree."
            raise ForbiddenError(sentence, code=Code.APPROVAL_NEEDED)
        active = replace(key, state=KeyState.ACTIVE, changed_at=act.now, activated_at=act.now)
        act.record([(Event.KEY_ACTIVATE, active)])
        act.bind(use, keyid)
    return active


def had_key(act: KeyAct, key: PartnerKey) -> bool:
    """Whether the key's partner has or had another key of the same usage that counted."""
    others = credentials.keys(act.connection, key.partner_id)
    return any(one.usage is key.usage and one.activated_at is not None for one in others)


def revoke_key(exchange: Exchange, principal: Principal, keyid: str, use: KeyUse | None = None) -> PartnerKey:
    """Let a key count no longer, from now on; by its partner or an operator. What it signed before stays valid.

    Raises:
        NotFoundError: there is no such key, or it is another partner's.
    """
    require_to_end(principal)
    with acting(exchange, principal) as act:
        key = act.own_or_staffs(keyid)
        if act.repeated(use) is None:
            act.bind(use, keyid)
        if key.state not in {KeyState.REVOKED, KeyState.COMPROMISED}:
            ended = key.state_at(act.now) is KeyState.RETIRED
            not_after = key.not_after if ended else act.now
            key = replace(key, state=KeyState.REVOKED, changed_at=act.now, not_after=not_after)
            act.record([(Event.KEY_REVOKE, key)])
    return key


def retire_key(
    exchange: Exchange, principal: Principal, keyid: str, at: datetime | None = None, use: KeyUse | None = None
) -> PartnerKey:
    """Let a key end in peace, now or at a moment to come; by its partner or an operator. What it signed before stays valid.

    A moment that was set before can be brought forward, and not put off.

    Raises:
        ConflictError: the key does not count, ends before that already, or was changed too often (``key_quotas``).
        MalformedInputError: the moment has passed.
        NotFoundError: there is no such key, or it is another partner's.
    """
    require_to_end(principal)
    with acting(exchange, principal) as act:
        key = act.own_or_staffs(keyid)
        if act.repeated(use) is not None:
            return key
        act.check_changes(key)
        retired = retired_key(key, at, act.now)
        act.record([(Event.KEY_RETIRE, retired)])
        act.bind(use, keyid)
    return retired


def retired_key(key: PartnerKey, at: datetime | None, now: datetime) -> PartnerKey:
    """Give a key that ends now (``at`` None) or at a moment to come; until then it stays active. Raises as ``retire_key``."""
    ends_at = at or now
    if ends_at < now:
        raise MalformedInputError("This moment has passed.", pointer="/retire_at")
    if key.state_at(now) is not KeyState.ACTIVE or (key.not_after is not None and key.not_after < ends_at):
        raise ConflictError("This key does not count, or ends before that already.")
    state = KeyState.RETIRED if ends_at <= now else KeyState.ACTIVE
    return replace(key, state=state, changed_at=now, not_after=ends_at)
