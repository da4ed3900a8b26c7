"""Keeps what a manifest says of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from breakwater_client.export import FIRST_NUMBER, Compression, ExportedFile, ExportFormat, FilePart, Manifest
from breakwater_client.vocabulary import Purpose

NOW = datetime(2026, 11, 26, tzinfo=UTC)
EMPTY = ExportedFile("00000001-snapshot-0001.ndjson.zst", FilePart.SNAPSHOT, 9, "00" * 32, 0)
MANIFEST = Manifest(
    exchange_id="e",
    partner_id="p",
    definition_id="d",
    number=FIRST_NUMBER,
    previous=None,
    purpose=Purpose.DETECTION,
    filters={},
    form=ExportFormat.STIX_NDJSON,
    compression=Compression.ZSTD,
    encryption_key=None,
    agreement_version=1,
    epoch=1,
    since=None,
    as_of=NOW,
    expires_at=NOW,
    files=(EMPTY,),
)


def test_an_export_goes_on_from_the_one_before_by_its_delta() -> None:
    assert replace(MANIFEST, files=(EMPTY, replace(EMPTY, part=FilePart.DELTA))).has_delta
    assert not MANIFEST.has_delta


def test_an_export_with_an_empty_snapshot_has_a_snapshot() -> None:
    assert MANIFEST.has_snapshot


def test_an_export_with_a_delta_alone_has_none() -> None:
    assert not replace(MANIFEST, files=(replace(EMPTY, part=FilePart.DELTA),)).has_snapshot
    assert not replace(MANIFEST, files=()).has_snapshot
