"""Verifying offline, with public keys only: publishers' signatures in objects.

Owns the steps, their order, and the words for what each of them does *not* show. Needs no exchange, no database and no network.
Does not check STIX. Kept by ``tests/client/verifying/test_verify_objects.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from breakwater_client.documents.read_object_file import Placed, Unreadable, read_object_file
from breakwater_client.documents.well_known import is_well_known
from breakwater_client.errors import BreakwaterError, Code, UntrustedSignatureError
from breakwater_client.extensions import SIGNATURE
from breakwater_client.stated_objects import NOTICE_TYPE, is_stated_by_exchanges
from breakwater_client.stix_values import JsonObject
from breakwater_client.submission import Refusal
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.object_signature import SignatureEntry, check_creator, read_signature, verify_object
from breakwater_client.verifying.known_keys import KnownSigner, fit_key
from breakwater_client.verifying.steps import FailedStepError, Step, at_step
from breakwater_client.verifying.verdicts import FailedSignature, Level, Logged, Verdict, VerifiedSignature
from breakwater_client.verifying.verify_receipts import VerifiedAttestation
from breakwater_client.vocabulary import KeyUsage

OBJECT_STEPS = (
    Step(1, "The text is strict JSON: it has one reading.", "Whether it is valid STIX, or true."),
    Step(2, "It carries exactly one publisher's signature, of the known shape.", "Who made it."),
    Step(
        3,
        "The signature names a key that you gave, or that the directory lists for signing objects.",
        "Whether the exchange counts that key today, if you gave no directory.",
    ),
    Step(
        4,
        "That key is bound to the identity that signs, for this type, and no other identity is named as creator.",
        "Who stands behind the identity: compare the key's id with what the partner told you.",
    ),
    Step(
        5,
        "The signature is over every member of this object as it is here: level signed.",
        "The signer's clock, and whether the object was changed, revoked or recalled since.",
    ),
    Step(
        6,
        "A proof that you gave leads from this content to a checkpoint that the exchange signed: level logged.",
        "When it was logged, but for the word of checkpoint, receipt or witness; without a proof the level stays signed.",
    ),
    Step(
        7,
        "If the key is compromised, the log had this before, as checkpoint, receipt or witness say; no receipt is after its end.",
        "A compromise that nobody has noticed or reported. The times of checkpoints and receipts are the exchange's word.",
    ),
    Step(
        8,
        "As many of your witnesses as you ask for cosigned that checkpoint: level cosigned.",
        "Whether the witnesses are independent of the exchange and of each other.",
    ),
)
"""How an object is verified. The first five give level *signed*; what follows counts if there is a proof."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was verified before, by payload digest: what the exchange attests of unsigned objects, and where its log has what.

    ``unsigned_from`` are identities of partners whose unsigned objects count though they have keys: whoever verifies says so.
    """

    attestations: Mapping[str, VerifiedAttestation] = field(default_factory=dict)
    logged: Mapping[str, Logged] = field(default_factory=dict)
    unsigned_from: Collection[str] = ()


NO_EVIDENCE = Evidence()


def verify_document(raw: bytes, signers: Sequence[KnownSigner], evidence: Evidence = NO_EVIDENCE) -> Iterator[Verdict]:
    """Verify every object of a file (unverified bytes): one verdict for each, in their order, by ``OBJECT_STEPS``.

    Attestations are asked about objects without a signature, the log's proofs about those with one. No attestation speaks for an
    identity of which ``signers`` has a key, as sender or as creator: the exchange alone could put words into its mouth.
    The container itself (a bundle's id) is not signed and shows nothing. No keys verify nothing.

    Raises:
        MalformedInputError, TooLargeError: step 1 fails for the file as a whole, of whose objects nothing can then be said.
    """
    known = {signer.key.keyid: signer for signer in signers}
    return (_verdict(reading, known, evidence) for reading in read_object_file(raw).readings())


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


def _verdict(placed: Placed | Unreadable, known: Mapping[str, KnownSigner], evidence: Evidence) -> Verdict:
    if isinstance(placed, Unreadable):
        return FailedSignature(placed.place, None, 1, Refusal.of(placed.fault))
    name = placed.value.get("id")
    stix_id = name if isinstance(name, str) else None
    try:
        if is_well_known(placed.value):
            return VerifiedSignature(placed.place, stix_id or "", Level.PUBLISHED)
        if not _is_signed(placed.value):
            return _attested(placed, stix_id, evidence, {one.identity_id for one in known.values()})
        return _verified(placed, known, evidence.logged)
    except FailedStepError as fault:
        return FailedSignature(placed.place, stix_id, fault.number, Refusal.of(fault))
    except BreakwaterError as fault:
        return FailedSignature(placed.place, stix_id, 2, Refusal.of(fault))


def _is_signed(value: JsonObject) -> bool:
    """Whether an object claims a signature; extensions that are no object claim whatever ``read_signature`` refuses."""
    extensions = value.get("extensions", {})
    return not isinstance(extensions, dict) or SIGNATURE in extensions


def _verified(placed: Placed, known: Mapping[str, KnownSigner], log: Mapping[str, Logged]) -> VerifiedSignature:
    entry = read_signature(placed.value)  # (2)
    with at_step(3):
        signer = known.get(entry.keyid)
        if signer is None:
            sentence = "No key that you gave has the id that the signature names; fetch it, or distrust the object."
            raise UntrustedSignatureError(sentence, code=Code.KEY_NOT_ACCEPTED)
        key = fit_key(signer.key)
    with at_step(4):
        _check_owner(signer, entry)
        _check_use(signer, placed.value)
        check_creator(placed.value, entry.signer)
    with at_step(5):
        digest = verify_object(placed.value, entry, key).hex()
    logged = log.get(digest)  # (6)
    with at_step(7):
        check_time(signer, logged)
    return VerifiedSignature(
        place=placed.place,
        stix_id=str(placed.value.get("id", "")),
        level=_level(logged),  # (8)
        signer=entry.signer,
        keyid=entry.keyid,
        signed_at=entry.signed_at.isoformat().replace("+00:00", "Z"),
        payload_digest=digest,
        key_state=signer.state,
        key_ended_at=signer.ended_at,
        logged=logged,
    )


def _level(logged: Logged | None) -> Level:
    if logged is None:
        return Level.SIGNED
    return Level.COSIGNED if logged.cosigned else Level.LOGGED


_TAKEN_LATE = "The exchange took this only after the key was compromised, as its receipt says."
_SHOWN_LATE = (
    "The key is reported as compromised, and by a time before that nothing that you gave shows the log to hold this: not that it "
    "came later, either. A proof against an older checkpoint, or what leads from one that you kept to this, has an earlier time."
)


def check_time(signer: KnownSigner, logged: Logged | None) -> None:
    """Return if what ``signer`` signed was logged while its key counted, as far as the evidence tells.

    Of a key that is retired or revoked, what the exchange took stays good, unless its receipt says that it took it after the end;
    a checkpoint or a witness says only by when it was there. Of a compromised one only what was logged before is good.

    Raises:
        UntrustedSignatureError: code ``key-was-compromised``, or ``key-not-accepted`` before it counted.
    """
    since, at = signer.compromised_since, logged.at if logged else None
    if since is not None and at is None:
        sentence = (
            "The key is reported as compromised, and nothing that you gave shows that the log held this before: a proof against "
            "the first checkpoint that covers it does (log proof --first), or one with the receipt or a witness."
        )
        raise UntrustedSignatureError(sentence, code=Code.KEY_WAS_COMPROMISED)
    latest, received = (logged.latest, logged.received) if logged else (None, None)
    if since is not None and at is not None and at >= since:
        raise UntrustedSignatureError(_TAKEN_LATE if received == at else _SHOWN_LATE, code=Code.KEY_WAS_COMPROMISED)
    if signer.counts_from is not None and latest is not None and latest < signer.counts_from:
        raise UntrustedSignatureError("The log held this before the key counted.", code=Code.KEY_NOT_ACCEPTED)
    if signer.ended_at is not None and received is not None and received >= signer.ended_at:
        raise UntrustedSignatureError("The exchange took this only after the key had ended.", code=Code.KEY_NOT_ACCEPTED)


def _check_owner(signer: KnownSigner, entry: SignatureEntry) -> None:
    if signer.identity_id is None:
        sentence = "Nobody said whose key this is; give --keys, or --signer with the identity it belongs to."
        raise UntrustedSignatureError(sentence, code=Code.SIGNER_MISMATCH)
    if signer.identity_id != entry.signer:
        sentence = "The key belongs to another identity than the one that claims to have signed."
        raise UntrustedSignatureError(sentence, code=Code.SIGNER_MISMATCH)


def _check_use(signer: KnownSigner, value: JsonObject) -> None:
    """Return if a key of this use signs this: notices of recalls and the catalogue are the exchange's words, and no others."""
    if signer.usage is None:
        return
    is_exchange, is_notice = signer.usage is KeyUsage.STATEMENT_SIGNING, value.get("type") == NOTICE_TYPE
    if is_exchange and not is_stated_by_exchanges(value):
        sentence = "With the key of its statements the exchange signs notices of recalls and the catalogue, and nothing else."
        raise UntrustedSignatureError(sentence, code=Code.SIGNER_MISMATCH)
    if is_notice and not is_exchange:
        raise UntrustedSignatureError("The exchange alone signs notices of recalls.", code=Code.SIGNER_MISMATCH)


_SIGNS_ITSELF = (
    "It carries no signature, only the exchange's word, and speaks for somebody who has a key. If you know by another way that "
    "its sender sends unsigned objects as well, name the sender (unsigned_from, --unsigned-from)."
)


def _attested(placed: Placed, stix_id: str | None, evidence: Evidence, signing: Collection[str | None]) -> VerifiedSignature:
    """Give the verdict on an object without a signature: what the exchange attested, if it attested exactly this content.

    ``signing`` are the identities that have keys: what they make they sign, unless whoever verifies names them.
    """
    digest = hashlib.sha256(canonical_bytes(placed.value)).hexdigest()
    found = evidence.attestations.get(digest)
    if found is None or found.document.get("id") != stix_id:
        sentence = "It carries no signature, and no attestation that you gave is about exactly this content."
        raise UntrustedSignatureError(sentence, code=Code.SIGNATURE_MISSING)
    identity = found.document.get("identity")
    signer = identity if isinstance(identity, str) else None
    creator = placed.value.get("created_by_ref")
    if signer not in evidence.unsigned_from and (signer in signing or creator in signing):
        raise UntrustedSignatureError(_SIGNS_ITSELF, code=Code.SIGNATURE_MISSING)
    return VerifiedSignature(
        placed.place, stix_id or "", Level.CHANNEL_ATTESTED, signer=signer, keyid=found.keyid, payload_digest=digest
    )
