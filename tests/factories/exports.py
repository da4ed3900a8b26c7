"""Definitions of exports to test with, and exports as if they had been written for them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import insert, update

from app.depot.port import Depot
from app.domain.export import Compression, ExportDefinition, ExportFormat, ExportState, FilePart, Schedule
from app.domain.vocabulary import Purpose, Tlp
from app.storage.disclosures import encode_versions
from app.storage.session import Database
from app.storage.tables import bulk_export, export_file
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


class Laying(Protocol):
    """Where exports are laid, and kept in mind: an exchange."""

    @property
    def database(self) -> Database:
        """Its database."""

    @property
    def depots(self) -> Mapping[str, Depot]:
        """Its depots."""


@dataclass(frozen=True)
class Laid:
    """A file as it was laid for a definition."""

    name: str
    content: bytes
    file_id: int


def lay_export(  # what a test wants to vary
    exchange: Laying,
    value: ExportDefinition,
    number: int = 1,
    contents: Sequence[bytes] = (b"one\n",),
    version_ids: Sequence[int] = (),
    **columns: Any,
) -> list[Laid]:
    """Write an export as if it had been published: its row, its files, each with these versions in it. Gives the files."""
    laid = []
    with exchange.database.write() as connection:
        row = {
            "definition_id": value.definition_id,
            "number": number,
            "state": ExportState.PUBLISHED,
            "target": value.target,
            "attempts": 1,
            "began_at": NOW,
            "as_of": NOW,
            "after_position": 0,
            "upto_position": 0,
            "has_delta": False,
            "has_snapshot": True,
            "agreement_version": 1,
            "published_at": NOW,
            "expires_at": NOW + timedelta(days=1),
            "manifest": f'{{"payload":"{number}"}}',
            "manifest_sha256": "00" * 32,
            "is_laid": True,
        }
        connection.execute(insert(bulk_export).values(row | columns))
        for sequence, content in enumerate(contents, 1):
            name = f"{number:08d}-snapshot-{sequence:04d}.ndjson"
            file_row = {column.name: 0 for column in export_file.c if not column.nullable and not column.primary_key} | {
                "definition_id": value.definition_id,
                "number": number,
                "part": FilePart.SNAPSHOT,
                "sequence": sequence,
                "name": name,
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "objects": len(version_ids),
                "counts": '{"indicator":1}',
                "versions": encode_versions(version_ids) if version_ids else None,
            }
            file_id = connection.execute(insert(export_file).values(file_row).returning(export_file.c.file_id)).scalar_one()
            laid.append(Laid(name, content, file_id))
    for one in laid:
        place = f"{value.partner_id}/{value.definition_id}/{number:08d}/{one.name}"
        with exchange.depots[value.target].create(place) as sink:
            sink.write(one.content)
            sink.commit()
    return laid


def bar(exchange: Laying, file_id: int) -> None:
    """Bar a file, as work does that finds something in it which may not be given any more."""
    with exchange.database.write() as connection:
        connection.execute(update(export_file).where(export_file.c.file_id == file_id).values(barred_at=NOW))
