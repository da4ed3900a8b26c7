from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text

from app.domain.stix_object import timestamp_key
from app.storage.columns import FOREVER, Instant, Number, SortKey
from app.storage.session import Database

samples = Table(
    "column_samples",
    MetaData(),
    Column("number", Number, primary_key=True),
    Column("at", Instant),
    Column("key", SortKey),
    Column("plain", Integer),
)

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
INSTANTS = [
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    NOON - timedelta(microseconds=1),
    NOON,
    NOON + timedelta(microseconds=1),
    NOON + timedelta(seconds=1),
    FOREVER,
]
KEYS = [
    "2026-01-01T00:00:00",
    "2026-01-01T00:00:00.000001",
    "2026-01-01T00:00:00.00001",
    "2026-01-01T00:00:00.1",
    "2026-01-01T00:00:00.100000001",
    "2026-01-01T00:00:00.9",
    "2026-01-01T00:00:01",
]


@pytest.fixture
def table(database: Database) -> Database:
    with database.write() as connection:
        samples.create(connection)
    return database


@pytest.mark.parametrize("instant", [*INSTANTS, None])
def test_an_instant_comes_back_as_it_was_in_utc(table: Database, instant: datetime | None) -> None:
    with table.write() as connection:
        connection.execute(insert(samples).values(at=instant))
        found = connection.execute(select(samples.c.at)).scalar_one()
    assert found == instant
    assert instant is None or found.tzinfo is UTC


def test_an_instant_of_another_zone_is_kept_as_the_same_instant(table: Database) -> None:
    with table.write() as connection:
        connection.execute(insert(samples).values(at=NOON.astimezone(timezone(timedelta(hours=-9, minutes=-30)))))
        assert connection.execute(select(samples.c.at)).scalar_one() == NOON


def test_a_naive_datetime_is_refused(table: Database) -> None:
    with pytest.raises(Exception, match="a naive datetime reached storage"), table.write() as connection:
        connection.execute(insert(samples).values(at=NOON.replace(tzinfo=None)))


def test_instants_sort_and_compare_in_the_order_of_time(table: Database) -> None:
    shuffled = random.Random(1).sample(INSTANTS, len(INSTANTS))
    with table.write() as connection:
        connection.execute(insert(samples), [{"at": instant} for instant in shuffled])
        assert list(connection.execute(select(samples.c.at).order_by(samples.c.at)).scalars()) == INSTANTS
        for number, instant in enumerate(INSTANTS):
            later = select(samples.c.at).where(samples.c.at > instant).order_by(samples.c.at)
            assert list(connection.execute(later).scalars()) == INSTANTS[number + 1 :]


def test_instants_have_one_length_on_sqlite_so_that_text_sorts_as_time(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.write() as connection:
        samples.create(connection)
        connection.execute(insert(samples), [{"at": instant} for instant in INSTANTS])
        lengths = set(connection.execute(text("SELECT length(at) FROM column_samples")).scalars())
    database.dispose()
    assert lengths == {len("2026-01-01 12:00:00.000000")}


def test_an_instant_is_utc_whatever_zone_the_session_has(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.write() as connection:
        samples.create(connection)
        connection.execute(insert(samples).values(at=NOON))
        connection.execute(text("SET LOCAL TIME ZONE 'Asia/Kathmandu'"))
        found = connection.execute(select(samples.c.at)).scalar_one()
    database.dispose()
    assert (found, found.tzinfo) == (NOON, UTC)


def test_sort_keys_sort_and_compare_byte_by_byte(table: Database) -> None:
    # The test server's own order is that of en-US, which leaves out punctuation at first; these would come out mixed.
    assert [timestamp_key(key + "Z") for key in KEYS] == KEYS
    words = sorted([*KEYS, "a", "B", "b", "-a", ":A", "é"])
    with table.write() as connection:
        connection.execute(insert(samples), [{"key": key} for key in random.Random(2).sample(words, len(words))])
        assert list(connection.execute(select(samples.c.key).order_by(samples.c.key)).scalars()) == words
        for number, word in enumerate(words):
            greater = select(samples.c.key).where(samples.c.key > word).order_by(samples.c.key)
            assert list(connection.execute(greater).scalars()) == words[number + 1 :]


@pytest.mark.parametrize("number", [1, 2**31, 2**63 - 1])
def test_a_number_has_64_bits(table: Database, number: int) -> None:
    with table.write() as connection:
        connection.execute(insert(samples).values(number=number))
        assert connection.execute(select(samples.c.number)).scalar_one() == number


def test_a_number_as_primary_key_counts_by_itself(table: Database) -> None:
    with table.write() as connection:
        for plain in (7, 8):
            connection.execute(insert(samples).values(plain=plain))
        assert list(connection.execute(select(samples.c.number).order_by(samples.c.plain)).scalars()) == [1, 2]
