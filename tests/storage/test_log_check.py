from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import insert

from app.storage import log_check
from app.storage.session import Database
from app.storage.tables import log_leaf

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def add_leaves(database: Database, count: int) -> None:
    rows = [{"log_index": n, "kind": "recall", "leaf_hash": bytes([n % 256]) * 32, "recorded_at": NOW} for n in range(count)]
    with database.write() as connection:
        connection.execute(insert(log_leaf), rows)


def test_the_size_is_one_more_than_the_highest_index(database: Database) -> None:
    with database.read() as connection:
        assert log_check.tree_size(connection) == 0
    add_leaves(database, 300)
    with database.read() as connection:
        assert log_check.tree_size(connection) == 300
