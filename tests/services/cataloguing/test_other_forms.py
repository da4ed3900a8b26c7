"""Forms made for others follow the release that is asked for, whatever came later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.catalogue_release import Changes, following_release
from app.domain.errors import NotFoundError
from app.services.cataloguing.founding import founding
from app.services.cataloguing.other_forms import changes_since, layer_bytes, navigator_data_bytes, scored_layer_bytes
from app.services.cataloguing.publish import publish
from app.storage.counter import save_order, take_order_lock
from tests.factories.members import Hub, started_hub


@pytest.fixture
def hub(database_url: str) -> Iterator[Hub]:
    with started_hub(database_url) as hub:
        changes = Changes(behaviours=(replace(founding().behaviours[0], name="Said otherwise"),), retired={"OP-025": ()})
        second = following_release(founding(), changes, founding().released_at + timedelta(days=1))
        with hub.exchange.database.write() as connection:
            order = take_order_lock(connection)
            publish(connection, order, hub.exchange.keys.statements, second, (None, hub.clock.now))
            save_order(connection, order)
        yield hub


def test_a_layer_is_that_of_its_release(hub: Hub) -> None:
    first, newest = (json.loads(layer_bytes(hub.exchange, number)) for number in (1, None))
    assert (first["versions"]["attack"], newest["versions"]["attack"]) == ("1", "2")
    assert len(first["techniques"]) == len(newest["techniques"]) + 1


def test_a_layer_has_the_scores_that_it_is_given(hub: Hub) -> None:
    scored = json.loads(scored_layer_bytes(hub.exchange, {"OP-002": 7}))
    assert scored["versions"]["attack"] == "2"
    assert {one["techniqueID"]: one["score"] for one in scored["techniques"] if "score" in one} == {"OP-002": 7}


def test_the_data_set_is_that_of_its_release_in_the_name_of_the_exchange(hub: Hub) -> None:
    first, newest = (json.loads(navigator_data_bytes(hub.exchange, number))["objects"] for number in (1, None))
    assert "Said otherwise" in {one.get("name") for one in newest} - {one.get("name") for one in first}
    assert [one for one in newest if one.get("revoked")]
    assert len({one["created_by_ref"] for one in newest}) == 1


def test_changes_are_told_between_any_two(hub: Hub) -> None:
    told = changes_since(hub.exchange, 1, None)
    assert [one["code"] for one in told["retired"]] == ["OP-025"]
    assert {"code": "OP-001", "name": "Said otherwise", "parts": ["name"]} in told["changed"]
    same = changes_since(hub.exchange, 2, 2)
    assert (same.pop("before"), same.pop("after")) == (2, 2)
    assert not any(same.values())


def test_a_release_that_is_none_is_not_found(hub: Hub) -> None:
    for ask in (lambda: layer_bytes(hub.exchange, 9), lambda: changes_since(hub.exchange, 9, None)):
        with pytest.raises(NotFoundError):
            ask()
