from __future__ import annotations

from sqlalchemy import select

from app.domain.stix_object import timestamp_key
from app.domain.vocabulary import Harm
from app.storage import log
from app.storage.log import Statement
from app.storage.session import Database
from app.storage.tables import log_leaf
from tests.factories.policy_values import NOW
from tests.storage import samples


def test_a_statement_stands_beside_its_leaf(database: Database) -> None:
    first = Statement(0, "key-event", "a", b"\1" * 32, "{}")
    with database.write() as connection:
        log.add_statement(connection, first, b"\2" * 32, NOW)
        log.add_statement(connection, Statement(1, "key-event", "b", b"\3" * 32, "[]"), b"\4" * 32, NOW)
    with database.read() as connection:
        assert log.statements(connection, "key-event", "a") == [first]
        assert log.statements(connection, "recall", "a") == []
        assert log.indexes_of(connection, "key-event", ["a", "b", "c"]) == {"a": 0, "b": 1}
        assert log.indexes_of(connection, "recall", ["a"]) == log.indexes_of(connection, "key-event", []) == {}
        assert [one.subject for one in log.statements_between(connection, 0, 1)] == ["a", "b"]
        assert log.statements_between(connection, 0, 0) == [first]
        leaves = list(connection.execute(select(log_leaf).order_by(log_leaf.c.log_index)))
    assert [tuple(leaf) for leaf in leaves] == [(0, "key-event", b"\2" * 32, NOW), (1, "key-event", b"\4" * 32, NOW)]


def test_a_statement_is_found_by_its_index(database: Database) -> None:
    value = Statement(3, "recall", "a", b"\1" * 32, "{}")
    with database.write() as connection:
        log.add_statement(connection, value, b"\2" * 32, NOW)
        assert log.statement_at(connection, 3) == value
        assert log.statement_at(connection, 2) is None


def test_leaves_of_versions_are_found_by_row_by_index_and_by_owner(exchange: Database) -> None:
    first, second = samples.checked(), samples.checked()
    rows = samples.publish(exchange, [Harm.CSAM], first, second)
    with exchange.read() as connection:
        by_row = log.leaves_of_versions(connection, rows[::-1])
        assert [one.log_index for one in by_row] == [0, 1]
        assert [(one.salt, one.digest) for one in by_row] == [(bytes(32), one.verified.payload_digest) for one in (first, second)]
        assert log.leaves_at(connection, [1]) == by_row[1:]
        assert log.leaves_of_versions(connection, []) == log.leaves_at(connection, []) == []
        named = (first.facts.stix_id, timestamp_key(samples.VERSION) or "")
        assert log.own_leaves(connection, samples.OWNER, *named) == by_row[:1]
        assert log.own_leaves(connection, samples.OTHER_OWNER, *named) == []
