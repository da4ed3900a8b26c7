"""The tables of object versions. Private to ``app.storage``; ``app/storage/tables.py`` has the others.

Kept by ``tests/storage/test_object_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from app.storage.columns import Instant, Number, SortKey
from app.storage.member_tables import owner_column
from app.storage.metadata import ID, STIX_ID, WORD, metadata

_ENDS = "visible_until < '9999-01-01'"
_OF_A_PLACE = ["visible_until", "version_id", "added_at", "is_superseded"]

object_version = Table(
    "object_version",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    owner_column(),
    Column("stix_id", STIX_ID, nullable=False),
    Column("type", String(250), nullable=False),
    Column("version", String(80), nullable=False),
    Column("version_key", SortKey, nullable=False),
    Column("class_id", Number, ForeignKey("handling_class.class_id"), nullable=False),
    Column("position", Number),
    Column("added_at", Instant),
    Column("visible_until", Instant, nullable=False),
    Column("release_at", Instant),
    Column("received_at", Instant, nullable=False),
    Column("submission_id", ID, nullable=False),
    # Whose signature vouches for it: the publisher's, or the exchange's where only the channel attests the object.
    Column("keyid", String(64), nullable=False),
    Column("assurance", WORD, nullable=False),
    Column("payload_digest", LargeBinary(32), nullable=False),
    Column("content_digest", LargeBinary(32), nullable=False),
    Column("log_index", Number, nullable=False, unique=True),
    Column("leaf_salt", LargeBinary(32), nullable=False),
    Column("confidence", Integer),
    Column("valid_from_key", SortKey),
    Column("valid_until_key", SortKey),
    # STIX 2.1 §3.2: created is the same in all versions, and no version follows one that is revoked. None: observables.
    Column("created_key", SortKey),
    Column("is_revoked", Boolean, nullable=False, server_default=false()),
    # A newer version of the same owner is stored under the id: it stands before this one wherever both are seen.
    Column("is_superseded", Boolean, nullable=False, server_default=false()),
    Column("withdrawn_at", Instant),
    # Until when it may be stored (``domain.retention``); null: it came before that was asked, and the sweep has not got to it.
    Column("retain_until", Instant),
    UniqueConstraint("owner_id", "stix_id", "version_key"),
    Index(None, "stix_id"),
    # Covering: a page of the feed is chosen from these indexes alone; bodies are fetched afterwards.
    Index(None, "position", unique=True, postgresql_include=["class_id", *_OF_A_PLACE]),
    Index(None, "class_id", "position", postgresql_include=_OF_A_PLACE),
    Index(None, "type", "position"),
    Index(None, "added_at", unique=True),
    Index(None, "retain_until"),
    # What expires, or is seen by nobody: few, and looked for by each export.
    Index(None, "visible_until", postgresql_where=text(_ENDS), sqlite_where=text(_ENDS)),
)

object_content = Table(
    "object_content",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

# What the exchange signed beside an object that its publisher did not sign: a DSSE envelope as JSON text.
object_attestation = Table(
    "object_attestation",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("envelope", Text, nullable=False),
)

object_head = Table(
    "object_head",
    metadata,
    Column("owner_id", ID, primary_key=True),
    Column("stix_id", STIX_ID, primary_key=True),
    Column("version_id", Number, nullable=False),
    Index(None, "stix_id"),
)

object_ref = Table(
    "object_ref",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("ref_id", STIX_ID, primary_key=True),
    Index(None, "ref_id"),
)

object_facet = Table(
    "object_facet",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("kind", String(16), primary_key=True),
    Column("value", WORD, primary_key=True),
    # What has a facet that few have: a view of one harm type is read from its start by this.
    Index(None, "kind", "value", "version_id"),
)
