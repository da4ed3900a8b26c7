from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.partner import Person
from app.storage import members, persons
from app.storage.session import Database
from app.storage.stretches import Found, Place, Stretch
from app.storage.tables import person
from tests.factories.policy_values import DAY, NOW
from tests.storage.samples import OWNER, READER

ALL = [
    Person("a", "Before it was kept", READER),
    Person("z", "And another", READER),
    *(Person(f"p{number}", "Synthetic", READER, added_at=NOW + timedelta(microseconds=number // 2)) for number in range(5)),
]


@pytest.fixture
def listed(exchange: Database) -> Database:
    with exchange.write() as connection:
        for one in reversed(ALL):
            members.add_person(connection, one)
        members.add_person(connection, Person("other", "Somebody else's", OWNER, added_at=NOW))
    return exchange


def some(database: Database, stretch: Stretch) -> Found[Person]:
    with database.read() as connection:
        return persons.persons_listed(connection, READER, stretch, has_left=None)


def test_a_list_goes_on_after_a_place_to_its_end_with_equals_by_their_ids(listed: Database) -> None:
    first = some(listed, Stretch(3))
    assert first == Found(ALL[:3], before=0, count=7)
    second = some(listed, Stretch(3, persons.place_of(ALL[2])))
    assert second == Found(ALL[3:6], before=3, count=7)
    assert some(listed, Stretch(3, persons.place_of(ALL[5]))) == Found(ALL[6:], before=6, count=7)
    assert some(listed, Stretch(3, persons.place_of(ALL[6]))) == Found([], before=7, count=7)


def test_it_leads_back_by_whole_pages_from_the_beginning(listed: Database) -> None:
    assert some(listed, Stretch(3, persons.place_of(ALL[6]), is_before=True)) == Found(ALL[3:6], before=3, count=7)
    assert some(listed, Stretch(3, persons.place_of(ALL[3]), is_before=True)) == Found(ALL[:3], before=0, count=7)
    assert some(listed, Stretch(3, persons.place_of(ALL[1]), is_before=True)) == Found(ALL[:3], before=0, count=7)


def test_what_came_or_went_meanwhile_moves_no_row_to_another_page(listed: Database) -> None:
    place = persons.place_of(ALL[2])
    with listed.write() as connection:
        connection.execute(person.delete().where(person.c.person_id == ALL[2].person_id))
        members.add_person(connection, Person("b", "Earlier than all", READER))
    assert some(listed, Stretch(2, place)) == Found(ALL[3:5], before=3, count=7)


def test_a_list_of_nobody_is_empty_at_every_place(exchange: Database) -> None:
    for stretch in (Stretch(2), Stretch(2, Place(NOW, "a")), Stretch(2, Place(NOW, "a"), is_before=True)):
        assert some(exchange, stretch) == Found([], before=0, count=0)


def test_who_left_is_listed_apart(listed: Database) -> None:
    with listed.write() as connection:
        persons.set_left(connection, "p1", NOW + DAY)
    gone = replace(ALL[3], left_at=NOW + DAY)
    with listed.read() as connection:
        assert persons.persons_listed(connection, READER, Stretch(9), has_left=True) == Found([gone], before=0, count=1)
        here = persons.persons_listed(connection, READER, Stretch(9), has_left=False)
    assert here == Found([one for one in ALL if one.person_id != "p1"], before=0, count=6)
