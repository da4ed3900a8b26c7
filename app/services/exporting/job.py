"""What is being exported: a definition with its reader, the export that is written, and where it is laid.

Owns the bundle, the names of files, and what a definition's exports rest on. Kept by ``tests/services/exporting/test_job.py``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from app.depot.port import Depot
from app.domain.export import ExportDefinition, FilePart
from app.services.exchange import Exchange
from app.services.held_work import HeldWork
from app.services.reading.readers import Reader
from app.storage import documents
from app.storage.bulk_exports import BulkExport
from breakwater_client.trust.export_seal import Sealer, Writable, seal_info

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Job:
    """One export that is being written, by a worker that holds it."""

    exchange: Exchange
    held: HeldWork
    exchange_id: str
    definition: ExportDefinition
    reader: Reader
    depot: Depot
    export: BulkExport

    @property
    def progress(self) -> dict[str, Any]:
        """What is known of how far it is, besides its files."""
        return documents.load(self.export.progress) if self.export.progress else {}

    @property
    def is_sealed(self) -> bool:
        """Whether files are encrypted to the partner's key."""
        return self.definition.encryption_key is not None

    def with_progress(self, **values: Any) -> Job:
        """Give the same with some of what is known of it changed."""
        return replace(self, export=replace(self.export, progress=documents.dump(self.progress | values)))

    def file_name(self, part: FilePart, sequence: int, ending: str) -> str:
        """Give the name of a file; in the depot it lies in ``folder``."""
        return f"{self.export.number:08d}-{part}-{sequence:04d}{ending}{'.hpke' if self.is_sealed else ''}"

    def sealing(self, name: str, out: Writable) -> Sealer | None:
        """Give what seals a file into ``out`` for the partner alone; None: files lie as they are."""
        key, of = self.definition.encryption_key, self.export
        return None if key is None else Sealer(out, key, seal_info(self.exchange_id, of.definition_id, of.number, name))

    @property
    def folder(self) -> str:
        """Where the files of this export lie."""
        return folder_of(self.export, self.definition.partner_id)


def folder_of(export: BulkExport, partner_id: str) -> str:
    """Give where the files of an export lie in its depot."""
    return f"{partner_id}/{export.definition_id}/{export.number:08d}"


def basis_of(definition: ExportDefinition, reader: Reader | None) -> str:
    """Give what a definition's mirror rests on, in short: as whom it reads, what, and in which form.

    Where that changes, an export does not go on from the one before.
    """
    ceiling = definition.tlp_ceiling if reader is None else reader.key.tlp_ceiling
    parts = [definition.partner_id, definition.purpose, ceiling, dict(definition.filters), definition.form]
    return hashlib.sha256(documents.dump(parts).encode()).hexdigest()


def form_of(definition: ExportDefinition, reader: Reader) -> str:
    """Give the same with how files are written and where: where that changes, an export that is being written begins anew."""
    key = None if definition.encryption_key is None else definition.encryption_key.hex()
    parts = [basis_of(definition, reader), definition.compression, key, definition.target, definition.credential_id]
    return hashlib.sha256(documents.dump(parts).encode()).hexdigest()
