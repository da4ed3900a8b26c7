"""Verifying offline what the exchange's log proves: that it holds a content, and that it holds all that a submission stored.

Owns the form of both documents, the steps, and the words for what each of them does *not* show. Fetches nothing. Kept by
``tests/client/verifying/test_verify_log.py``.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from breakwater_client.documents.long_envelopes import parse_envelope
from breakwater_client.documents.strict_json import parse
from breakwater_client.errors import MalformedInputError, UnprovenError
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.checkpoint import log_origin
from breakwater_client.trust.log_leaf import LeafKind, leaf_bytes, leaf_hash
from breakwater_client.trust.merkle import verify_inclusion
from breakwater_client.trust.strict_base64 import decode_base64
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.steps import Step, at_step
from breakwater_client.verifying.verdicts import Logged
from breakwater_client.verifying.verify_checkpoints import LogKeys, VerifiedCheckpoint, verify_checkpoint
from breakwater_client.verifying.verify_receipts import VerifiedReceipt, open_receipt

PROOF_STEPS = (
    Step(1, "The text is strict JSON with exactly the members of a log proof.", "Who made it: nothing in it is believed."),
    Step(2, "Its checkpoint verifies, and is of the exchange and size that it names.", "What its own steps do not show."),
    Step(
        3,
        "From kind, salt and digest as they are here, the path leads to the checkpoint's root: the log holds that leaf there.",
        "What has this digest: give the object, or the receipt. When it was logged: checkpoint, receipt or witness say by when.",
    ),
)
"""How a proof that the log holds something is verified."""

ENTRY_STEPS = (
    Step(1, "The text is strict JSON: a document and its log proof.", "Who made it: it is not believed."),
    Step(2, "The log proof verifies.", "What a log proof's own steps do not show."),
    Step(
        3,
        "The proof is of exactly this document, in canonical form: the exchange committed to it.",
        "Whether it is true, and whether other documents of the log contradict it.",
    ),
)
"""How a document that the log commits to is verified: an agreement, a recall, a key event."""

SUBMISSION_STEPS = (
    Step(1, "The text is strict JSON with exactly the members of a submission's proof.", "Who made it: it is not believed."),
    Step(2, "Its receipt verifies, and is of the submission that it names.", "What a receipt's own steps do not show."),
    Step(3, "Each of its log proofs verifies.", "What a log proof's own steps do not show."),
    Step(
        4,
        "Each version that the receipt says is stored has its proof, at the index that the receipt names.",
        "Whether the versions are there still: the log keeps the leaf of what was withdrawn.",
    ),
)
"""How the proof of all that a submission stored is verified."""

_PROOF_MEMBERS = frozenset({"type", "exchange", "kind", "log_index", "salt", "digest", "tree_size", "path", "checkpoint"})
_SUBMISSION_MEMBERS = frozenset({"type", "submission", "receipt", "proofs"})
_HEX = re.compile(r"[0-9a-f]{64}")
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
MAX_PATH = 128
"""Twice what a tree of any size needs."""


@dataclass(frozen=True, slots=True)
class VerifiedProof:
    """A leaf that the log holds: of which kind, over which digest (hexadecimal), where, and against which checkpoint.

    ``document`` is what has this digest, where it lay beside the proof.
    """

    kind: LeafKind
    digest: str
    index: int
    checkpoint: VerifiedCheckpoint
    document: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class VerifiedSubmission:
    """A receipt and the proofs of all that it says is stored."""

    receipt: VerifiedReceipt
    proofs: tuple[VerifiedProof, ...]


def verify_log_proof(raw: bytes, log: LogKeys) -> VerifiedProof:
    """Give the leaf that a proof (unverified bytes) shows the log to hold, by ``PROOF_STEPS``.

    Raises:
        FailedStepError: a step fails.
    """
    with at_step(1):
        document = parse(raw)
    return _proven(document, log)


def verify_log_proofs(raw: bytes, log: LogKeys) -> tuple[VerifiedProof, ...]:
    """Give the leaves that a list of proofs (unverified bytes) shows the log to hold: of one version, once for each owner.

    Raises:
        FailedStepError: a step of one of them fails.
    """
    with at_step(1):
        document = parse(raw)
        proofs = document["proofs"] if isinstance(document, dict) and document.keys() == {"proofs"} else document
        if not isinstance(proofs, list):
            raise malformed("/proofs")
    return tuple(_proven(one, log) for one in proofs)


def verify_entry_proof(raw: bytes, log: LogKeys) -> VerifiedProof:
    """Give the leaf that commits to a document which lies beside its proof (unverified bytes), by ``ENTRY_STEPS``.

    Raises:
        FailedStepError: a step fails.
    """
    with at_step(1):
        document = parse(raw)
        if not isinstance(document, dict) or document.keys() != {"document", "proof"}:
            raise malformed("")
    with at_step(2):
        proof = _proven(document["proof"], log)
    with at_step(3):
        is_it = isinstance(document["document"], dict)
        if not is_it or hashlib.sha256(canonical_bytes(document["document"])).hexdigest() != proof.digest:
            raise UnprovenError("The proof is of another document.", pointer="/document")
    return replace(proof, document=document["document"])


def verify_submission_proof(raw: bytes, keys: Iterable[ExchangeKey], log: LogKeys) -> VerifiedSubmission:
    """Give a receipt and its proofs (unverified bytes) if all belongs together, by ``SUBMISSION_STEPS``.

    Raises:
        FailedStepError: a step fails.
    """
    with at_step(1):
        document = closed(parse_envelope(raw, "receipt"), "submission-proof", _SUBMISSION_MEMBERS)
        if not isinstance(document["proofs"], list):
            raise malformed("/proofs")
    with at_step(2):
        receipt = open_receipt(document["receipt"], keys, log.exchange)
        if receipt.document.get("submission") != document["submission"]:
            raise MalformedInputError("The receipt is of another submission.", pointer="/submission")
    with at_step(3):
        proofs = tuple(_proven(one, log) for one in document["proofs"])
    with at_step(4):
        _check_complete(receipt, proofs)
    return VerifiedSubmission(receipt, proofs)


def where_logged(proofs: Iterable[VerifiedProof], receipts: Iterable[VerifiedReceipt]) -> dict[str, Logged]:
    """Give by payload digest where the log holds which object, and by when it did.

    The exchange's word is the earliest that its receipts for the content at this index and its dated checkpoints say. Witnesses
    are asked only where it says nothing: whoever has a witness's key changes no time that the exchange signed. Of several places
    of one content a cosigned one is taken first, then the earliest.
    """
    given = list(receipts)
    places: dict[tuple[str, int], list[VerifiedProof]] = defaultdict(list)
    for proof in proofs:
        if proof.kind is LeafKind.OBJECT_VERSION:
            places[proof.digest, proof.index].append(proof)
    found: dict[str, Logged] = {}
    for place, shown in places.items():
        logged = logged_at(place, shown, given)
        found[place[0]] = min(logged, found.get(place[0], logged), key=_rank)
    return found


def _rank(logged: Logged) -> tuple[bool, datetime]:
    return not logged.cosigned, logged.at or _END_OF_TIME


def logged_at(place: tuple[str, int], shown: Sequence[VerifiedProof], receipts: Sequence[VerifiedReceipt] = ()) -> Logged:
    """Give what proofs (one at least) of one place, and the receipts that name it, say together."""
    named = [(one, one.received_at) for one in receipts if one.received_at and place in one.digests.items()]
    checkpoints = [one.checkpoint for one in shown]
    words = [(at, "receipt") for _, at in named] + [(one.dated, "checkpoint") for one in checkpoints if one.dated]
    witnesses = [(one.seen[0], f"witness {one.seen[1]}") for one in checkpoints if one.seen]
    at, by = min(words or witnesses, default=(None, None))
    cosigned = [one for one in checkpoints if one.is_cosigned]
    return Logged(
        index=place[1],
        tree_size=min(one.head.size for one in cosigned or checkpoints),
        cosigned=bool(cosigned),
        at=at,
        by=by,
        received=min((at for one, at in named if place[0] in one.stored), default=None),
        latest=at if words else max((one.last_seen for one in checkpoints if one.last_seen), default=None),
    )


def closed(value: object, kind: str, members: frozenset[str]) -> dict[str, Any]:
    """Give a document of a type with exactly these members (unverified).

    Raises:
        MalformedInputError: it is none.
    """
    if not isinstance(value, dict) or value.get("type") != kind or value.keys() != members:
        raise MalformedInputError(f"A {kind} has exactly these members: {', '.join(sorted(members))}.", pointer="")
    return value


def read_path(value: object) -> list[bytes]:
    """Give the hashes of a path (unverified).

    Raises:
        MalformedInputError: no list of hashes in canonical base64.
    """
    hashes = [decode_base64(one) for one in value] if isinstance(value, list) and len(value) <= MAX_PATH else [None]
    path = [one for one in hashes if one is not None]
    if len(path) != len(hashes):
        raise malformed("/path")
    return path


def read_number(document: Mapping[str, Any], name: str) -> int:
    """Give a number from 0 on (unverified).

    Raises:
        MalformedInputError: it is none.
    """
    value = document[name]
    if type(value) is not int or value < 0:
        raise malformed(f"/{name}")
    return value


def malformed(pointer: str) -> MalformedInputError:
    """Give the refusal of a proof's member."""
    return MalformedInputError("A member of the proof has another form than it must have.", pointer=pointer)


