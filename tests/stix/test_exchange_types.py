"""The exchange's own types are those of its extensions, and of no others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import Code, ProfileError
from app.domain.vocabulary import Profile
from app.stix.exchange_types import EXCHANGE_TYPES, exchange_type
from app.stix.profile import check_object
from breakwater_client.extensions import LIVE_ROOM
from breakwater_client.signing.hub_stable import hub_stable
from tests.stix.authored_objects import FOREIGN_EXTENSION, verified

FOLDER = Path(__file__).parents[2] / "schemas" / "extensions"
BOTH = frozenset(Profile)


def example(type_name: str) -> dict[str, Any]:
    path = min((FOLDER / type_name / "examples" / "valid").glob("*.json"))
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


@pytest.mark.parametrize("type_name", sorted(EXCHANGE_TYPES))
def test_an_extension_of_ours_makes_a_type_of_ours(type_name: str) -> None:
    value = example(type_name)
    assert exchange_type(value) is EXCHANGE_TYPES[type_name]
    assert check_object(verified(value), BOTH).facts.type == type_name


@pytest.mark.parametrize("type_name", sorted(EXCHANGE_TYPES))
def test_another_authors_type_of_that_name_is_not_ours(type_name: str) -> None:
    kind = EXCHANGE_TYPES[type_name].about.kind.value
    value = {**example(type_name), "extensions": {FOREIGN_EXTENSION: {"extension_type": kind}}, "anything": 1}
    value["id"] = f"{type_name}--5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"
    assert exchange_type(value) is None
    assert check_object(verified(value), BOTH).facts.profile is Profile.STIX
    with pytest.raises(ProfileError) as refusal:
        check_object(verified(value))
    assert (refusal.value.code, refusal.value.pointer) == (Code.PROFILE_VIOLATION, "/type")


def test_an_object_of_ours_is_closed_under_every_profile() -> None:
    with pytest.raises(ProfileError) as refusal:
        check_object(verified({**example("live-room"), "x_own": 1}), frozenset({Profile.STIX}))
    assert refusal.value.code is Code.SCHEMA_VIOLATION


def test_extensions_that_are_no_object_define_nothing() -> None:
    assert exchange_type({"type": "live-room", "extensions": LIVE_ROOM}) is None
    assert exchange_type({"type": "live-room"}) is None


@pytest.mark.parametrize("type_name", sorted(EXCHANGE_TYPES))
def test_an_object_of_ours_survives_the_hop_through_stix2(type_name: str) -> None:
    value = example(type_name)
    assert hub_stable(value) == value
