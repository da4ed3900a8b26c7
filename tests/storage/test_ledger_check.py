"""What is read together for checking the ledger; what must hold of it is asked in ``tests/services/checking``."""

from __future__ import annotations

from app.storage import ledger_check
from app.storage.session import Database


def test_nothing_is_found_in_an_empty_database(database: Database) -> None:
    with database.read() as connection:
        assert ledger_check.owners_between(connection, 0, 1_000) == {}
        assert ledger_check.owners_of_versions(connection, 0, 1_000) == {}
        assert list(ledger_check.all_directories(connection)) == []
