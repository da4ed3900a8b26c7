"""The table of what waits for a partner's signature. Private to ``app.storage``; ``app/storage/tables.py`` has the others.

Kept by ``tests/storage/test_signing_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from app.storage.columns import Instant
from app.storage.member_tables import partner_column
from app.storage.metadata import ID, STIX_ID, WORD, metadata

signing_task = Table(
    "signing_task",
    metadata,
    Column("task_id", ID, primary_key=True),
    Column("kind", WORD, nullable=False),
    partner_column(),
    Column("subject", STIX_ID, nullable=False),
    Column("digest", String(64), nullable=False),
    # What is to be signed; there only while the task waits.
    Column("document", Text),
    Column("made_by", ID, ForeignKey("person.person_id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("approved_by", ID, ForeignKey("person.person_id")),
    Column("state", WORD, nullable=False),
    Column("settled_at", Instant),
    Column("settled_by", ID, ForeignKey("person.person_id")),
    Column("credential_id", ID),
    Column("keyid", String(64)),
    Column("reference", STIX_ID),
    # Codes, sentences without values and places, as JSON.
    Column("refusals", Text, nullable=False),
    Index(None, "partner_id", "made_at"),
    Index(None, "subject"),
    Index(None, "state", "made_at"),
    Index(None, "settled_at"),
)
