"""Bulk exports as their manifests state them: files, their form, and what each export is to the one before.

Owns the nouns. Each export of a definition has the next number. It brings whoever has the previous one up to date (its *delta*
and *tombstones*); some also hold everything that the partner sees (a *snapshot*), from which anybody can start. Kept by
``tests/client/test_export.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique
from typing import Any

from breakwater_client.vocabulary import Purpose


@unique
class ExportFormat(StrEnum):
    """The form of an export's files."""

    CSV = "csv"
    PARQUET = "parquet"
    STIX_BUNDLE = "stix-bundle"
    STIX_NDJSON = "stix-ndjson"


@unique
class Compression(StrEnum):
    """How files are compressed. Parquet compresses inside."""

    GZIP = "gzip"
    NONE = "none"
    ZSTD = "zstd"


@unique
class FilePart(StrEnum):
    """What a file of an export is part of. Tombstones and recalls are lines of JSON in every format."""

    DELTA = "delta"
    RECALLS = "recalls"
    SNAPSHOT = "snapshot"
    TOMBSTONES = "tombstones"


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One file of an export as it lies in its depot: ``size`` in bytes and ``sha256`` in hex are those of the stored bytes.

    ``objects`` counts the objects (or tombstones, or notices) in it, ``counts`` the same by STIX type.
    """

    name: str
    part: FilePart
    size: int
    sha256: str
    objects: int
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the exchange states of one export. ``previous`` is the SHA-256 (hex) of the payload of the manifest before, if any.

    ``encryption_key`` is the raw X25519 key to which files are sealed, in base64.

    ``as_of`` is the one frozen instant of which all files tell, ``since`` that of the export before (None: the first).
    ``epoch`` counts the changes of policy that concern the partner. ``recalls`` are the ids of the recall notices that the
    partner has been sent since the export before. After ``expires_at`` a newer one must be there: else somebody holds it
    back.
    """

    exchange_id: str
    partner_id: str
    definition_id: str
    number: int
    previous: str | None
    purpose: Purpose
    filters: Mapping[str, Any]
    form: ExportFormat
    compression: Compression
    encryption_key: str | None
    agreement_version: int
    epoch: int
    since: datetime | None
    as_of: datetime
    expires_at: datetime
    files: tuple[ExportedFile, ...]
    recalls: tuple[str, ...] = ()

    @property
    def has_delta(self) -> bool:
        """Whether it goes on from the one before: an empty delta has one empty file. Without it, it replaces all that was."""
        return any(one.part is FilePart.DELTA for one in self.files)

    @property
    def has_snapshot(self) -> bool:
        """Whether somebody can start from it: an empty snapshot has one empty file."""
        return any(one.part is FilePart.SNAPSHOT for one in self.files)


FIRST_NUMBER = 1
