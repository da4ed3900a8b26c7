"""The table of questions about persons, as they are audited.

Private to ``app.storage``; ``app/storage/tables.py`` has the others. Kept by ``tests/storage/test_limit_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Table

from app.storage.columns import Instant, Number
from app.storage.member_tables import partner_column
from app.storage.metadata import ID, WORD, metadata

question = Table(
    "question",
    metadata,
    Column("question_id", Number, primary_key=True),
    # Null: somebody of the staff asked, whose the credential is.
    partner_column(nullable=True),
    Column("credential_id", ID, nullable=False),
    Column("kind", WORD, nullable=False),
    Column("purpose", WORD),
    Column("channel", WORD, nullable=False),
    Column("asked_at", Instant, nullable=False),
    # SHA-256 of a salt of its own and the id that was asked about: whoever names the id finds it, a reader of the table does not.
    Column("salt", LargeBinary(16), nullable=False),
    Column("subject", LargeBinary(32), nullable=False),
    Index(None, "partner_id", "kind", "asked_at"),
    Index(None, "asked_at"),
)
