"""What a file holds that is to be verified, told by its shape alone; nothing is believed of it.

Owns the kinds. Whoever verifies the kind reads the file again, strictly. Kept by
``tests/services/offline/test_recognise_file.py``.
"""

from __future__ import annotations

import json
from enum import StrEnum, unique
from typing import Any

from app.domain.errors import BreakwaterError
from app.stix.catalogue_documents import DOCUMENT_TYPE as CATALOGUE_TYPE
from breakwater_client.documents.json_limits import MAX_BODY_BYTES
from breakwater_client.documents.long_envelopes import member_of, parse_envelope
from breakwater_client.trust.payload_type import PayloadType


@unique
class FileKind(StrEnum):
    """What is verified by steps of its own."""

    AGREEMENT = "agreement"
    CATALOGUE = "catalogue"
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
    RELEASES = "releases"
    SUBMISSION_PROOF = "submission-proof"


_MARKS = (b'"payloadType"', b'"log-', b'"submission-proof"', b'"breakwater-catalogue"')
_TYPED = {kind.value: kind for kind in (FileKind.CONSISTENCY, FileKind.PROOF, FileKind.SUBMISSION_PROOF)}
_TYPED[CATALOGUE_TYPE] = FileKind.CATALOGUE
_ENVELOPED: dict[str, FileKind] = {
    PayloadType.AGREEMENT: FileKind.AGREEMENT,
    PayloadType.CATALOGUE_RELEASE: FileKind.RELEASES,
    PayloadType.PREVENTION_RELEASE: FileKind.RELEASES,
}
_CLOSED = (
    ({"document", "digest", "envelope", "log_index"}, FileKind.AGREEMENT),
    ({"document", "proof"}, FileKind.ENTRY_PROOF),
    ({"proofs"}, FileKind.PROOFS),
    ({"releases"}, FileKind.RELEASES),
)


def kind_of(raw: bytes) -> FileKind:
    """Give what a file (unverified bytes) looks like; what looks like nothing known is taken for objects, which then fail."""
    if not raw.strip():
        return FileKind.EMPTY
    if raw.lstrip()[:1] not in {b"{", b"["} and b"\n\n\xe2\x80\x94 " in raw:
        return FileKind.CHECKPOINT
    if _is_directory(raw):
        return FileKind.DIRECTORY
    if len(raw) > MAX_BODY_BYTES or not any(mark in raw for mark in _MARKS):
        return FileKind.OBJECTS
    return _by_type(raw)


def _by_type(raw: bytes) -> FileKind:
    within = "receipt" if b'"submission-proof"' in raw else "envelope" if b'"cells"' in raw else None
    try:
        value = parse_envelope(raw, within)
    except BreakwaterError:
        return FileKind.OBJECTS
    if isinstance(value, list):
        return FileKind.PROOFS if value and all(member_of(one, "type") == FileKind.PROOF for one in value) else FileKind.OBJECTS
    return _of_members(value) if isinstance(value, dict) else FileKind.OBJECTS


def _of_members(value: dict[str, Any]) -> FileKind:
    if "payloadType" in value and "type" not in value:
        return _ENVELOPED.get(str(value["payloadType"]), FileKind.RECEIPT)
    by_members = next((kind for members, kind in _CLOSED if value.keys() == members), None)
    if by_members is not None:
        return by_members
    if {"number", "cells", "envelope"} <= value.keys():
        return FileKind.RELEASES
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
