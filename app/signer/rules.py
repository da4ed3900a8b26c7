"""What a key of each use may sign: the signer's own judgement, whoever asks.

Owns the rules for statements, and the reading of a directory and of a checkpoint's text; what these may say after another is
``directory_memory``'s and ``checkpoint_memory``'s. It does NOT know whether a receipt is true: it bounds what a stolen web tier
can make the exchange say to the kinds of thing that the web tier says anyway, and keeps one key from signing another's
documents. Kept by ``tests/signer/test_rules.py``.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.domain.errors import BreakwaterError
from app.domain.vocabulary import KeyUsage
from breakwater_client.extensions import SIGNATURE
from breakwater_client.stated_objects import is_stated_by_exchanges
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.checkpoint import MAX_SIZE
from breakwater_client.trust.closed_form import INSTANT
from breakwater_client.trust.export_manifest import read_manifest
from breakwater_client.trust.key_directory import Directory, read_directory
from breakwater_client.trust.payload_type import PayloadType

NEAR = timedelta(minutes=5)
"""So near to the signer's own clock is what is said to be now."""

LONGEST_EXPORT = timedelta(days=1)
"""So long before the signer's clock may the instant be of which an export tells: writing takes hours, or waits for storage."""

_FORMLESS = frozenset({PayloadType.EXPORT_MANIFEST, PayloadType.STIX_OBJECT})
_PAE = re.compile(rb"DSSEv1 (0|[1-9][0-9]{0,8}) ")
_LENGTH = re.compile(rb" (0|[1-9][0-9]{0,8}) ")
_CHECKPOINT = re.compile(
    r"(?P<origin>breakwater-exchange/[0-9a-f-]{36})\n(?P<size>0|[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
)
_DATED = re.compile(rb"cosignature/v1\ntime ([1-9][0-9]{0,11})\n")

_OBJECT_RECEIPT = "object-receipt"
_OF_A_SUBMISSION = {"type", "exchange", "partner", "received_at"}
_OF_AN_OBJECT = {"id", "version", "payload_digest"}
_TERMS = {"read", "write", "default_handling", "recall", "is_listed", "is_suspended"}
_OF_A_VERSION = {"partner_id", "version", "starts_at", "ends_at", "created_at", "approval_id"}
_OF_A_RELEASE = {"type", "exchange", "number", "previous", "created_at", "reports_since", "catalogue_release", "rule", "cells"}
_FORMS: dict[PayloadType, dict[str, set[str]]] = {
    PayloadType.AGREEMENT: {"agreement": {"type", "exchange", *_OF_A_VERSION, *_TERMS}},
    PayloadType.CATALOGUE_RELEASE: {"catalogue-release": {"type", "exchange", "release", "digest", "previous", "created_at"}},
    PayloadType.PREVENTION_RELEASE: {"prevention-release": _OF_A_RELEASE},
    PayloadType.RECEIPT: {
        "submission-receipt": {*_OF_A_SUBMISSION, "submission", "objects"},
        _OBJECT_RECEIPT: {*_OF_A_SUBMISSION, *_OF_AN_OBJECT, "submission", "decision", "log_index"},
    },
    PayloadType.ATTESTATION: {"object-attestation": {*_OF_A_SUBMISSION, *_OF_AN_OBJECT, "identity", "assurance"}},
}
"""What the exchange states, by kind and type: all members, and no other."""

_ROOT_BYTES = 32


@dataclass(frozen=True, slots=True)
class CheckpointText:
    """What a checkpoint says: whose log, how many leaves, and their root in base64."""

    origin: str
    size: int
    root: str


def why_not_statement(message: bytes, keyid: str, now: datetime) -> str | None:
    """Give why the key of statements (``keyid``) does not sign a message, or None.

    It signs receipts, attestations, agreements, releases of counts, manifests of exports, releases of the catalogue with their
    objects, and notices of recalls: all but objects in their one spelling and closed forms; what they say was received or made
    now, was: ``now`` is the signer's own clock.
    """
    parts = _parts(message)
    if parts is None:
        return "no-document"
    kind, payload = parts
    if kind not in _FORMS.keys() | _FORMLESS:
        return "document-of-another-key"
    if kind is PayloadType.EXPORT_MANIFEST:
        return _why_not_manifest(payload, now)
    document = _json_object(payload)
    if document is None:
        return "no-document"
    if kind is PayloadType.STIX_OBJECT:
        return _why_not_object(document, keyid)
    return _why_not_form(kind, document, payload) or _why_not_its_time(document, now)


def _why_not_form(kind: PayloadType, document: dict[str, Any], payload: bytes) -> str | None:
    try:
        is_canonical = canonical_bytes(document) == payload  # no name twice, no NaN, no other encoding
    except (BreakwaterError, ValueError, RecursionError):
        return "no-document"
    members = _FORMS[kind].get(str(document.get("type")))
    return None if is_canonical and document.keys() == members else "no-document"


