"""DSSE envelopes: a payload, its kind, and who signed it.

Owns the pre-authentication encoding, which every signature of the exchange is made over, and the JSON form of an envelope
(DSSE 1.0.2, https://github.com/secure-systems-lab/dsse). Does not read payloads and does not know whether a key counts.
Kept by ``tests/client/trust/test_envelope.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from breakwater_client.errors import UntrustedSignatureError
from breakwater_client.trust.keys import PublicKey, SigningKey
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.trust.strict_base64 import decode_base64, encode_base64


@dataclass(frozen=True, slots=True)
class OpenedEnvelope:
    """What a verified envelope held: the payload's bytes, and the id of the key that signed them."""

    payload: bytes
    keyid: str


@dataclass(frozen=True, slots=True)
class JointlySigned:
    """What an envelope with several signatures held, and the ids of the keys that signed it: all that it names, each once."""

    payload: bytes
    keyids: frozenset[str]


def pae(payload_type: str, payload: bytes) -> bytes:
    """Give DSSE's pre-authentication encoding: kind and payload, each after its length in bytes.

    Because of the lengths no kind can run into its payload: two different pairs never give the same bytes.
    """
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign_envelope(payload_type: PayloadType, payload: bytes, key: SigningKey) -> dict[str, Any]:
    """Give the envelope of ``payload`` as a JSON object: ``payloadType``, ``payload`` (base64), and one signature."""
    return sign_jointly(payload_type, payload, [key])


def sign_jointly(payload_type: PayloadType, payload: bytes, keys: Sequence[SigningKey]) -> dict[str, Any]:
    """Give the same with a signature of each of ``keys``, in their order."""
    message = pae(payload_type, payload)
    return {
        "payloadType": payload_type.value,
        "payload": encode_base64(payload),
        "signatures": [{"keyid": key.public.keyid, "sig": encode_base64(key.sign(message))} for key in keys],
    }


def open_envelope(envelope: Mapping[str, Any], payload_type: PayloadType, keys: Mapping[str, PublicKey]) -> OpenedEnvelope:
    """Give the payload of an envelope (unverified JSON object) of the expected kind, signed with one of ``keys`` (by key id).

    Exactly the known members and exactly one signature. Which keys count, and when, is the caller's choice of ``keys``; no keys
    open nothing. The payload is verified and NOT parsed. Pointers are relative to the envelope.

    Raises:
        UntrustedSignatureError: malformed, another kind, an unknown key, or a signature that does not verify.
    """
    payload = unverified_payload(envelope, payload_type)
    signatures = envelope["signatures"]
    if not isinstance(signatures, list) or len(signatures) != 1:
        raise UntrustedSignatureError("An envelope has exactly one signature.", pointer="/signatures")
    return OpenedEnvelope(payload, _verified(signatures[0], 0, keys, pae(payload_type, payload)))


def open_jointly(
    envelope: Mapping[str, Any], payload_type: PayloadType, keys: Mapping[str, PublicKey], most: int = 2
) -> JointlySigned:
    """Give the payload of an envelope with up to ``most`` signatures, each by another of ``keys``, as ``open_envelope`` does.

    All of them must verify: a signature that nobody here can check is refused, not passed over. Whether those who signed are
    enough is the caller's question.

    Raises:
        UntrustedSignatureError: as ``open_envelope``; no signature, more than ``most``, or two by one key.
    """
    payload = unverified_payload(envelope, payload_type)
    signatures = envelope["signatures"]
    if not isinstance(signatures, list) or not 1 <= len(signatures) <= most:
        raise UntrustedSignatureError(f"This envelope has one to {most} signatures.", pointer="/signatures")
    message = pae(payload_type, payload)
    keyids = frozenset(_verified(entry, number, keys, message) for number, entry in enumerate(signatures))
    if len(keyids) != len(signatures):
        raise UntrustedSignatureError("Each key signs an envelope once.", pointer="/signatures")
    return JointlySigned(payload, keyids)


def unverified_payload(envelope: Mapping[str, Any], payload_type: PayloadType) -> bytes:
    """Give what an envelope (unverified JSON object) of the expected kind holds, BEFORE any signature was checked.

    For documents that name the keys which signed them; whoever reads it goes on to ``open_jointly``.

    Raises:
        UntrustedSignatureError: malformed, or another kind.
    """
    if envelope.keys() != {"payloadType", "payload", "signatures"}:
        raise UntrustedSignatureError("An envelope has exactly payloadType, payload and signatures.", pointer="")
    if envelope["payloadType"] != payload_type.value:
        raise UntrustedSignatureError("The envelope holds another kind of document.", pointer="/payloadType")
    payload = decode_base64(envelope["payload"])
    if payload is None:
        raise UntrustedSignatureError("The payload is not canonical, padded base64.", pointer="/payload")
    return payload


def _verified(entry: object, number: int, keys: Mapping[str, PublicKey], message: bytes) -> str:
    """Give the id of the key that made a signature of an envelope."""
    at = f"/signatures/{number}"
    if not isinstance(entry, dict) or entry.keys() != {"keyid", "sig"}:
        raise UntrustedSignatureError("A signature has exactly keyid and sig.", pointer=at)
    key = keys.get(entry["keyid"]) if isinstance(entry["keyid"], str) else None
    if key is None:
        raise UntrustedSignatureError("The signature names a key that does not count here.", pointer=f"{at}/keyid")
    signature = decode_base64(entry["sig"])
    if signature is None:
        raise UntrustedSignatureError("The signature is not canonical, padded base64.", pointer=f"{at}/sig")
    key.verify(signature, message, pointer=f"{at}/sig")
    return key.keyid
