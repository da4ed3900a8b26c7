"""What all tables have in common: where they are registered, how their constraints are named, and the lengths of ids and words.

Kept by ``tests/storage/test_metadata.py``.
"""

from __future__ import annotations

from sqlalchemy import MetaData, String

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""All tables, once ``app.storage.tables`` is imported."""

ID = String(36)
"""An id of ours: a UUID as text."""

STIX_ID = String(300)
"""A STIX id, which its author chose."""

WORD = String(64)
"""A word of a closed list."""
