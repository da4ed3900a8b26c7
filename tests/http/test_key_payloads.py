from __future__ import annotations

from datetime import UTC, datetime

from app.crypto.jwk import jwk
from app.domain.partner import Partner, PartnerKey
from app.domain.vocabulary import KeyAlgorithm, KeyState, KeyUsage, PartnerState, Role
from app.http.key_payloads import (
    KeyPayload,
    KnownKeyPayload,
    NewKeyPayload,
    RetirementPayload,
    RotationPayload,
    WebKeyPayload,
)
from app.services.membership.look_up_keys import KnownKey
from app.services.membership.manage_keys import KeyRegistration
from app.services.membership.rotate_keys import KeyRotation
from breakwater_client.trust.keys import PrivateKey

NOW = datetime(2026, 1, 31, 8, tzinfo=UTC)
OWNER = Partner("p", "Platform A", Role.PLATFORM, "NL", "identity--1", PartnerState.ACTIVE, NOW)
NEW_KEY = {"public_key": "pem", "challenge": "c", "proof": "p"}


def test_a_web_key_is_described_member_by_member() -> None:
    made = jwk(PrivateKey.generate(KeyAlgorithm.P256).public) | {"usage": "object-signing", "owner": "identity--x"}
    assert set(WebKeyPayload().fields) == set(made)


def test_a_key_is_written_in_pem_with_its_owner_beside_it() -> None:
    public = PrivateKey.generate().public
    key = PartnerKey(public.keyid, "p", KeyUsage.OBJECT_SIGNING, KeyAlgorithm.ED25519, public.spki, KeyState.ACTIVE, NOW, NOW)
    written = KeyPayload().dump(key)
    assert written["public_key"] == public.to_pem().decode()
    assert (written["usage"], written["state"], written["not_after"]) == ("object-signing", "active", None)
    known = KnownKeyPayload().dump(KnownKey(key, OWNER))
    assert known == {"key": written, "owner": {"id": "p", "name": "Platform A", "identity_id": "identity--1"}}


def test_a_key_signs_objects_unless_it_says_otherwise() -> None:
    assert NewKeyPayload().load(NEW_KEY) == KeyRegistration("pem", "c", "p", KeyUsage.OBJECT_SIGNING)
    assert NewKeyPayload().load(NEW_KEY | {"usage": "request-signing"}).usage is KeyUsage.REQUEST_SIGNING


def test_a_rotation_brings_the_new_key_and_what_the_old_one_signed() -> None:
    envelope = {"payloadType": "x", "payload": "eA==", "signatures": [{"keyid": "k", "sig": "s"}]}
    assert RotationPayload().load(NEW_KEY | {"rotation": envelope}) == KeyRotation(KeyRegistration("pem", "c", "p"), envelope)


def test_a_key_ends_now_unless_it_says_when() -> None:
    assert RetirementPayload().load({}).retire_at is None
    assert RetirementPayload().load({"retire_at": "2026-01-31T08:00:00Z"}).retire_at == NOW
