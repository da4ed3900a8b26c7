"""Proof that whoever registers a public key holds its private half.

Owns the statement that is signed: the server's challenge, the key and the partner, so that a proof is good for one registration
only. Does not make, store or expire challenges. Kept by ``tests/client/trust/test_possession.py``.
"""

from __future__ import annotations

from breakwater_client.errors import Code, UntrustedSignatureError
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import pae
from breakwater_client.trust.keys import PrivateKey, PublicKey
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.trust.strict_base64 import decode_base64, encode_base64


def possession_payload(challenge: str, keyid: str, partner_id: str) -> bytes:
    """Give the RFC 8785 bytes of the statement that a proof signs.

    Raises:
        MalformedInputError: a text that cannot be UTF-8.
    """
    return canonical_bytes({"challenge": challenge, "keyid": keyid, "partner_id": partner_id})


def prove_possession(key: PrivateKey, challenge: str, partner_id: str) -> str:
    """Give the proof for the server's ``challenge``: a signature in standard, padded base64.

    Raises:
        MalformedInputError: a text that cannot be UTF-8.
    """
    payload = possession_payload(challenge, key.public.keyid, partner_id)
    return encode_base64(key.sign(pae(PayloadType.POSSESSION, payload)))


def check_possession(public_key: PublicKey, challenge: str, partner_id: str, proof: str) -> PublicKey:
    """Give ``public_key`` back if ``proof`` (unverified) shows that this partner holds its private half.

    ``challenge`` and ``partner_id`` are the server's own records, not what the message says. Does NOT check that the challenge
    is fresh or unused, nor the point: that is ``keys.load_public_key``, without which a small-order key proves anything.

    Raises:
        UntrustedSignatureError: code ``key-possession-unproven``, for every failure.
    """
    signature = decode_base64(proof)
    payload = possession_payload(challenge, public_key.keyid, partner_id)
    try:
        public_key.verify(signature or b"", pae(PayloadType.POSSESSION, payload))
    except UntrustedSignatureError:
        sentence = "The proof does not show that you hold this key's private half."
        raise UntrustedSignatureError(sentence, code=Code.KEY_POSSESSION_UNPROVEN) from None
    return public_key
