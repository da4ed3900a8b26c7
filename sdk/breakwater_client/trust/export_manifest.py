"""The manifest of an export: what the exchange states of it, and all files that are part of it, in one signed, numbered document.

Owns the document's closed form, its digest (by which the next one names it), and its signature. It does not fetch files and does
not know what its reader accepted before: that is ``services/offline/verify_exports``. Kept by
``tests/client/trust/test_export_manifest.py``; decision 45. ``schemas/export-manifest.json`` is the same for partners.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from breakwater_client.export import Compression, ExportedFile, ExportFormat, FilePart, Manifest
from breakwater_client.instant import instant_text
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.closed_form import ClosedForm
from breakwater_client.trust.envelope import open_envelope, sign_envelope
from breakwater_client.trust.keys import PublicKey, SigningKey
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.trust.strict_base64 import decode_base64
from breakwater_client.vocabulary import Purpose

TYPE = "export-manifest"
MAX_MANIFEST_BYTES = 8 * 1024 * 1024
MAX_FILES = 10_000
MAX_FILE_BYTES = 4 * 1024**3
"""Bounds of what is signed and of what anybody reads or fetches because of it."""

_TABLES = {None, "-attestations"}
"""What a file's name may say beside its part and sequence in every form; in CSV there is a table for each type."""

MAX_LIFE = timedelta(days=62)
"""Longest time from ``as_of`` to ``expires_at``: who is kept from newer ones finds out. Nobody accepts one of a longer life."""

_MEMBERS = frozenset(
    {
        *("type", "exchange", "partner", "definition", "number", "previous", "purpose", "filters", "format", "compression"),
        *("encryption_key", "agreement_version", "epoch", "since", "as_of", "expires_at", "files", "recalls"),
    }
)
_FORM = ClosedForm("This is no manifest of an export in the one form that there is.", _MEMBERS, MAX_MANIFEST_BYTES)
_malformed, _instant, _list = _FORM.malformed, _FORM.instant, _FORM.items
_FILE_MEMBERS = frozenset({"name", "part", "size", "sha256", "objects", "counts"})
_NAME = re.compile(
    r"(?P<number>[0-9]{8,16})-(?P<part>[a-z]+)-[0-9]{4}(?P<table>-[a-z0-9]+(?:-[a-z0-9]+){0,9})?"
    r"\.(?:csv|json|ndjson|parquet)(?:\.(?:gz|zst))?(?P<sealed>\.hpke)?"
)

