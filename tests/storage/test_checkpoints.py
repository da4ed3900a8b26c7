from __future__ import annotations

import pytest

from app.domain.errors import ConflictError
from app.storage import checkpoints
from app.storage.checkpoints import KeptCheckpoint
from app.storage.session import Database
from tests.factories.policy_values import DAY, NOW


def kept(size: int, disclosed_to: int = 0) -> KeptCheckpoint:
    return KeptCheckpoint(size, bytes([size % 256]) * 32, f"note of {size}\n", NOW + size * DAY, disclosed_to)


def test_the_newest_checkpoint_is_that_of_the_largest_tree(database: Database) -> None:
    with database.write() as connection:
        assert checkpoints.newest_checkpoint(connection) is None
        for size in (0, 7, 12):
            checkpoints.add_checkpoint(connection, kept(size, disclosed_to=size // 2))
        assert checkpoints.newest_checkpoint(connection) == kept(12, disclosed_to=6)


def test_checkpoints_are_found_by_size_and_by_what_they_cover(database: Database) -> None:
    with database.write() as connection:
        for size in (0, 7, 12):
            checkpoints.add_checkpoint(connection, kept(size))
        assert [checkpoints.checkpoint_of_size(connection, size) for size in (0, 6, 7, 13)] == [kept(0), None, kept(7), None]
        found = [checkpoints.first_checkpoint_from(connection, size) for size in (0, 1, 7, 8, 12, 13)]
        assert found == [kept(0), kept(7), kept(7), kept(12), kept(12), None]


def test_there_is_one_checkpoint_of_a_size(database: Database) -> None:
    with database.write() as connection:
        checkpoints.add_checkpoint(connection, kept(7))
    with pytest.raises(ConflictError), database.write() as connection:
        checkpoints.add_checkpoint(connection, kept(7))
