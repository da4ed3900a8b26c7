from __future__ import annotations

from app.storage import trust_tables
from app.storage.tables import metadata
from app.storage.trust_tables import log_node, log_statement, request_nonce


def test_the_tables_of_trust_are_among_all_tables() -> None:
    names = ("approval", "checkpoint", "exchange_key", "key_directory", "log_node", "log_statement", "request_nonce")
    assert set(names) <= metadata.tables.keys()
    assert all(getattr(trust_tables, name) is metadata.tables[name] for name in names)


def test_a_nonce_is_one_keys() -> None:
    assert [column.name for column in request_nonce.primary_key] == ["keyid", "nonce"]


def test_a_leaf_commits_to_one_statement_and_a_subtree_has_one_hash() -> None:
    assert [column.name for column in log_statement.primary_key] == ["log_index"]
    assert [column.name for column in log_node.primary_key] == ["level", "number"]
