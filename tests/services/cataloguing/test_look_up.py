"""A release is given as it was, whatever came later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.catalogue_release import Changes, following_release
from app.domain.errors import NotFoundError
from app.services.cataloguing.founding import founding
from app.services.cataloguing.look_up import find_release, list_releases, stix_bundle
from app.services.cataloguing.publish import publish
from app.stix.catalogue_objects import behaviour_id
from app.storage.counter import save_order, take_order_lock
from tests.factories.members import Hub, started_hub

CODE = founding().behaviours[0].code


@pytest.fixture
def hub(database_url: str) -> Iterator[Hub]:
    with started_hub(database_url) as hub:
        yield hub


def release_another(hub: Hub) -> None:
    changed = replace(founding().behaviours[0], name="Said otherwise")
    second = following_release(founding(), Changes(behaviours=(changed,)), founding().released_at + timedelta(days=1))
    with hub.exchange.database.write() as connection:
        order = take_order_lock(connection)
        publish(connection, order, hub.exchange.keys.statements, second, (None, hub.clock.now))
        save_order(connection, order)


def names_of(bundle: bytes) -> list[str]:
    return [one["name"] for one in json.loads(bundle)["objects"] if one["id"] == behaviour_id(CODE)]


def test_a_numbered_release_stays_as_it_was(hub: Hub) -> None:
    first, bundle = find_release(hub.exchange, 1), stix_bundle(hub.exchange, 1)
    release_another(hub)
    assert find_release(hub.exchange, 1) == first
    assert stix_bundle(hub.exchange, 1) == bundle
    assert find_release(hub.exchange).release == 2
    assert [one.release for one in list_releases(hub.exchange)] == [1, 2]


def test_a_bundle_has_each_object_once_as_it_is_in_that_release(hub: Hub) -> None:
    release_another(hub)
    assert names_of(stix_bundle(hub.exchange, 1)) == [founding().behaviours[0].name]
    assert names_of(stix_bundle(hub.exchange)) == ["Said otherwise"]
    ids = [json.loads(stix_bundle(hub.exchange, number))["id"] for number in (1, 2)]
    assert len(set(ids)) == 2


def test_what_was_never_released_is_not_found(hub: Hub) -> None:
    for act in (find_release, stix_bundle):
        with pytest.raises(NotFoundError):
            act(hub.exchange, 2)
