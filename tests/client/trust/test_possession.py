"""Proof of possession: good for one key, one challenge, one partner."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.errors import Code, MalformedInputError, UntrustedSignatureError
from breakwater_client.trust.envelope import pae
from breakwater_client.trust.keys import PrivateKey, public_key_from_spki
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.trust.possession import check_possession, possession_payload, prove_possession
from breakwater_client.trust.strict_base64 import encode_base64

# Keys of fixed bytes, so that test ids made from signatures are the same in every worker.
KEY, OTHER_KEY = (PrivateKey(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)) for number in (1, 2))
PARTNER = "identity--0d1c7b0e-7a54-4d8f-9a39-3f1f2d9f5b10"
OTHER_PARTNER = "identity--9a39c7b0-7a54-4d8f-9a39-3f1f2d9f5b10"
CHALLENGE = "3q2-7wMzQ0"


def test_the_statement_is_canonical_json() -> None:
    assert possession_payload("c", "k", "ü") == '{"challenge":"c","keyid":"k","partner_id":"ü"}'.encode()


def test_the_holder_of_the_key_proves_it() -> None:
    assert check_possession(KEY.public, CHALLENGE, PARTNER, prove_possession(KEY, CHALLENGE, PARTNER)) == KEY.public


@pytest.mark.parametrize(
    ("key", "challenge", "partner_id"),
    [
        (OTHER_KEY, CHALLENGE, PARTNER),
        (KEY, CHALLENGE + "x", PARTNER),
        (KEY, CHALLENGE, OTHER_PARTNER),
        (KEY, PARTNER, CHALLENGE),
    ],
)
def test_a_proof_for_another_key_challenge_or_partner_is_refused(key: PrivateKey, challenge: str, partner_id: str) -> None:
    with pytest.raises(UntrustedSignatureError) as refusal:
        check_possession(KEY.public, CHALLENGE, PARTNER, prove_possession(key, challenge, partner_id))
    assert refusal.value.code is Code.KEY_POSSESSION_UNPROVEN


@pytest.mark.parametrize(
    "proof",
    [
        "",
        "AA==",
        "no base64",
        prove_possession(KEY, CHALLENGE, PARTNER).rstrip("="),
        prove_possession(KEY, CHALLENGE, PARTNER) + "\n",
        encode_base64(bytes(64)),
        encode_base64(KEY.sign(possession_payload(CHALLENGE, KEY.public.keyid, PARTNER))),
    ],
)
def test_what_is_no_proof_is_refused(proof: str) -> None:
    with pytest.raises(UntrustedSignatureError) as refusal:
        check_possession(KEY.public, CHALLENGE, PARTNER, proof)
    assert refusal.value.code is Code.KEY_POSSESSION_UNPROVEN


@pytest.mark.parametrize("kind", [kind for kind in PayloadType if kind is not PayloadType.POSSESSION])
def test_a_signature_of_another_kind_is_no_proof(kind: PayloadType) -> None:
    proof = encode_base64(KEY.sign(pae(kind, possession_payload(CHALLENGE, KEY.public.keyid, PARTNER))))
    with pytest.raises(UntrustedSignatureError):
        check_possession(KEY.public, CHALLENGE, PARTNER, proof)


def test_possession_alone_does_not_keep_out_a_key_that_anybody_can_sign_for() -> None:
    neutral = public_key_from_spki(bytes.fromhex("302a300506032b6570032100") + bytes([1]) + bytes(31))
    forged = encode_base64(bytes([1]) + bytes(63))
    assert check_possession(neutral, CHALLENGE, PARTNER, forged) == neutral  # why load_public_key checks the point first


def test_a_partner_that_cannot_be_utf_8_is_refused() -> None:
    with pytest.raises(MalformedInputError):
        prove_possession(KEY, CHALLENGE, "\ud800")
