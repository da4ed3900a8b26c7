from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text

from app.domain.errors import UnprovenError
from app.storage import log_tree
from app.storage.session import Connection, Database
from app.storage.tables import log_leaf
from app.storage.trust_tables import log_node
from tests.factories.policy_values import NOW


def hashed(number: int) -> bytes:
    return hashlib.sha256(b"%d" % number).digest()


def add_leaves(connection: Connection, *numbers: int) -> None:
    rows = [{"log_index": one, "kind": "recall", "leaf_hash": hashed(one), "recorded_at": NOW} for one in numbers]
    connection.execute(insert(log_leaf), rows)


def test_a_tile_is_256_hashes_or_what_there_is(database: Database) -> None:
    with database.write() as connection:
        add_leaves(connection, *range(300))
        log_tree.add_nodes(connection, 1, 0, [hashed(-1)])
    with database.read() as connection:
        assert log_tree.tile(connection, 0, 0) == [hashed(one) for one in range(256)]
        assert log_tree.tile(connection, 0, 1) == [hashed(one) for one in range(256, 300)]
        assert log_tree.tile(connection, 0, 2) == []
        assert log_tree.tile(connection, 1, 0) == [hashed(-1)]
        assert log_tree.tile(connection, 2, 0) == []


@pytest.mark.parametrize("there", [(0, 2), (1,), (1, 2)])
def test_a_gap_in_a_tile_is_told(database: Database, there: tuple[int, ...]) -> None:
    with database.write() as connection:
        add_leaves(connection, *there)
    with database.read() as connection, pytest.raises(UnprovenError):
        log_tree.tile(connection, 0, 0)


def test_hashes_are_counted_by_level(database: Database) -> None:
    with database.write() as connection:
        assert log_tree.node_count(connection, 1) == 0
        log_tree.add_nodes(connection, 1, 0, [])
        log_tree.add_nodes(connection, 1, 0, [hashed(0), hashed(1)])
        assert (log_tree.node_count(connection, 1), log_tree.node_count(connection, 2)) == (2, 0)


def test_what_somebody_else_kept_meanwhile_stays(database: Database) -> None:
    with database.write() as connection:
        log_tree.add_nodes(connection, 1, 0, [hashed(0), hashed(1)])
    with database.write() as connection:
        log_tree.add_nodes(connection, 1, 1, [hashed(1), hashed(2)])
        assert log_tree.tile(connection, 1, 0) == [hashed(0), hashed(1), hashed(2)]
        assert len(connection.execute(select(log_node)).all()) == 3


def test_two_servers_may_keep_the_same_hashes_at_once(exchange_at_postgres: Database) -> None:
    database = exchange_at_postgres
    with database.write() as one, database.write() as other:
        log_tree.add_nodes(one, 1, 0, [hashed(0)])
        one.commit()
        log_tree.add_nodes(other, 1, 0, [hashed(0), hashed(1)])
    with database.read() as connection:
        assert log_tree.tile(connection, 1, 0) == [hashed(0), hashed(1)]
        assert connection.execute(text("SELECT count(*) FROM log_node")).scalar_one() == 2


def test_the_latest_leaf_is_by_time_and_not_by_place(database: Database) -> None:
    with database.write() as connection:
        times = [NOW, NOW + timedelta(hours=2), NOW + timedelta(hours=1)]
        rows = [{"log_index": at, "kind": "recall", "leaf_hash": hashed(at), "recorded_at": one} for at, one in enumerate(times)]
        connection.execute(insert(log_leaf), rows)
    with database.read() as connection:
        assert [log_tree.latest_leaf(connection, first) for first in range(4)] == [times[1], times[1], times[2], None]
