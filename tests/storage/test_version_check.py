"""What is read together for checking versions; what must hold of it is asked in ``tests/services/checking``."""

from __future__ import annotations

from app.storage import version_check
from app.storage.session import Database


def test_nothing_is_found_in_an_empty_database(database: Database) -> None:
    with database.read() as connection:
        assert version_check.versions_between(connection, 0, 1_000) == {}
        assert list(version_check.submissions_named(connection, ["x"])) == []
        assert list(version_check.class_documents(connection, [1, 2])) == []
        assert list(version_check.all_classes(connection)) == []
