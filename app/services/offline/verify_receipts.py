"""Verifying offline what the exchange signs: receipts of submissions, and attestations of objects that nobody signed.

Owns the steps, their order, and the words for what each of them does *not* show. Needs no exchange, no database and no network.
Kept by ``tests/services/offline/test_verify_receipts.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.crypto.envelope import open_envelope
from app.crypto.keys import PublicKey, load_public_key
from app.crypto.payload_type import PayloadType
from app.domain.errors import BreakwaterError, MalformedInputError
from app.domain.submission import ResultStatus
from app.stix.json_limits import MAX_BODY_BYTES
from app.stix.strict_json import parse


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its number, what it showed once it is passed, and what it does not show."""

    number: int
    checked: str
    not_checked: str


RECEIPT_STEPS = (
    Step(1, "The text is a DSSE envelope in strict JSON, of the kind receipt.", "Who made it."),
    Step(2, "It names the exchange's key that you gave.", "That this is the exchange's key: take it from where you trust it."),
    Step(3, "The signature is over the payload as it is here.", "Whether the exchange still holds what it received."),
    Step(4, "The payload is a receipt of a known form.", "The place in the log: its proofs come with a later release."),
)
"""How a receipt is verified."""


ATTESTATION_STEPS = (
    Step(1, "The text is a DSSE envelope in strict JSON, of the kind attestation.", "Who made it."),
    Step(2, "It names the exchange's key that you gave.", "That this is the exchange's key: take it from where you trust it."),
    Step(3, "The signature is over the payload as it is here.", "Who wrote the object: the channel is all it vouches for."),
    Step(
        4,
        "The payload names the digest of exactly this object.",
        "What the object says of its creator, and whether it was changed, revoked or recalled since.",
    ),
)
"""How an attestation is verified; an object that passes has the level *channel-attested*."""


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """What the exchange signed. ``digests`` are payload digest -> log index of each object that it holds by this receipt."""

    document: dict[str, Any]
    keyid: str
    digests: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VerifiedAttestation:
    """What the exchange attests of one object, and the id of the key that it signed with."""

    document: dict[str, Any]
    keyid: str


def known_exchange_key(pem: bytes) -> PublicKey:
    """Give the exchange's public key from its PEM. Raises ``UnfitKeyError``."""
    return load_public_key(pem)


def is_receipt(raw: bytes) -> bool:
    """Whether a file (unverified bytes) has the shape of a signed envelope, and so is no STIX; says nothing of its worth."""
    if len(raw) > MAX_BODY_BYTES or b'"payloadType"' not in raw:
        return False
    try:
        value = _parsed_envelope(raw)
    except BreakwaterError:
        return False
    return isinstance(value, dict) and "payloadType" in value and "type" not in value


def verify_receipt(raw: bytes, exchange_keys: Iterable[PublicKey]) -> VerifiedReceipt:
    """Give what a receipt says (unverified bytes) if the exchange signed it, by ``RECEIPT_STEPS``.

    Raises:
        MalformedInputError, UntrustedSignatureError: a step fails.
    """
    envelope = _parsed_envelope(raw)
    if not isinstance(envelope, dict):
        raise MalformedInputError("A receipt is a DSSE envelope.", pointer="")
    opened = open_envelope(envelope, PayloadType.RECEIPT, {key.keyid: key for key in exchange_keys})
    document = parse(opened.payload)
    return VerifiedReceipt(document, opened.keyid, _held(document))


def _parsed_envelope(raw: bytes) -> Any:
    """Give an envelope as ``strict_json.parse`` does, but with a payload of any length that 16 MiB hold.

    The payload of a receipt grows with the objects in it, beyond what one text may otherwise have.
    """
    if len(raw) > MAX_BODY_BYTES:
        return parse(raw)
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_named_once)
    except (ValueError, RecursionError):
        return parse(raw)  # refuses it, and says where
    if not isinstance(value, dict) or not isinstance(value.get("payload"), str):
        return parse(raw)
    payload = value.pop("payload")
    return {**parse(json.dumps(value).encode()), "payload": payload}


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _held(document: Any) -> dict[str, int | None]:
    """Give the objects that the exchange holds by a receipt's payload (signed, and still read with care)."""
    if not isinstance(document, dict) or document.get("type") not in {"submission-receipt", "object-receipt"}:
        raise MalformedInputError("The payload is no receipt of a known form.", pointer="/payload")
    objects = document.get("objects") if document["type"] == "submission-receipt" else [document]
    if not isinstance(objects, list) or not all(isinstance(one, dict) for one in objects):
        raise MalformedInputError("The payload is no receipt of a known form.", pointer="/payload")
    kept = {ResultStatus.STORED, ResultStatus.ALREADY_STORED}
    return {
        one["payload_digest"]: one.get("log_index")
        for one in objects
        if one.get("decision") in kept and one.get("payload_digest")
    }


def read_attestations(raw: bytes, exchange_keys: Iterable[PublicKey]) -> dict[str, VerifiedAttestation]:
    """Give what a file of attestations, one envelope a line (unverified bytes), says by payload digest, by ``ATTESTATION_STEPS``.

    An attestation that stands there twice counts once. Whether an object has that digest is for whoever looks one up.

    Raises:
        MalformedInputError, UntrustedSignatureError: a step fails, for whichever line; nothing of the file then counts.
    """
    keys = {key.keyid: key for key in exchange_keys}
    found: dict[str, VerifiedAttestation] = {}
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if line.strip():
            digest, attestation = _attestation(line, keys, number)
            found[digest] = attestation
    return found


def _attestation(line: bytes, keys: Mapping[str, PublicKey], number: int) -> tuple[str, VerifiedAttestation]:
    envelope = _parsed_envelope(line)
    if not isinstance(envelope, dict):
        raise MalformedInputError(f"line {number}: an attestation is a DSSE envelope.", pointer="")
    opened = open_envelope(envelope, PayloadType.ATTESTATION, keys)
    document = parse(opened.payload)
    digest = document.get("payload_digest") if isinstance(document, dict) else None
    if not isinstance(digest, str) or document.get("type") != "object-attestation":
        raise MalformedInputError(f"line {number}: the payload is no attestation of a known form.", pointer="/payload")
    return digest, VerifiedAttestation(document, opened.keyid)
