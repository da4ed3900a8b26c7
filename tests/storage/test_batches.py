from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.storage.batches import batches
from app.storage.session import Database
from app.storage.tables import object_version


@pytest.mark.parametrize(
    ("many", "lengths"), [(0, []), (1, [1]), (4_999, [4_999]), (5_000, [5_000]), (5_001, [5_000, 1]), (10_000, [5_000, 5_000])]
)
def test_values_come_in_order_and_in_short_lists(many: int, lengths: list[int]) -> None:
    found = list(batches(iter(range(many))))
    assert [len(batch) for batch in found] == lengths
    assert [value for batch in found for value in batch] == list(range(many))


def test_a_batch_fits_into_one_statement_of_either_database(database: Database) -> None:
    statement = select(func.count()).select_from(object_version)
    with database.read() as connection:
        for batch in batches(range(10_000)):
            assert connection.execute(statement.where(object_version.c.version_id.in_(batch))).scalar_one() == 0
