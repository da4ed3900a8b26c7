"""Keeps what an export's definition begins with, and that its nouns are those that partners read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import breakwater_client.export
from app.domain import export
from app.domain.export import Compression, ExportDefinition, ExportFormat, Schedule
from app.domain.vocabulary import Purpose, Tlp


def test_what_manifests_state_is_spelled_once() -> None:
    names = ("FIRST_NUMBER", "Compression", "ExportFormat", "ExportedFile", "FilePart", "Manifest")
    assert all(getattr(export, name) is getattr(breakwater_client.export, name) for name in names)


def test_a_new_definition_runs_and_begins_with_everything() -> None:
    made = ExportDefinition(
        definition_id="d",
        partner_id="p",
        credential_id="c",
        name="nightly",
        purpose=Purpose.DETECTION,
        tlp_ceiling=Tlp.AMBER,
        filters={},
        form=ExportFormat.STIX_NDJSON,
        compression=Compression.ZSTD,
        encryption_key=None,
        target="local",
        snapshots=None,
        deltas=Schedule("0 3 * * *"),
        keep=timedelta(days=30),
        created_at=datetime(2026, 11, 27, tzinfo=UTC),
    )
    assert (made.is_paused, made.snapshot_wanted, made.ended_at) == (False, True, None)
    assert made.deltas is not None
    assert made.deltas.time_zone == "UTC"
