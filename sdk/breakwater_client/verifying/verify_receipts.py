"""Verifying offline what the exchange signs: receipts of submissions, and attestations of objects that nobody signed.

Owns the steps, their order, and the words for what each of them does *not* show. Needs no exchange, no database and no network.
Kept by ``tests/client/verifying/test_verify_receipts.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from breakwater_client.documents.long_envelopes import member_of, parse_envelope
from breakwater_client.documents.strict_json import parse
from breakwater_client.errors import Code, MalformedInputError, UntrustedSignatureError
from breakwater_client.submission import HELD, ResultStatus
from breakwater_client.trust.envelope import OpenedEnvelope, open_envelope
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.verifying.known_keys import ExchangeKey, by_keyid
from breakwater_client.verifying.steps import Step, at_step

RECEIPT_STEPS = (
    Step(1, "The text is a DSSE envelope in strict JSON, of the kind receipt.", "Who made it."),
    Step(
        2,
        "It names a key of the exchange that you gave or that the directory lists, and nobody reported that key as compromised.",
        "That this is the exchange's key: take it, or the directory's, from where you trust it.",
    ),
    Step(3, "The signature is over the payload as it is here.", "Whether the exchange still holds what it received."),
    Step(
        4,
        "The payload is a receipt of a known form, of this exchange.",
        "The place in the log and the time: they are the exchange's word until a log proof, and a witness, show them.",
    ),
)
"""How a receipt is verified."""

_NOUNS = {
    PayloadType.AGREEMENT: "agreement",
    PayloadType.CATALOGUE_RELEASE: "catalogue-release",
    PayloadType.EXPORT_MANIFEST: "export-manifest",
    PayloadType.PREVENTION_RELEASE: "prevention-release",
    PayloadType.RECEIPT: "receipt",
}

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
    """What the exchange signed. ``digests`` are payload digest -> log index of each object that it holds by this receipt.

    ``received_at`` is the time that it states for all of them (None: none that can be read, or one for a single object).
    Those in ``stored`` it did not hold before.
    """

    document: dict[str, Any]
    keyid: str
    digests: Mapping[str, int | None] = field(default_factory=dict)
    received_at: datetime | None = None
    stored: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class VerifiedAttestation:
    """What the exchange attests of one object, and the id of the key that it signed with."""

    document: dict[str, Any]
    keyid: str


def verify_receipt(raw: bytes, keys: Iterable[ExchangeKey], exchange: str | None = None) -> VerifiedReceipt:
    """Give what a receipt says (unverified bytes) if the exchange signed it, by ``RECEIPT_STEPS``.

    ``exchange`` is the id of the one whose keys these are, None if nobody said.

    Raises:
        FailedStepError: a step fails.
    """
    with at_step(1):
        envelope = parse_envelope(raw)
    return open_receipt(envelope, keys, exchange)


def open_receipt(envelope: object, keys: Iterable[ExchangeKey], exchange: str | None = None) -> VerifiedReceipt:
    """Do the same for an envelope that was parsed (unverified JSON value)."""
    opened = open_stated(envelope, PayloadType.RECEIPT, keys)
    with at_step(4):
        document = parse(opened.payload)
        held = _held(document)
        if exchange is not None and document.get("exchange") != exchange:
            raise MalformedInputError("The receipt is another exchange's.", pointer="/payload")
        # One for a single object is signed anew whenever it is asked for: its time is not one of signing.
        received_at = None if document["type"] == "object-receipt" else _instant(document.get("received_at"))
        digests = {digest: index for digest, (index, _) in held.items()}
        stored = frozenset(digest for digest, (_, decision) in held.items() if decision == ResultStatus.STORED)
        return VerifiedReceipt(document, opened.keyid, digests, received_at, stored)


def open_stated(envelope: object, kind: PayloadType, keys: Iterable[ExchangeKey]) -> OpenedEnvelope:
    """Give the payload (not yet read) of what the exchange states (unverified JSON value), by the first three steps of a receipt.

    Raises:
        FailedStepError: a step fails.
    """
    known, noun = {one.key.keyid: one for one in keys}, _NOUNS[kind]
    with at_step(1):
        if not isinstance(envelope, dict) or envelope.get("payloadType") != kind:
            raise MalformedInputError(f"This is no DSSE envelope of the kind {noun}.", pointer="/payloadType")
    with at_step(2):
        named = known.get(str(_named_key(envelope)))
        if named is None:
            sentence = f"The {noun} names no key of the exchange that you gave."
            raise UntrustedSignatureError(sentence, code=Code.KEY_NOT_ACCEPTED, pointer="/signatures/0/keyid")
        named.check_counted_at(None)  # its time is the word of whoever held the key
    with at_step(3):
        return open_envelope(envelope, kind, by_keyid([named]))


def _named_key(envelope: Mapping[str, Any]) -> object:
    signatures = envelope.get("signatures")
    return member_of(signatures[0], "keyid") if isinstance(signatures, list) and signatures else None


def _instant(text: object) -> datetime | None:
    """Give the time of a receipt (signed, and still read with care), None for what is no instant in UTC."""
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) and text.endswith("Z") else None
    except ValueError:
        return None


def _held(document: Any) -> dict[str, tuple[int | None, str]]:
    """Give log index and decision of what the exchange holds by a receipt's payload (signed, and still read with care)."""
    if not isinstance(document, dict) or document.get("type") not in ("submission-receipt", "object-receipt"):
        raise MalformedInputError("The payload is no receipt of a known form.", pointer="/payload")
    objects = document.get("objects") if document["type"] == "submission-receipt" else [document]
    if not isinstance(objects, list) or not all(isinstance(member_of(one, "decision"), str) for one in objects):
        raise MalformedInputError("The payload is no receipt of a known form.", pointer="/payload")
    kept = [one for one in objects if one["decision"] in HELD]
    named = [one for one in kept if one.get("payload_digest")]
    held = {str(one["payload_digest"]): (one.get("log_index"), str(one["decision"])) for one in named}
    if not all(index is None or type(index) is int for index, _ in held.values()):
        raise MalformedInputError("The payload is no receipt of a known form.", pointer="/payload")
    return held


def read_attestations(raw: bytes, keys: Iterable[ExchangeKey]) -> dict[str, VerifiedAttestation]:
    """Give what a file of attestations, one envelope a line (unverified bytes), says by payload digest, by ``ATTESTATION_STEPS``.

    An attestation that stands there twice counts once. Whether an object has that digest is for whoever looks one up.

    Raises:
        MalformedInputError, UntrustedSignatureError: a step fails, for whichever line; nothing of the file then counts.
    """
    known = {one.key.keyid: one for one in keys}
    found: dict[str, VerifiedAttestation] = {}
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if line.strip():
            digest, attestation = _attestation(line, known, number)
            found[digest] = attestation
    return found


def _attestation(line: bytes, keys: Mapping[str, ExchangeKey], number: int) -> tuple[str, VerifiedAttestation]:
    envelope = parse_envelope(line)
    if not isinstance(envelope, dict):
        raise MalformedInputError(f"line {number}: an attestation is a DSSE envelope.", pointer="")
    opened = open_envelope(envelope, PayloadType.ATTESTATION, by_keyid(keys.values()))
    keys[opened.keyid].check_counted_at(None)
    document = parse(opened.payload)
    digest = document.get("payload_digest") if isinstance(document, dict) else None
    if not isinstance(digest, str) or document.get("type") != "object-attestation":
        raise MalformedInputError(f"line {number}: the payload is no attestation of a known form.", pointer="/payload")
    return digest, VerifiedAttestation(document, opened.keyid)
