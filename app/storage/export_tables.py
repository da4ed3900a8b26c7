"""The tables of bulk exports: definitions, exports, their files, and what each definition's mirror holds.

Private to ``app.storage``; ``app/storage/tables.py`` has the others. Kept by ``tests/storage/test_export_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from app.storage.columns import Instant, Number
from app.storage.member_tables import partner_column
from app.storage.metadata import ID, WORD, metadata

export_definition = Table(
    "export_definition",
    metadata,
    Column("definition_id", ID, primary_key=True),
    partner_column(),
    # As which credential it reads; while that is revoked, nothing is written.
    Column("credential_id", ID, nullable=False),
    Column("name", String(100), nullable=False),
    Column("purpose", WORD, nullable=False),
    Column("tlp_ceiling", WORD, nullable=False),
    Column("filters", Text, nullable=False),
    Column("form", WORD, nullable=False),
    Column("compression", WORD, nullable=False),
    Column("encryption_key", LargeBinary(32)),
    Column("target", WORD, nullable=False),
    # Schedules as cron and time zone; null: none of this kind.
    Column("snapshot_cron", String(100)),
    Column("delta_cron", String(100)),
    Column("time_zone", String(64), nullable=False),
    Column("keep_days", Integer, nullable=False),
    Column("is_paused", Boolean, nullable=False),
    # The next export is to hold everything: files were lost, or a delta cannot say what went.
    Column("snapshot_wanted", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("last_number", Number, nullable=False),
    # What was written for it in all, for metrics: files that were written anew count again.
    Column("written_objects", Number, nullable=False, server_default=text("0")),
    Column("written_bytes", Number, nullable=False, server_default=text("0")),
    Column("written_milliseconds", Number, nullable=False, server_default=text("0")),
    Index(None, "partner_id", "created_at"),
)

bulk_export = Table(
    "bulk_export",
    metadata,
    Column("definition_id", ID, ForeignKey("export_definition.definition_id"), primary_key=True),
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("state", WORD, nullable=False),
    Column("trouble", WORD),
    Column("attempts", Integer, nullable=False),
    # The depot in which it lies, whatever its definition names by now.
    Column("target", WORD, nullable=False),
    Column("began_at", Instant, nullable=False),
    # The frozen instant of which it tells, and which stretch of the feed is new in it.
    Column("as_of", Instant, nullable=False),
    Column("after_position", Number, nullable=False),
    Column("upto_position", Number, nullable=False),
    Column("has_delta", Boolean, nullable=False),
    Column("has_snapshot", Boolean, nullable=False),
    # What it rests on, and how far writing is besides its files, as JSON.
    Column("progress", Text),
    # As of which state of policies and recalls it was looked through for the last time, as JSON.
    Column("standing", Text),
    Column("agreement_version", Integer, nullable=False),
    Column("published_at", Instant),
    Column("expires_at", Instant),
    # The signed manifest (a DSSE envelope as JSON text), the SHA-256 of its payload, and whether it lies in the depot.
    Column("manifest", Text),
    Column("manifest_sha256", String(64)),
    Column("is_laid", Boolean, nullable=False),
    Column("log_index", Number),
    Index(None, "state"),
)

export_file = Table(
    "export_file",
    metadata,
    Column("file_id", Number, primary_key=True),
    Column("definition_id", ID, nullable=False),
    Column("number", Number, nullable=False),
    Column("part", WORD, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("size", Number, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("objects", Integer, nullable=False),
    Column("counts", Text, nullable=False),
    # Which stretch of its part it covers: positions of the feed, or for tombstones versions; its unit's files cover the same.
    Column("after_position", Number, nullable=False),
    Column("upto_position", Number, nullable=False),
    # Exactly which versions are in it, in the ledger's compact form; the lowest and highest of them; null: none. Of tombstones
    # the lowest and the highest alone: what they name may be given to nobody.
    Column("versions", LargeBinary),
    Column("first_version_id", Number),
    Column("last_version_id", Number),
    # The ledger's row by which it was given.
    Column("disclosure_id", Number),
    # As of which state of policies and recalls all of it may be given, as JSON.
    Column("standing", Text),
    # Since when it may not be given any more, and when it was taken out of the depot.
    Column("barred_at", Instant),
    Column("gone_at", Instant),
    ForeignKeyConstraint(["definition_id", "number"], ["bulk_export.definition_id", "bulk_export.number"]),
    UniqueConstraint("definition_id", "name"),
    Index(None, "definition_id", "number"),
    Index(None, "disclosure_id"),
    Index(None, "gone_at", "last_version_id"),
)

# What a mirror that follows a definition holds after the last export, in chunks of version ids.
export_holding = Table(
    "export_holding",
    metadata,
    Column("definition_id", ID, ForeignKey("export_definition.definition_id"), primary_key=True),
    Column("chunk", Number, primary_key=True, autoincrement=False),
    Column("versions", LargeBinary, nullable=False),
)
