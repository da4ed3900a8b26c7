"""Verifying offline, with public keys only: publishers' signatures in objects.

Owns the steps, their order, and the words for what each of them does *not* show. Needs no exchange, no database and no network.
Does not check STIX. Kept by ``tests/services/offline/test_verify_objects.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Any

from app.crypto.canonical import canonical_bytes
from app.crypto.keys import PublicKey, load_public_key
from app.crypto.object_signature import read_signature, verify_object
from app.domain.errors import BreakwaterError, Code, MalformedInputError, UntrustedSignatureError
from app.domain.extensions import SIGNATURE
from app.domain.stix_object import JsonObject
from app.domain.submission import Refusal
from app.services.offline.read_object_file import Placed, Unreadable, read_object_file
from app.services.offline.verify_receipts import Step, VerifiedAttestation
from app.stix.markings import is_well_known
from app.stix.strict_json import parse

OBJECT_STEPS = (
    Step(1, "The text is strict JSON: it has one reading.", "Whether it is valid STIX, or true."),
    Step(2, "It carries exactly one publisher's signature, of the known shape.", "Who made it."),
    Step(
        3, "The signature names a key that you gave.", "Whether the exchange counts that key today, or did when it stored this."
    ),
    Step(
        4,
        "You bound that key to the identity that signs, and no other identity is named as creator.",
        "Who stands behind the identity: compare the key's id with what the partner told you.",
    ),
    Step(
        5,
        "The signature is over every member of this object as it is here.",
        "The signer's clock, and whether the object was changed, revoked or recalled since.",
    ),
)
"""How an object is verified; passing all gives level *signed*."""


@unique
class Level(StrEnum):
    """How far the proof goes. Later levels: logged before any compromise of the key, and cosigned by a witness."""

    CHANNEL_ATTESTED = "channel-attested"
    PUBLISHED = "published"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class KnownSigner:
    """A public key, whose it is (None: nobody said), and what the exchange said of its state when asked (None: not asked)."""

    key: PublicKey
    identity_id: str | None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class VerifiedSignature:
    """An object that passed every step. ``payload_digest`` is the hexadecimal SHA-256 that receipts name.

    A *published* object (TLP markings and the exchange's extension definitions) is equal to the published one, and unsigned. A
    *channel-attested* one nobody signed: the exchange vouches that a partner, named by ``signer``, sent exactly this content;
    ``keyid`` is the exchange's.
    ``key_state`` is the state of the key as last fetched, for the reader to judge; it is no step.
    """

    place: str
    stix_id: str
    level: Level
    signer: str | None = None
    keyid: str | None = None
    signed_at: str | None = None
    payload_digest: str | None = None
    key_state: str | None = None


@dataclass(frozen=True, slots=True)
class FailedSignature:
    """An object that failed: the step at which, and why."""

    place: str
    stix_id: str | None
    step: int
    refusal: Refusal


Verdict = VerifiedSignature | FailedSignature


def read_known_keys(raw: bytes) -> list[KnownSigner]:
    """Give the keys of a file as ``breakwater key fetch`` and ``key list --json`` write it (trusted: you made it).

    Raises:
        MalformedInputError: it is no such file.
        UnfitKeyError: a key in it must not be trusted.
    """
    document = parse(raw)
    records = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(records, list):
        raise MalformedInputError('A file of keys is {"keys": […]}, as `breakwater key fetch` writes it.', pointer="/keys")
    return [_known_signer(record, f"/keys/{number}") for number, record in enumerate(records)]


def _known_signer(record: object, place: str) -> KnownSigner:
    key, owner = (record.get("key"), record.get("owner")) if isinstance(record, dict) else (None, None)
    if not isinstance(key, dict) or not isinstance(owner, dict) or not _are_texts(key, "keyid", "public_key", "state"):
        raise MalformedInputError("A known key has a key (keyid, public_key, state) and its owner.", pointer=place)
    if not _are_texts(owner, "identity_id"):
        raise MalformedInputError("The owner of a key has an identity_id.", pointer=f"{place}/owner")
    public = load_public_key(key["public_key"].encode())
    if public.keyid != key["keyid"]:
        raise MalformedInputError("The key's id is not the one of its public key.", pointer=f"{place}/key/keyid")
    return KnownSigner(public, owner["identity_id"], key["state"])


def _are_texts(holder: Mapping[str, Any], *names: str) -> bool:
    return all(isinstance(holder.get(name), str) for name in names)


def known_signer(pem: bytes, identity_id: str | None) -> KnownSigner:
    """Give a key from its PEM, bound to the identity that its owner told you, if any. Raises ``UnfitKeyError``."""
    return KnownSigner(load_public_key(pem), identity_id)


def verify_document(
    raw: bytes, signers: Sequence[KnownSigner], attestations: Mapping[str, VerifiedAttestation] = MappingProxyType({})
) -> Iterator[Verdict]:
    """Verify every object of a file (unverified bytes): one verdict for each, in their order, by ``OBJECT_STEPS``.

    ``attestations`` are those that were verified before, by payload digest; they are asked about objects without a signature.
    The container itself (a bundle's id) is not signed and shows nothing. No keys verify nothing.

    Raises:
        MalformedInputError, TooLargeError: step 1 fails for the file as a whole, of whose objects nothing can then be said.
    """
    known = {signer.key.keyid: signer for signer in signers}
    return (_verdict(reading, known, attestations) for reading in read_object_file(raw).readings())


def named_keyids(raw: bytes) -> list[str]:
    """Give the ids of the keys that the signatures in a file (unverified bytes) name, each once; what has none is passed over."""
    found: dict[str, None] = {}
    for placed in read_object_file(raw):
        try:
            found[read_signature(placed.value).keyid] = None
        except UntrustedSignatureError:
            continue
    return list(found)


def named_signer(value: JsonObject) -> str | None:
    """Give the identity that claims to have signed an object (unverified), None without a signature."""
    try:
        return read_signature(value).signer
    except UntrustedSignatureError:
        return None


def _verdict(
    placed: Placed | Unreadable, known: Mapping[str, KnownSigner], attestations: Mapping[str, VerifiedAttestation]
) -> Verdict:
    if isinstance(placed, Unreadable):
        return FailedSignature(placed.place, None, 1, Refusal.of(placed.fault))
    name = placed.value.get("id")
    stix_id = name if isinstance(name, str) else None
    step = _Progress()
    try:
        if is_well_known(placed.value):
            return VerifiedSignature(placed.place, stix_id or "", Level.PUBLISHED)
        if SIGNATURE not in placed.value.get("extensions", ()):
            return _attested(placed, stix_id, attestations)
        return _verified(placed, known, step)
    except BreakwaterError as fault:
        return FailedSignature(placed.place, stix_id, step.number, Refusal.of(fault))


@dataclass(slots=True)
class _Progress:
    """At which step an object stands."""

    number: int = 2


def _verified(placed: Placed, known: Mapping[str, KnownSigner], step: _Progress) -> VerifiedSignature:
    entry = read_signature(placed.value)  # (2)
    step.number = 3
    signer = known.get(entry.keyid)
    if signer is None:
        sentence = "No key that you gave has the id that the signature names; fetch it, or distrust the object."
        raise UntrustedSignatureError(sentence, code=Code.KEY_NOT_ACCEPTED)
    step.number = 4
    if signer.identity_id is None:
        sentence = "Nobody said whose key this is; give --keys, or --signer with the identity it belongs to."
        raise UntrustedSignatureError(sentence, code=Code.SIGNER_MISMATCH)
    if signer.identity_id != entry.signer:
        sentence = "The key belongs to another identity than the one that claims to have signed."
        raise UntrustedSignatureError(sentence, code=Code.SIGNER_MISMATCH)
    _check_creator(placed.value, entry.signer)
    step.number = 5
    digest = verify_object(placed.value, entry, signer.key)
    return VerifiedSignature(
        place=placed.place,
        stix_id=str(placed.value.get("id", "")),
        level=Level.SIGNED,
        signer=entry.signer,
        keyid=entry.keyid,
        signed_at=entry.signed_at.isoformat().replace("+00:00", "Z"),
        payload_digest=digest.hex(),
        key_state=signer.state,
    )


def _attested(placed: Placed, stix_id: str | None, attestations: Mapping[str, VerifiedAttestation]) -> VerifiedSignature:
    """Give the verdict on an object without a signature: what the exchange attested, if it attested exactly this content."""
    digest = hashlib.sha256(canonical_bytes(placed.value)).hexdigest()
    found = attestations.get(digest)
    if found is None or found.document.get("id") != stix_id:
        sentence = "It carries no signature, and no attestation that you gave is about exactly this content."
        raise UntrustedSignatureError(sentence, code=Code.SIGNATURE_MISSING)
    identity = found.document.get("identity")
    signer = identity if isinstance(identity, str) else None
    return VerifiedSignature(
        placed.place, stix_id or "", Level.CHANNEL_ATTESTED, signer=signer, keyid=found.keyid, payload_digest=digest
    )


def _check_creator(value: JsonObject, signer: str) -> None:
    if value.get("created_by_ref", signer) != signer:
        raise UntrustedSignatureError(
            "The object names another creator than its signer.", code=Code.SIGNER_MISMATCH, pointer="/created_by_ref"
        )