def _proven(value: object, log: LogKeys) -> VerifiedProof:
    with at_step(1):
        document = closed(value, "log-proof", _PROOF_MEMBERS)
        kind = _kind(document["kind"])
        salt, digest = _hash(document, "salt"), _hash(document, "digest")
        index, size, path = read_number(document, "log_index"), read_number(document, "tree_size"), read_path(document["path"])
    with at_step(2):
        checkpoint = verify_checkpoint(text_of(document, "checkpoint"), log)
        if checkpoint.checkpoint.origin != log_origin(text_of(document, "exchange")):
            raise UnprovenError("The checkpoint is of another exchange's log than the proof names.", pointer="/exchange")
        if checkpoint.head.size != size:
            raise UnprovenError("The checkpoint has another size than the proof names.", pointer="/tree_size")
    with at_step(3):
        verify_inclusion(leaf_hash(leaf_bytes(kind, salt, digest)), index, path, checkpoint.head)
    return VerifiedProof(kind, digest.hex(), index, checkpoint)


def text_of(document: Mapping[str, Any], name: str) -> str:
    """Give a text (unverified).

    Raises:
        MalformedInputError: it is none.
    """
    value = document[name]
    if not isinstance(value, str):
        raise malformed(f"/{name}")
    return value


def _kind(value: object) -> LeafKind:
    try:
        return LeafKind(str(value))
    except ValueError:
        raise malformed("/kind") from None


def _hash(document: Mapping[str, Any], name: str) -> bytes:
    value = document[name]
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise malformed(f"/{name}")
    return bytes.fromhex(value)


def _check_complete(receipt: VerifiedReceipt, proofs: Sequence[VerifiedProof]) -> None:
    shown = {(one.digest, one.index) for one in proofs if one.kind is LeafKind.OBJECT_VERSION}
    missing = [index for digest, index in receipt.digests.items() if (digest, index) not in shown]
    if missing:
        sentence = f"{len(missing)} of the versions that the receipt says are stored have no proof at the index that it names."
        raise UnprovenError(sentence, pointer="/proofs")
