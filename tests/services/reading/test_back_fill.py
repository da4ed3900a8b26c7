from __future__ import annotations

import pytest

from app.domain.vocabulary import Harm
from app.services.reading import back_fill
from tests.factories.groups import make_group
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import context, indicator


@pytest.fixture
def pair(hub: Hub) -> tuple[Member, Member]:
    return hub.enrol("Platform A"), hub.enrol("Platform B")


def test_what_is_gained_is_there_with_the_look_that_finds_it(hub: Hub, pair: tuple[Member, Member]) -> None:
    publisher, other = pair
    other.agree(harm_types=frozenset({Harm.SOLICITATION_OF_CHILDREN}))
    value = indicator(stated=context(harm_types=["csam"]))
    publisher.store(value)
    assert other.page().objects == []
    other.agree()
    assert [one["id"] for one in other.pull()[0]] == [value["id"]]
    assert not hub.work() or [one["id"] for one in other.pull()[0]] == [value["id"]]


def test_the_first_object_of_a_new_group_is_there_at_once(hub: Hub, pair: tuple[Member, Member]) -> None:
    publisher, other = pair
    other.page()
    group_id = make_group(hub, publisher, other)
    value = indicator()
    publisher.submit(value, group_id=group_id)
    assert [one["id"] for one in other.pull()[0]] == [value["id"]]


def test_much_is_left_to_the_work(hub: Hub, pair: tuple[Member, Member], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(back_fill, "BATCH", 2)
    publisher, other = pair
    other.agree(harm_types=frozenset({Harm.SOLICITATION_OF_CHILDREN}))
    values = [indicator(stated=context(harm_types=["csam"])) for _ in range(3)]
    publisher.store(*values)
    _, cursor = other.pull()
    other.agree()
    found, cursor = other.pull(cursor)
    assert [one["id"] for one in found] == [one["id"] for one in values[:2]]
    hub.work()
    assert [one["id"] for one in other.pull(cursor)[0]] == [values[2]["id"]]
