"""The tables of full text. Private to ``app.storage``; ``app/storage/tables.py`` has the others.

On SQLite triggers keep ``object_words``, an index of FTS5 over ``object_text``, which only its migration knows. Kept by
``tests/storage/test_text_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, false, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.storage.columns import Number
from app.storage.member_tables import single_row
from app.storage.metadata import metadata

FTS5_TABLES = "object_words"
"""What the names of FTS5's own tables begin with, on SQLite."""


class Words(TypeDecorator[str]):
    """The words of an object in order: text that FTS5 takes apart at its spaces, or PostgreSQL's list of lexemes and places."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Give the type of this database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TSVECTOR())
        return dialect.type_descriptor(Text())


object_text = Table(
    "object_text",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("words", Words(), nullable=False),
    # SQLite has FTS5's in its place, and of this one nothing but the name.
    Index(None, "words", postgresql_using="gin", sqlite_where=text("version_id < 0")),
)

# Versions below ``below`` were stored before there was full text, or before it was made anew: still to be looked through.
# ``has_erased``: words were taken out that FTS5 may still hold in its segments.
text_index = Table(
    "text_index",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("below", Number, nullable=False),
    Column("has_erased", Boolean, nullable=False, server_default=false()),
    single_row(),
)
