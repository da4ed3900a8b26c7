from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain.errors import Code, NotFoundError
from app.domain.events import Event
from app.domain.recall import Choice
from app.domain.vocabulary import Channel, Purpose
from app.services.intake.take_back import TakingBack, take_back
from app.services.membership.keep_groups import NewGroup, NewMember, create_group, remove_member
from app.services.reading.list_collections import find_collection
from app.services.reading.pull import Filters, PageRequest, Place, pull_page
from app.storage import events
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator


@pytest.fixture
def group_id(hub: Hub, owner: Member, other: Member) -> str:
    members = tuple(NewMember(one.id, can_read=True, can_write=True) for one in (owner, other))
    return create_group(hub.exchange, hub.operator, NewGroup("Circle A", "", shares_history=True, members=members)).group.group_id


@pytest.fixture
def owner(hub: Hub) -> Member:
    return hub.enrol("Owner")


@pytest.fixture
def other(hub: Hub) -> Member:
    return hub.enrol("Other")


def take(member: Member, stix_id: str, group_id: str | None) -> None:
    reader = member.reader(Purpose.DETECTION, Channel.TAXII)
    place = Place()
    if group_id is not None:
        found = find_collection(member.hub.exchange, member.principal, Purpose.DETECTION, group_id)
        place = Place(found.feed, found.from_generation, "test")
    take_back(member.hub.exchange, reader, TakingBack(stix_id, Choice(), group_id, place))


def recorded(hub: Hub) -> list[Event]:
    with hub.exchange.database.read() as connection:
        return [one.event for _, one in events.events(connection, 0, 1_000)]


def test_in_the_exchange_it_is_withdrawn(hub: Hub, owner: Member, other: Member) -> None:
    value = indicator()
    owner.store(value)
    take(owner, value["id"], None)
    assert other.sees() == []
    assert Event.OBJECT_WITHDRAW in recorded(hub)


def test_in_a_group_its_posting_ends_and_what_is_nowhere_else_is_withdrawn(
    hub: Hub, owner: Member, other: Member, group_id: str
) -> None:
    alone, also = indicator(), indicator()
    owner.store(also)
    owner.submit(alone, also, group_id=group_id)
    take(owner, also["id"], group_id)
    assert Event.POSTING_END in recorded(hub)
    assert Event.OBJECT_WITHDRAW not in recorded(hub)
    take(owner, alone["id"], group_id)
    assert Event.OBJECT_WITHDRAW in recorded(hub)
    assert [stix_id for stix_id, _ in other.sees()] == [also["id"]]


def test_what_is_not_there_is_not_found_and_neither_is_what_is_anothers(owner: Member, other: Member, group_id: str) -> None:
    elsewhere, value = indicator(), indicator()
    owner.store(elsewhere)
    owner.submit(value, group_id=group_id)
    with pytest.raises(NotFoundError):
        take(owner, elsewhere["id"], group_id)
    with pytest.raises(NotFoundError):
        take(other, value["id"], group_id)
    with pytest.raises(NotFoundError):
        take(other, indicator()["id"], group_id)


def test_who_left_the_group_takes_nothing_back_there(hub: Hub, owner: Member, group_id: str) -> None:
    value = indicator()
    owner.submit(value, group_id=group_id)
    place = Place(1, 0, "test")
    reader = owner.reader(Purpose.DETECTION, Channel.TAXII)
    remove_member(hub.exchange, hub.operator, group_id, owner.id)
    with pytest.raises(NotFoundError) as refusal:
        take_back(hub.exchange, reader, TakingBack(value["id"], Choice(), group_id, place))
    assert refusal.value.code is Code.NOT_FOUND


def read_in(member: Member, group_id: str) -> list[dict[str, Any]]:
    """Give what the group's collection has for a member."""
    found = find_collection(member.hub.exchange, member.principal, Purpose.DETECTION, group_id)
    request = PageRequest(Filters(), None, 100, Place(found.feed, found.from_generation, "test"))
    page = pull_page(member.hub.exchange, member.reader(Purpose.DETECTION, Channel.TAXII), request)
    return [json.loads(one) for one in page.objects]


def test_who_had_it_from_the_group_is_told_there_and_the_notice_cannot_be_taken_back(
    hub: Hub, owner: Member, other: Member, group_id: str
) -> None:
    value = indicator()
    owner.submit(value, group_id=group_id)
    assert [one["id"] for one in read_in(other, group_id)] == [value["id"]]
    take(owner, value["id"], group_id)
    assert read_in(other, group_id) == []
    hub.work()
    [notice] = read_in(other, group_id)
    assert (notice["type"], notice["recalled"][0]["stix_id"]) == ("recall-notice", value["id"])
    assert [one["id"] for one in other.pull()[0]] == [notice["id"]]
    assert read_in(owner, group_id) == owner.pull()[0] == []
    for collection in (group_id, None):
        with pytest.raises(NotFoundError):
            take(owner, notice["id"], collection)
        with pytest.raises(NotFoundError):
            take(other, notice["id"], collection)
    assert read_in(other, group_id) == [notice]
