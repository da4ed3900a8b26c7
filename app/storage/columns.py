"""Column types that mean the same on SQLite and on PostgreSQL.

Owns the translation of instants, which are aware UTC datetimes everywhere above storage. Kept by
``tests/storage/test_columns.py``.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Integer, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

FOREVER = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
"""Stands for "no end" in columns that are compared on the hot path, so that no query needs an OR."""

Number = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit integer; SQLite gives its row id only to a column declared INTEGER."""


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime to the microsecond; naive datetimes are refused, not guessed at."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give UTC; SQLite keeps it as text without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached storage")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give an aware UTC datetime whatever the session's time zone is."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SortKey(TypeDecorator[str]):
    """Text that compares byte by byte on every database, whatever its locale; see ``domain.stix_object.timestamp_key``."""

    impl = String(80)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Name the collation where the database would otherwise use its locale's."""
        return dialect.type_descriptor(String(80, collation="C" if dialect.name == "postgresql" else None))