_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_NOTICE = re.compile(r"recall-notice--[0-9a-f-]{36}")
_WORD = re.compile(r"[a-z0-9-]{1,250}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEY_BYTES = 32
_LARGEST = 2**53 - 1


def manifest_payload(manifest: Manifest) -> bytes:
    """Give the RFC 8785 bytes of a manifest: what is signed. Files stand in the order of their names, recalls of their ids."""
    return canonical_bytes(
        {
            "type": TYPE,
            "exchange": manifest.exchange_id,
            "partner": manifest.partner_id,
            "definition": manifest.definition_id,
            "number": manifest.number,
            "previous": manifest.previous,
            "purpose": manifest.purpose.value,
            "filters": dict(manifest.filters),
            "format": manifest.form.value,
            "compression": manifest.compression.value,
            "encryption_key": manifest.encryption_key,
            "agreement_version": manifest.agreement_version,
            "epoch": manifest.epoch,
            "since": None if manifest.since is None else instant_text(manifest.since),
            "as_of": instant_text(manifest.as_of),
            "expires_at": instant_text(manifest.expires_at),
            "files": [_entry(one) for one in sorted(manifest.files, key=lambda file: file.name)],
            "recalls": sorted(manifest.recalls),
        }
    )


def manifest_digest(manifest: Manifest) -> str:
    """Give the SHA-256 (hex) of a manifest's payload: what the next one has as ``previous``."""
    return sha256(manifest_payload(manifest)).hexdigest()


def sign_manifest(manifest: Manifest, key: SigningKey) -> dict[str, Any]:
    """Give the envelope of a manifest, signed with the exchange's key for statements.

    Raises:
        MalformedInputError: no reader would take it: a mistake of the caller.
        UnavailableError: who holds the key cannot be reached now.
    """
    payload = manifest_payload(manifest)
    read_manifest(payload)
    return sign_envelope(PayloadType.EXPORT_MANIFEST, payload, key)


def open_manifest(envelope: Mapping[str, Any], keys: Mapping[str, PublicKey]) -> Manifest:
    """Give the manifest of an envelope (unverified JSON object) that one of ``keys`` (by id) signed.

    Whose it is, whether it is the next one, and whether it has expired is NOT checked.

    Raises:
        UntrustedSignatureError: as ``envelope.open_envelope``.
        MalformedInputError: no manifest, in the one form that there is.
    """
    return read_manifest(open_envelope(envelope, PayloadType.EXPORT_MANIFEST, keys).payload)


def read_manifest(payload: bytes) -> Manifest:
    """Read a manifest from its payload (unverified bytes). Does NOT verify anything: that is ``open_manifest``.

    Raises:
        MalformedInputError: too large, not canonical JSON, or not the closed form.
    """
    document = _FORM.read(payload)
    if document["type"] != TYPE or not isinstance(document["filters"], dict):
        raise _malformed("/type")
    try:
        purpose, form = Purpose(document["purpose"]), ExportFormat(document["format"])
        compression = Compression(document["compression"])
    except ValueError:
        raise _malformed("/format") from None
    previous, since, key = document["previous"], document["since"], document["encryption_key"]
    manifest = Manifest(
        exchange_id=_text(document["exchange"], _ID, "/exchange"),
        partner_id=_text(document["partner"], _ID, "/partner"),
        definition_id=_text(document["definition"], _ID, "/definition"),
        number=_number(document["number"], "/number", least=1),
        previous=None if previous is None else _text(previous, _SHA256, "/previous"),
        purpose=purpose,
        filters=document["filters"],
        form=form,
        compression=compression,
        encryption_key=None if key is None else _key(key),
        agreement_version=_number(document["agreement_version"], "/agreement_version", least=1),
        epoch=_number(document["epoch"], "/epoch"),
        since=None if since is None else _instant(since, "/since"),
        as_of=_instant(document["as_of"], "/as_of"),
        expires_at=_instant(document["expires_at"], "/expires_at"),
        files=tuple(_read_file(one, f"/files/{place}") for place, one in enumerate(_list(document["files"], "/files"))),
        recalls=tuple(_text(one, _NOTICE, "/recalls") for one in _list(document["recalls"], "/recalls")),
    )
    _check_times(manifest)
    _check_files(manifest)
    return manifest


def _entry(file: ExportedFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "part": file.part.value,
        "size": file.size,
        "sha256": file.sha256,
        "objects": file.objects,
        "counts": dict(file.counts),
    }


def _check_times(manifest: Manifest) -> None:
    """Refuse what cannot be: the first has nothing before it, all others have both an instant and a manifest before them."""
    if (manifest.since is None) != (manifest.previous is None):
        raise _malformed("/since")
    if manifest.since is not None and manifest.since > manifest.as_of:
        raise _malformed("/since")
    if not timedelta() < manifest.expires_at - manifest.as_of <= MAX_LIFE:
        raise _malformed("/expires_at")


def _check_files(manifest: Manifest) -> None:
    """Refuse files that are another export's by their names, and parts that a mirror could not apply.

    Without a delta it replaces what a mirror holds, so that there is a snapshot; tombstones are part of a delta, and a delta
    follows something. A recall that is named is in a file, and none besides.
    """
    names = [one.name for one in manifest.files]
    if len(names) > MAX_FILES or names != sorted(set(names)) or list(manifest.recalls) != sorted(set(manifest.recalls)):
        raise _malformed("/files")
    for place, file in enumerate(manifest.files):
        named = _NAME.fullmatch(file.name)
        is_sealed = manifest.encryption_key is not None
        if named is None or named["number"] != f"{manifest.number:08d}" or bool(named["sealed"]) != is_sealed:
            raise _malformed(f"/files/{place}/name")
        if named["part"] != file.part or (named["table"] not in _TABLES and manifest.form is not ExportFormat.CSV):
            raise _malformed(f"/files/{place}/part")
    if not (manifest.has_delta or manifest.has_snapshot) or (manifest.has_delta and manifest.previous is None):
        raise _malformed("/files")
    if not manifest.has_delta and any(one.part is FilePart.TOMBSTONES for one in manifest.files):
        raise _malformed("/files")
    if sum(one.objects for one in manifest.files if one.part is FilePart.RECALLS) != len(manifest.recalls):
        raise _malformed("/recalls")


def _read_file(value: object, at: str) -> ExportedFile:
    if not isinstance(value, dict) or value.keys() != _FILE_MEMBERS or not isinstance(value["counts"], dict):
        raise _malformed(at)
    try:
        part = FilePart(value["part"])
    except ValueError:
        raise _malformed(f"{at}/part") from None
    size = _number(value["size"], f"{at}/size")
    if size > MAX_FILE_BYTES:
        raise _malformed(f"{at}/size")
    return ExportedFile(
        name=_text(value["name"], _NAME, f"{at}/name"),
        part=part,
        size=size,
        sha256=_text(value["sha256"], _SHA256, f"{at}/sha256"),
        objects=_number(value["objects"], f"{at}/objects"),
        counts={_text(word, _WORD, f"{at}/counts"): _number(count, f"{at}/counts") for word, count in value["counts"].items()},
    )


def _key(value: object) -> str:
    raw = decode_base64(value)
    if raw is None or len(raw) != _KEY_BYTES:
        raise _malformed("/encryption_key")
    return str(value)


def _text(value: object, form: re.Pattern[str], at: str) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise _malformed(at)
    return value


def _number(value: object, at: str, least: int = 0) -> int:
    if type(value) is not int or not least <= value <= _LARGEST:
        raise _malformed(at)
    return value
