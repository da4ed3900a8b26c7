"""Manifests of exports for tests: the first of a definition, and those that follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from app.domain.export import Compression, ExportedFile, ExportFormat, FilePart, Manifest
from app.domain.vocabulary import Purpose
from breakwater_client.trust.export_manifest import manifest_digest

EXCHANGE = "7c1f0c1e-3f52-4d3c-9a57-0e1a3b8f4a11"
PARTNER = "2b7c2d4a-26a4-4d3e-8f0c-54a6f5f6a111"
DEFINITION = "9f5a7e2b-7c6d-4c7e-9d7e-2f6b7a6d5c4b"
NOTICE = "recall-notice--3d1c7b0e-7a54-4d8f-9a39-3f1f2d9f5b10"
AS_OF = datetime(2026, 11, 26, 12, tzinfo=UTC)


def exported(name: str, content: bytes = b"", **changes: Any) -> ExportedFile:
    """Give what a manifest says of a file of this name and content."""
    part = FilePart(name.split("-")[1])
    return replace(ExportedFile(name, part, len(content), sha256(content).hexdigest(), 0), **changes)


def first_manifest(**changes: Any) -> Manifest:
    """Give the manifest of a first export: an empty snapshot."""
    manifest = Manifest(
        exchange_id=EXCHANGE,
        partner_id=PARTNER,
        definition_id=DEFINITION,
        number=1,
        previous=None,
        purpose=Purpose.DETECTION,
        filters={"type": ["indicator"]},
        form=ExportFormat.STIX_NDJSON,
        compression=Compression.ZSTD,
        encryption_key=None,
        agreement_version=1,
        epoch=0,
        since=None,
        as_of=AS_OF,
        expires_at=AS_OF + timedelta(hours=2),
        files=(exported("00000001-snapshot-0001.ndjson.zst"),),
    )
    return replace(manifest, **changes)


def next_manifest(before: Manifest, **changes: Any) -> Manifest:
    """Give the manifest that follows, five minutes later: an empty delta."""
    number, as_of = before.number + 1, before.as_of + timedelta(minutes=5)
    manifest = replace(
        before,
        number=number,
        previous=manifest_digest(before),
        since=before.as_of,
        as_of=as_of,
        expires_at=as_of + timedelta(hours=2),
        files=(exported(f"{number:08d}-delta-0001.ndjson.zst"),),
        recalls=(),
    )
    return replace(manifest, **changes)
