"""Bulk exports: what a partner has written for it, by itself, and what each manifest says.

Owns the nouns; writing is ``services/exporting``'s. Each export of a definition has the next number. It brings whoever has the
previous one up to date (its *delta* and *tombstones*); some also hold everything that the partner sees (a *snapshot*), from which
anybody can start. Kept by ``tests/domain/test_export.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Any

from app.domain.vocabulary import Purpose, Tlp
from breakwater_client.export import FIRST_NUMBER, Compression, ExportedFile, ExportFormat, FilePart, Manifest

__all__ = [
    "FIRST_NUMBER",
    "Compression",
    "ExportDefinition",
    "ExportFormat",
    "ExportState",
    "ExportedFile",
    "FilePart",
    "Manifest",
    "Schedule",
    "Trouble",
]


@unique
class ExportState(StrEnum):
    """How far an export is. One that waits has a trouble and is tried again."""

    ABANDONED = "abandoned"
    PUBLISHED = "published"
    WAITING = "waiting"
    WRITING = "writing"


@unique
class Trouble(StrEnum):
    """Why an export waits."""

    ACCESS_ENDED = "access-ended"
    STORAGE_FULL = "storage-full"
    STORAGE_REFUSED = "storage-refused"
    STORAGE_UNAVAILABLE = "storage-unavailable"
    VOLUME_EXHAUSTED = "volume-exhausted"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something is due: five fields of cron, read in a time zone of the IANA database (``Europe/Amsterdam``)."""

    cron: str
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class ExportDefinition:
    """What a partner has exported, in which form, and when.

    It reads as ``credential_id`` would over the channel *export*: for ``purpose``, up to ``tlp_ceiling``. ``filters`` is the
    query of ``GET /objects`` as JSON, without ``limit`` and ``next``. ``encryption_key`` is a raw X25519 public key; None: files
    are not encrypted. ``target`` names a depot of the exchange's settings. ``keep`` is how long files are kept; the newest
    snapshot and what follows it always are. ``snapshot_wanted``: the next export is to hold everything.
    """

    definition_id: str
    partner_id: str
    credential_id: str
    name: str
    purpose: Purpose
    tlp_ceiling: Tlp
    filters: Mapping[str, Any]
    form: ExportFormat
    compression: Compression
    encryption_key: bytes | None
    target: str
    snapshots: Schedule | None
    deltas: Schedule | None
    keep: timedelta
    created_at: datetime
    is_paused: bool = False
    snapshot_wanted: bool = True
    ended_at: datetime | None = None
