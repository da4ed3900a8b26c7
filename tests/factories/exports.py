"""Definitions of exports to test with: one that asks for everything every night, and every five minutes for what is new."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.domain.export import Compression, ExportDefinition, ExportFormat, Schedule
from app.domain.vocabulary import Purpose, Tlp
from tests.factories.policy_values import NOW, VIEWER_ID

NIGHTLY = Schedule("0 3 * * *", "Europe/Amsterdam")
EVERY_FIVE_MINUTES = Schedule("*/5 * * * *", "Europe/Amsterdam")


def definition(**given: Any) -> ExportDefinition:
    """Give a definition that differs from the usual one in what is given."""
    usual = ExportDefinition(
        definition_id=str(uuid.uuid4()),
        partner_id=VIEWER_ID,
        credential_id=str(uuid.uuid4()),
        name="nightly",
        purpose=Purpose.DETECTION,
        tlp_ceiling=Tlp.AMBER,
        filters={},
        form=ExportFormat.STIX_NDJSON,
        compression=Compression.ZSTD,
        encryption_key=None,
        target="local",
        snapshots=NIGHTLY,
        deltas=EVERY_FIVE_MINUTES,
        keep=timedelta(days=7),
        created_at=NOW,
    )
    return replace(usual, **given)
