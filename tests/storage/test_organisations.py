from __future__ import annotations

from app.storage import organisations
from app.storage.session import Database
from tests.factories.policy_values import NOW
from tests.storage.samples import OTHER_OWNER, OTHER_READER, OWNER, READER


def test_parents_and_clients_are_kept_as_they_are_said(exchange: Database) -> None:
    with exchange.write() as connection:
        organisations.set_parent(connection, READER, OWNER)
        organisations.set_client_of(connection, READER, {OWNER, OTHER_OWNER}, NOW)
        organisations.set_client_of(connection, READER, {OTHER_OWNER, OTHER_READER}, NOW)
    with exchange.read() as connection:
        assert organisations.parents(connection) == {READER: OWNER}
        assert organisations.clients(connection) == {READER: {OTHER_OWNER, OTHER_READER}}
    with exchange.write() as connection:
        organisations.set_parent(connection, READER, None)
        organisations.set_client_of(connection, READER, (), NOW)
        assert (organisations.parents(connection), organisations.clients(connection)) == ({}, {})
