"""DSSE envelopes: a payload, its kind, and who signed it.

Owns the pre-authentication encoding, which every signature of the exchange is made over, and the JSON form of an envelope
(DSSE 1.0.2, https://github.com/secure-systems-lab/dsse). Does not read payloads and does not know whether a key counts.
Kept by ``tests/crypto/test_envelope.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.crypto.keys import PublicKey, SigningKey
from app.crypto.payload_type import PayloadType
from app.crypto.strict_base64 import decode_base64, encode_base64
from app.domain.errors import UntrustedSignatureError


@dataclass(frozen=True, slots=True)
class OpenedEnvelope:
    """What a verified envelope held: the payload's bytes, and the id of the key that signed them."""

    payload: bytes
    keyid: str


def pae(payload_type: str, payload: bytes) -> bytes:
    """Give DSSE's pre-authentication encoding: kind and payload, each after its length in bytes.

    Because of the lengths no kind can run into its payload: two different pairs never give the same bytes.
    """
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign_envelope(payload_type: PayloadType, payload: bytes, key: SigningKey) -> dict[str, Any]:
    """Give the envelope of ``payload`` as a JSON object: ``payloadType``, ``payload`` (base64), and one signature."""
    signature = key.sign(pae(payload_type, payload))
    return {
        "payloadType": payload_type.value,
        "payload": encode_base64(payload),
        "signatures": [{"keyid": key.public.keyid, "sig": encode_base64(signature)}],
    }


def open_envelope(envelope: Mapping[str, Any], payload_type: PayloadType, keys: Mapping[str, PublicKey]) -> OpenedEnvelope:
    """Give the payload of an envelope (unverified JSON object) of the expected kind, signed with one of ``keys`` (by key id).

    Exactly the known members and exactly one signature. Which keys count, and when, is the caller's choice of ``keys``; no keys
    open nothing. The payload is verified and NOT parsed. Pointers are relative to the envelope.

    Raises:
        UntrustedSignatureError: malformed, another kind, an unknown key, or a signature that does not verify.
    """
    if envelope.keys() != {"payloadType", "payload", "signatures"}:
        raise UntrustedSignatureError("An envelope has exactly payloadType, payload and signatures.", pointer="")
    if envelope["payloadType"] != payload_type.value:
        raise UntrustedSignatureError("The envelope holds another kind of document.", pointer="/payloadType")
    payload = decode_base64(envelope["payload"])
    if payload is None:
        raise UntrustedSignatureError("The payload is not canonical, padded base64.", pointer="/payload")
    key, signature = _only_signature(envelope["signatures"], keys)
    key.verify(signature, pae(payload_type, payload), pointer="/signatures/0/sig")
    return OpenedEnvelope(payload=payload, keyid=key.keyid)


def _only_signature(signatures: object, keys: Mapping[str, PublicKey]) -> tuple[PublicKey, bytes]:
    if not isinstance(signatures, list) or len(signatures) != 1:
        raise UntrustedSignatureError("An envelope has exactly one signature.", pointer="/signatures")
    entry = signatures[0]
    if not isinstance(entry, dict) or entry.keys() != {"keyid", "sig"}:
        raise UntrustedSignatureError("A signature has exactly keyid and sig.", pointer="/signatures/0")
    key = keys.get(entry["keyid"]) if isinstance(entry["keyid"], str) else None
    if key is None:
        raise UntrustedSignatureError("The signature names a key that does not count here.", pointer="/signatures/0/keyid")
    signature = decode_base64(entry["sig"])
    if signature is None:
        raise UntrustedSignatureError("The signature is not canonical, padded base64.", pointer="/signatures/0/sig")
    return key, signature
