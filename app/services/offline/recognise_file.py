"""What a file holds that is to be verified, told by its shape alone; nothing is believed of it.

Owns the kinds. Whoever verifies the kind reads the file again, strictly. Kept by
``tests/services/offline/test_recognise_file.py``.
"""

from __future__ import annotations

import json
from enum import StrEnum, unique
from typing import Any

from app.crypto.payload_type import PayloadType
from app.domain.errors import BreakwaterError
from app.services.offline.long_envelopes import member_of, parse_envelope
from app.stix.json_limits import MAX_BODY_BYTES


@unique
class FileKind(StrEnum):
    """What is verified by steps of its own."""

    AGREEMENT = "agreement"
    CHECKPOINT = "checkpoint"
    CONSISTENCY = "log-consistency"
    DIRECTORY = "key-directory"
    EMPTY = "empty"
    ENTRY_PROOF = "entry-proof"
    MIRROR = "mirror"
    OBJECTS = "objects"
    PROOF = "log-proof"
    PROOFS = "log-proofs"
    RECEIPT = "receipt"
    SUBMISSION_PROOF = "submission-proof"


_TYPED = {kind.value: kind for kind in (FileKind.CONSISTENCY, FileKind.PROOF, FileKind.SUBMISSION_PROOF)}


def kind_of(raw: bytes) -> FileKind:
    """Give what a file (unverified bytes) looks like; what looks like nothing known is taken for objects, which then fail."""
    if not raw.strip():
        return FileKind.EMPTY
    if raw.lstrip()[:1] not in {b"{", b"["} and b"\n\n\xe2\x80\x94 " in raw:
        return FileKind.CHECKPOINT
    if _is_directory(raw):
        return FileKind.DIRECTORY
    if len(raw) > MAX_BODY_BYTES or not any(mark in raw for mark in (b'"payloadType"', b'"log-', b'"submission-proof"')):
        return FileKind.OBJECTS
    return _by_type(raw)


def _by_type(raw: bytes) -> FileKind:
    try:
        value = parse_envelope(raw, "receipt" if b'"submission-proof"' in raw else None)
    except BreakwaterError:
        return FileKind.OBJECTS
    if isinstance(value, list):
        return FileKind.PROOFS if value and all(member_of(one, "type") == FileKind.PROOF for one in value) else FileKind.OBJECTS
    return _of_members(value) if isinstance(value, dict) else FileKind.OBJECTS


def _of_members(value: dict[str, Any]) -> FileKind:
    if "payloadType" in value and "type" not in value:
        return FileKind.AGREEMENT if value["payloadType"] == PayloadType.AGREEMENT else FileKind.RECEIPT
    if value.keys() == {"document", "digest", "envelope", "log_index"}:
        return FileKind.AGREEMENT
    if value.keys() == {"document", "proof"}:
        return FileKind.ENTRY_PROOF
    if value.keys() == {"proofs"}:
        return FileKind.PROOFS
    kind = value.get("type")
    return _TYPED.get(kind, FileKind.OBJECTS) if isinstance(kind, str) else FileKind.OBJECTS


def _is_directory(raw: bytes) -> bool:
    """Whether this is an envelope of a directory, which may be larger than anything else in JSON."""
    if PayloadType.KEY_DIRECTORY.encode() not in raw:
        return False
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and value.get("payloadType") == PayloadType.KEY_DIRECTORY
