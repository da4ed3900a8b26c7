"""Versions as partners meet them: the newest governs, whatever the order, the owner, the spelling and the kind of object."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from app.domain.errors import Code, NotFoundError
from app.domain.vocabulary import Role
from app.services.intake.receipts import object_receipt
from app.services.reading.pull import list_versions, pull_version
from tests.factories.members import Hub, Member, outcomes, started_hub
from tests.factories.stix_objects import indicator, newer, report, user_account

INSTANTS = [f"2026-01-{day:02}T12:00:00.000Z" for day in (6, 7, 8)]
SPELLINGS = ["2026-01-06T12:00:00.0000Z", "2026-01-06T12:00:00.000000Z"]


@pytest.fixture
def hub(database_url: str) -> Iterator[Hub]:
    with started_hub(database_url) as hub:
        yield hub


@pytest.fixture
def owner(hub: Hub) -> Member:
    return hub.enrol("Owner")


@pytest.fixture
def friend(hub: Hub) -> Member:
    return hub.enrol("Friend")


@pytest.fixture
def reader(hub: Hub) -> Member:
    return hub.enrol("Reader")


def _ids(member: Member) -> list[str]:
    return [one for one, _ in member.sees() if not one.startswith("marking-definition")]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_the_newest_governs_in_whatever_order_they_come(
    hub: Hub, owner: Member, friend: Member, reader: Member, order: Sequence[int]
) -> None:
    versions = [newer(indicator(), at) for at in INSTANTS]
    versions = [one | {"id": versions[0]["id"]} for one in versions]
    versions[2]["object_marking_refs"] = [owner.mark_for(friend)]
    for place in order:
        owner.store(versions[place])
    assert _ids(reader) == []
    assert [one["modified"] for one in friend.look_up(versions[0]["id"])] == [INSTANTS[2]]
    assert [one.version for one in list_versions(hub.exchange, friend.reader(), versions[0]["id"])] == INSTANTS


def test_a_revoked_version_is_a_version_and_an_older_one_that_comes_late_takes_nothing_back(
    owner: Member, friend: Member, reader: Member
) -> None:
    first = indicator()
    owner.store(first)
    about = report([first["id"]])
    friend.store(about)
    owner.store(newer(first, INSTANTS[1], revoked=True))
    owner.store(newer(first, INSTANTS[0], name="Late"))
    (newest,) = reader.look_up(first["id"])
    assert (newest["modified"], newest["revoked"]) == (INSTANTS[1], True)
    assert about["id"] in _ids(reader)


def test_a_revoked_version_with_a_narrower_handling_narrows_what_depends_on_it(
    hub: Hub, owner: Member, friend: Member, reader: Member
) -> None:
    first = indicator()
    owner.store(first)
    about = report([first["id"]])
    friend.store(about)
    owner.store(newer(first, revoked=True, object_marking_refs=[owner.mark_for(friend)]))
    for _ in range(2):
        assert (_ids(reader), len(_ids(friend))) == ([], 3)
        hub.work()


def test_statements_of_several_owners_about_one_observable_have_each_its_own_history(hub: Hub) -> None:
    one, other, author, reader = (hub.enrol(name, Role.LAW_ENFORCEMENT) for name in ("One", "Other", "Author", "Reader"))
    account = user_account("shared")
    (first,) = one.store(account)
    about_one = report([account["id"]], name="About what one said")
    author.store(about_one)
    (second,) = other.store(account | {"display_name": "as the other knows it"})
    about_both = report([account["id"]], name="About what both said")
    author.store(about_both)
    assert [version.owner_id for version in list_versions(hub.exchange, reader.reader(), account["id"])] == sorted(
        [one.id, other.id]
    )
    other.store(account | {"display_name": "and later", "object_marking_refs": [other.mark_for(author)]})
    for _ in range(2):
        found = list_versions(hub.exchange, reader.reader(), account["id"])
        assert [(version.owner_id, version.version) for version in found] == [(one.id, first.version)]
        assert {about_one["id"], about_both["id"]} & set(_ids(reader)) == {about_one["id"]}
        hub.work()
    assert second.version != first.version
    own = list_versions(hub.exchange, other.reader(), account["id"])
    assert [version.owner_id for version in own].count(other.id) == 2


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_instant_spelled_otherwise_is_the_same_version(hub: Hub, owner: Member, reader: Member, spelling: str) -> None:
    value = newer(indicator(), INSTANTS[0])
    owner.store(value)
    again = owner.submit(value, value | {"modified": spelling})
    assert outcomes(again.results) == ["already-stored", Code.VERSION_CONFLICT]
    (body,) = pull_version(hub.exchange, reader.reader(), value["id"], spelling).objects
    assert json.loads(body)["modified"] == INSTANTS[0]
    receipts: list[Any] = [object_receipt(hub.exchange, owner.principal, value["id"], each) for each in (INSTANTS[0], spelling)]
    assert receipts[0] == receipts[1]


def test_what_is_no_instant_names_no_version(hub: Hub, owner: Member) -> None:
    value = indicator()
    owner.store(value)
    for nonsense in ("", "nonsense", "2026-01-05T10:00:00+00:00", "2026-02-30T10:00:00Z"):
        with pytest.raises(NotFoundError):
            pull_version(hub.exchange, owner.reader(), value["id"], nonsense)
        with pytest.raises(NotFoundError):
            object_receipt(hub.exchange, owner.principal, value["id"], nonsense)
