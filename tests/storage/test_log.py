from __future__ import annotations

from sqlalchemy import select

from app.storage import log
from app.storage.log import Statement
from app.storage.session import Database
from app.storage.tables import log_leaf
from tests.factories.policy_values import NOW


def test_a_statement_stands_beside_its_leaf(database: Database) -> None:
    first = Statement(0, "key-event", "a", b"\1" * 32, "{}")
    with database.write() as connection:
        log.add_statement(connection, first, b"\2" * 32, NOW)
        log.add_statement(connection, Statement(1, "key-event", "b", b"\3" * 32, "[]"), b"\4" * 32, NOW)
    with database.read() as connection:
        assert log.statements(connection, "key-event", "a") == [first]
        assert log.statements(connection, "recall", "a") == []
        leaves = list(connection.execute(select(log_leaf).order_by(log_leaf.c.log_index)))
    assert [tuple(leaf) for leaf in leaves] == [(0, "key-event", b"\2" * 32, NOW), (1, "key-event", b"\4" * 32, NOW)]
