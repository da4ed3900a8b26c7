"""Which signing keys count at a moment, and whose they are.

Owns the question; the life of a key is ``manage_keys``'. Kept by ``tests/services/intake/test_usable_keys.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.domain.partner import Partner, PartnerKey
from app.domain.vocabulary import KeyUsage, Profile
from app.policy.agreements import agreement_in_force
from app.policy.audiences import stands_in
from app.services.intake.examine import Signer
from app.storage import agreements, credentials, members
from app.storage.session import Connection
from breakwater_client.trust.keys import public_key_from_spki


def is_usable(key: PartnerKey, now: datetime) -> bool:
    """Whether a key counts for objects at ``now``, by the exchange's clock; the signer's claim of when it signed is not asked."""
    # A key that signs requests lies on a server: it must not publish anything.
    return key.usage is KeyUsage.OBJECT_SIGNING and key.counts(now)


def usable_keyids(connection: Connection, partner_ids: Collection[str], now: datetime) -> frozenset[str]:
    """Give the ids of all keys of these partners that count."""
    known = (key for partner_id in sorted(partner_ids) for key in credentials.keys(connection, partner_id))
    return frozenset(key.keyid for key in known if is_usable(key, now))


def signers(connection: Connection, partner: Partner, passes_on: frozenset[str], now: datetime) -> dict[str, Signer]:
    """Give the keys that count for a submitter, by keyid: its own, and those of the publishers whose objects it may pass on."""
    publishers = {partner.partner_id: partner}
    if passes_on:
        publishers |= {one.partner_id: one for one in members.partners(connection) if stands_in(one.partner_id, passes_on)}
    known = credentials.keys(connection, None if passes_on else partner.partner_id)
    profiles = {one: _profiles(connection, one, now) for one in publishers.keys() - {partner.partner_id}}
    return {
        key.keyid: Signer(
            key.partner_id,
            publishers[key.partner_id].identity_id,
            public_key_from_spki(key.public_key),
            profiles.get(key.partner_id, frozenset(Profile)),
        )
        for key in known
        if key.partner_id in publishers and is_usable(key, now)
    }


def _profiles(connection: Connection, partner_id: str, now: datetime) -> frozenset[Profile]:
    agreement = agreement_in_force(agreements.agreements(connection, partner_id), now)
    return agreement.write.profiles if agreement else frozenset()
