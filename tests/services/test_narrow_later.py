from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import NotFoundError
from app.services import narrow_later
from app.services.do_work import do_next
from app.storage import narrowings
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator, newer, report


@pytest.fixture
def publisher(hub: Hub) -> Member:
    return hub.enrol("Platform A")


@pytest.fixture
def author(hub: Hub) -> Member:
    return hub.enrol("Author")


@pytest.fixture
def keeper(hub: Hub) -> Member:
    return hub.enrol("Keeper")


@pytest.fixture
def loser(hub: Hub) -> Member:
    return hub.enrol("Loser")


def ids(member: Member) -> list[str]:
    return [one for one, _ in member.sees() if not one.startswith("marking-definition")]


def narrowed(publisher: Member, one: dict[str, Any], *members: Member) -> dict[str, Any]:
    """Store a newer version of an object that only these see."""
    changed = newer(one, object_marking_refs=[publisher.mark_for(*members)])
    publisher.store(changed)
    return changed


def test_what_depends_on_a_narrowed_object_is_hidden_at_once_from_who_loses_it_and_from_nobody_else(
    hub: Hub, publisher: Member, author: Member, keeper: Member, loser: Member
) -> None:
    target, other = indicator(), indicator()
    publisher.store(target, other)
    about, unrelated = report([target["id"]]), report([other["id"]])
    author.store(about, unrelated)
    everything = [target["id"], other["id"], about["id"], unrelated["id"]]
    for member in (keeper, loser):
        assert ids(member) == everything
    had, cursor = keeper.pull()
    narrowed(publisher, target, author, keeper)
    assert ids(loser) == [other["id"], unrelated["id"]]
    with pytest.raises(NotFoundError):
        loser.look_up(about["id"])
    assert ids(keeper) == [*everything, target["id"]]
    hub.work()
    assert ids(loser) == [other["id"], unrelated["id"]]
    assert ids(author) == ids(publisher) == ids(keeper) == [*everything, target["id"]]
    assert [one["id"] for one in keeper.pull(cursor)[0]][1:] == [target["id"]]
