from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.partner import Person
from app.domain.reading_load import COUNTS_LAST, TAKEN_FOR, ReadingLimits, ReadingLoad
from app.storage import members, reading_loads
from app.storage.session import Database
from tests.factories.policy_values import DAY, NOW
from tests.storage.samples import READER


@pytest.fixture
def people(exchange: Database) -> Database:
    with exchange.write() as connection:
        for name in "ab":
            members.add_person(connection, Person(name, f"Person {name}", READER))
    return exchange


def test_what_is_taken_is_one_persons_until_it_lapses(people: Database) -> None:
    with people.write() as connection:
        reading_loads.take_draft(connection, "d1", "a", NOW + TAKEN_FOR)
        reading_loads.take_draft(connection, "d2", "b", NOW + TAKEN_FOR)
        assert reading_loads.takers(connection, ["d1", "d3"], NOW) == {"d1": "a"}
        reading_loads.let_go(connection, "d1", "b")
        reading_loads.let_go(connection, "d2", "b")
        assert reading_loads.takers(connection, ["d1", "d2"], NOW) == {"d1": "a"}
        assert reading_loads.takers(connection, ["d1"], NOW + TAKEN_FOR) == {}


def test_counts_are_kept_for_a_person_and_a_day_and_forgotten(people: Database) -> None:
    load = ReadingLoad("a", NOW.date().isoformat()).with_one_more(NOW)
    with people.write() as connection:
        assert reading_loads.load_of(connection, "a", NOW).items == 0
        for _ in range(2):
            reading_loads.save_load(connection, load)
        assert reading_loads.load_of(connection, "a", NOW) == load
        assert reading_loads.load_of(connection, "a", NOW + DAY).items == 0
        assert reading_loads.load_of(connection, "b", NOW).items == 0
        assert reading_loads.forget_loads(connection, NOW + COUNTS_LAST) == 0
        assert reading_loads.forget_loads(connection, NOW + COUNTS_LAST + timedelta(days=1)) == 1


def test_limits_are_an_organisations_own(people: Database) -> None:
    with people.write() as connection:
        assert reading_loads.limits_of(connection, READER) == ReadingLimits()
        for items in (5, 6):
            reading_loads.save_limits(connection, READER, ReadingLimits(items, 2, 10))
        assert reading_loads.limits_of(connection, READER) == ReadingLimits(6, 2, 10)
