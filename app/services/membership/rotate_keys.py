"""Replacing a key: the old one signs for the new one, which counts at once, without an operator.

Owns the rule that only a key that counts now signs for its successor, of the same partner and use. A lost or stolen key cannot:
that is ``recover_keys``'. Kept by ``tests/services/membership/test_rotate_keys.py``; ``docs/keys.md``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.domain.errors import ConflictError, MalformedInputError, NotFoundError, UntrustedSignatureError
from app.domain.events import Event
from app.domain.partner import Partner, PartnerKey, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyState, KeyUsage
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.membership.key_life import KeyAct, acting, own_partner
from app.services.membership.key_quotas import check_new_key
from app.services.membership.manage_keys import KeyRegistration, new_key_record, proven_key, retired_key
from app.storage import credentials
from app.storage.submissions import KeyUse
from breakwater_client.trust.key_rotation import Rotation, open_rotation
from breakwater_client.trust.keys import PublicKey, public_key_from_spki


@dataclass(frozen=True, slots=True)
class KeyRotation:
    """The new key with its proof of possession (usage: the old key's), and the envelope (unverified) that the old key signed."""

    registration: KeyRegistration
    envelope: Mapping[str, Any]


def rotate_key(
    exchange: Exchange, principal: Principal, old_keyid: str, asked: KeyRotation, use: KeyUse | None = None
) -> PartnerKey:
    """Let a new key count in the place of an old one. Gives the new key, active.

    The old key is retired, at once or at the moment that the rotation names.

    Raises:
        ConflictError: the old key does not count; the new one is registered already, and not as a pending key of this partner and
            use; or the partner may bring no more (``key_quotas``).
        MalformedInputError: a moment that has passed.
        NotFoundError: there is no such key, or it is another partner's.
        UnfitKeyError: as ``register_key``.
        UntrustedSignatureError: the rotation is not signed by the old key, or is about other keys; or as ``register_key``.
    """
    require(principal, Permission.KEYS_WRITE)
    partner = own_partner(principal)
    with acting(exchange, principal) as act:
        earlier = act.repeated(use)
        if earlier is not None:
            return act.existing(earlier)
        old = act.existing(old_keyid)
        if old.partner_id != partner.partner_id:
            raise NotFoundError
        _check_counts(act, old)
        rotation = open_rotation(asked.envelope, public_key_from_spki(old.public_key))
        public = proven_key(act, partner, replace(asked.registration, usage=old.usage))
        if rotation != replace(rotation, old_keyid=old.keyid, new_keyid=public.keyid, usage=old.usage, partner_id=old.partner_id):
            raise UntrustedSignatureError(
                "The rotation that was signed is not about these two keys.", pointer="/rotation/payload"
            )
        added = replace(_taken(act, partner, public, old), replaces=old.keyid, rotation=json.dumps(dict(asked.envelope)))
        new = _active(added, rotation, act)
        act.record([(Event.KEY_RETIRE, retired_key(old, rotation.retire_at, act.now)), (Event.KEY_ROTATE, new)])
        act.bind(use, new.keyid)
    return new


def _taken(act: KeyAct, partner: Partner, public: PublicKey, old: PartnerKey) -> PartnerKey:
    """Give the record of the new key: registered now, or already, if it waits for its activation by the same partner and use."""
    known = credentials.key_by_id(act.connection, public.keyid)
    if known is None:
        check_new_key(credentials.keys(act.connection, partner.partner_id), act.now)
        added = new_key_record(public, partner, old.usage, act.now)
        credentials.add_key(act.connection, added)
        return added
    if (known.partner_id, known.usage, known.state) != (partner.partner_id, old.usage, KeyState.PENDING):
        raise ConflictError("This key is registered already, and is none of yours that waits for its activation for this use.")
    return known


def _check_counts(act: KeyAct, old: PartnerKey) -> None:
    """A key that does not count vouches for nobody; nor does one whose right to sign requests was taken from it."""
    held = credentials.credential_of_key(act.connection, old.keyid)
    is_locked_out = old.usage is KeyUsage.REQUEST_SIGNING and (held is None or held.revoked_at is not None)
    if not old.counts(act.now) or is_locked_out:
        raise ConflictError("Only a key that counts signs for the next one; otherwise operators recover it.")


def _active(key: PartnerKey, rotation: Rotation, act: KeyAct) -> PartnerKey:
    if rotation.not_before is not None and rotation.not_before < act.now:
        raise MalformedInputError("A key cannot have begun before it was registered.", pointer="/rotation/payload")
    return replace(key, state=KeyState.ACTIVE, activated_at=act.now, not_before=rotation.not_before)