def _why_not_its_time(document: dict[str, Any], now: datetime) -> str | None:
    """A receipt for one object is signed whenever its owner asks, so that its time is only not to come; nobody counts by it.

    An agreement starts when it is made or later: none is made to have been in force before.
    """
    at = _instant(document.get("received_at", document.get("created_at")))
    starts_at = _instant(document.get("starts_at")) if "starts_at" in document else at
    if at is None or starts_at is None:
        return "no-document"
    is_near = at - now <= NEAR and (document["type"] == _OBJECT_RECEIPT or now - at <= NEAR)
    return None if is_near and starts_at >= at else "statement-of-another-time"


def _why_not_manifest(payload: bytes, now: datetime) -> str | None:
    """A manifest tells of an instant that is past, by not more than an export may take; its form is that of its readers."""
    try:
        manifest = read_manifest(payload)
    except (BreakwaterError, ValueError, RecursionError):
        return "no-document"
    return None if -NEAR <= now - manifest.as_of <= LONGEST_EXPORT else "statement-of-another-time"


def _instant(said: Any) -> datetime | None:
    if not isinstance(said, str) or not INSTANT.fullmatch(said):
        return None
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        return None


def why_not_directory(message: bytes) -> str | None:
    """Give why the key of the directory does not sign a message, or None: a version of the directory of keys, as it seems.

    Whether it is one, and one that may be signed now, ``read_directory_message`` and ``directory_memory`` say.
    """
    parts = _parts(message)
    if parts is None:
        return "no-document"
    return None if parts[0] is PayloadType.KEY_DIRECTORY else "document-of-another-key"


def read_directory_message(message: bytes) -> Directory | None:
    """Give the version of the directory that a message holds, in its one closed form; None for all else."""
    parts = _parts(message)
    if parts is None or parts[0] is not PayloadType.KEY_DIRECTORY:
        return None
    try:
        directory = read_directory(parts[1])
        directory.signing_key  # noqa: B018  # there is exactly one, or it is none
    except BreakwaterError:
        return None
    return directory


def why_not_checkpoint(message: bytes, now: datetime) -> str | None:
    """Give why the key of checkpoints does not sign a message, or None: a checkpoint, or with the time in front when it was made.

    What it says of the log is judged in both forms alike, by ``checkpoint_memory``.
    """
    if read_checkpoint_text(message) is None:
        return "no-document"
    dated = _DATED.match(message)
    is_near = dated is None or abs(int(dated[1]) - now.timestamp()) <= NEAR.total_seconds()
    return None if is_near else "not-the-time"


def read_checkpoint_text(message: bytes) -> CheckpointText | None:
    """Give what a checkpoint of an exchange's log says (C2SP tlog-checkpoint, no extension lines); None for all else.

    The time in front of one that is dated (C2SP ``cosignature/v1``) is passed over.
    """
    dated = _DATED.match(message)
    try:
        found = _CHECKPOINT.fullmatch(message[dated.end() if dated else 0 :].decode("ascii"))
        if found is None or len(base64.b64decode(found["root"], validate=True)) != _ROOT_BYTES:
            return None
    except (UnicodeDecodeError, binascii.Error):
        return None
    if int(found["size"]) > MAX_SIZE:
        return None
    return CheckpointText(found["origin"], int(found["size"]), found["root"])


def why_not(usage: KeyUsage, message: bytes, keyid: str, now: datetime) -> str | None:
    """Give why a message is not one of a use's documents, or None; a use that no rule is for signs nothing."""
    if usage is KeyUsage.STATEMENT_SIGNING:
        return why_not_statement(message, keyid, now)
    if usage is KeyUsage.DIRECTORY_SIGNING:
        return why_not_directory(message)
    if usage is KeyUsage.CHECKPOINT_SIGNING:
        return why_not_checkpoint(message, now)
    return "no-such-key"


def _parts(message: bytes) -> tuple[PayloadType, bytes] | None:
    """Give kind and payload of a pre-authentication encoding, read strictly: its lengths and not a byte more."""
    head = _PAE.match(message)
    if head is None:
        return None
    ends = head.end() + int(head[1])
    length = _LENGTH.match(message, ends)
    if length is None or len(message) != length.end() + int(length[1]):
        return None
    try:
        return PayloadType(message[head.end() : ends].decode("ascii")), message[length.end() :]
    except ValueError:  # no kind of ours, or no ASCII
        return None


def _json_object(payload: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _why_not_object(document: dict[str, Any], keyid: str) -> str | None:
    """Give why a STIX object is not one that the exchange says itself: a recall notice or a part of the catalogue.

    It is made and signed by one identity.
    """
    try:
        [entry] = document["extensions"][SIGNATURE]["signatures"]
        signer, named = entry["signer"], entry["keyid"]
    except (KeyError, TypeError, ValueError):
        return "no-document"
    is_own = is_stated_by_exchanges(document) and isinstance(signer, str) and document.get("created_by_ref") == signer
    return None if is_own and named == keyid else "object-of-another"
