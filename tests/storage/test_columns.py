"""Column types mean the same on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Connection, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError

from app.storage.columns import FOREVER, Instant, Number, SortKey
from app.storage.session import Database

sample = Table(
    "sample",
    MetaData(),
    Column("number", Number, primary_key=True),
    Column("at", Instant),
    Column("key", SortKey),
)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        sample.create(connection)
        yield connection


def _stored(connection: Connection, at: datetime | None) -> datetime | None:
    connection.execute(insert(sample).values(at=at))
    return connection.execute(select(sample.c.at)).scalar_one()


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC),
        datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        FOREVER,
    ],
)
def test_an_instant_comes_back_to_the_microsecond(connection: Connection, instant: datetime) -> None:
    assert _stored(connection, instant) == instant


def test_an_instant_of_another_zone_comes_back_as_utc(connection: Connection) -> None:
    stored = _stored(connection, datetime(2026, 3, 1, 1, 0, tzinfo=timezone(timedelta(hours=2))))

    assert stored is not None
    assert stored.isoformat() == "2026-02-28T23:00:00+00:00"


def test_an_absent_instant_stays_absent(connection: Connection) -> None:
    assert _stored(connection, None) is None


def test_a_naive_datetime_is_refused(connection: Connection) -> None:
    with pytest.raises(StatementError, match="a naive datetime reached storage"):
        connection.execute(insert(sample).values(at=datetime(2026, 3, 1)))  # noqa: DTZ001  # naive on purpose


def test_instants_of_different_zones_compare_by_what_they_mean(connection: Connection) -> None:
    connection.execute(insert(sample).values(at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC)))
    same = datetime(2026, 3, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))

    assert connection.execute(select(sample.c.number).where(sample.c.at == same)).scalars().all() == [1]


def test_a_session_in_another_zone_reads_utc(postgres_url: str) -> None:
    database = Database(postgres_url)
    instant = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    with database.write() as connection:
        sample.create(connection)
        connection.exec_driver_sql("SET TIME ZONE 'Pacific/Auckland'")
        stored = _stored(connection, instant)
    database.dispose()

    assert stored is not None
    assert stored.isoformat() == instant.isoformat()


def test_sort_keys_compare_byte_by_byte(connection: Connection) -> None:
    in_bytes = ["2026-01-01T00:00:00", "2026-01-01T00:00:00.5", "2026-01-01T00:00:01", "B", "a", "a-b", "aa"]
    connection.execute(insert(sample), [{"key": key} for key in reversed(in_bytes)])

    assert list(connection.execute(select(sample.c.key).order_by(sample.c.key)).scalars()) == in_bytes
    assert (
        list(connection.execute(select(sample.c.key).where(sample.c.key < "a").order_by(sample.c.key)).scalars()) == in_bytes[:4]
    )


def test_a_number_has_64_bits(connection: Connection) -> None:
    connection.execute(insert(sample).values(number=2**63 - 1))

    assert connection.execute(select(sample.c.number)).scalar_one() == 2**63 - 1


def test_a_number_that_is_a_key_is_given_by_the_database(connection: Connection) -> None:
    connection.execute(insert(sample), [{"key": "a"}, {"key": "b"}])

    assert list(connection.execute(select(sample.c.number).order_by(sample.c.number)).scalars()) == [1, 2]
