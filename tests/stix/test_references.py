"""What counts as a reference, and how many there may be."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from app.domain.errors import Code, ProfileError
from app.stix.references import MAX_MARKINGS, MAX_REFERENCES, marking_references, references
from tests.stix.authored_objects import PUBLISHER, TLP_AMBER, authored_objects

FOUR = "5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"
A, B, C = (f"{name}--{FOUR}" for name in ("indicator", "user-account", "x-own"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"object_refs": [A, B]}, {A, B}),
        ({"source_ref": A, "target_ref": B}, {A, B}),
        ({"sighting_of_ref": A, "where_sighted_refs": [PUBLISHER], "observed_data_refs": [C]}, {A, C, PUBLISHER}),
        ({"belongs_to_ref": B, "resolves_to_refs": [C]}, {B, C}),
        ({"x_seen_with_ref": A, "x_seen_with_refs": [B]}, {A, B}),
        ({"extensions": {"extension-definition--x": {"about_ref": A, "more": [{"deep_refs": [B]}]}}}, {A, B}),
        ({"object_refs": [[A], {"other_ref": B}]}, {B}),
        ({"created_by_ref": PUBLISHER, "object_marking_refs": [TLP_AMBER]}, set()),
        ({"granular_markings": [{"marking_ref": TLP_AMBER, "selectors": ["name"]}]}, set()),
        ({"external_ref": "a case", "x_refs": ["1", 2, None], "x_ref": 5}, set()),
        ({"name": A, "values": [A], "preference": A}, set()),
        ({"x_ref": A.upper()}, set()),
    ],
)
def test_references_are_the_ids_of_ref_properties_at_any_depth(value: dict[str, Any], expected: set[str]) -> None:
    assert references(value) == expected


def test_authored_objects_refer_to_what_their_authors_named() -> None:
    objects = authored_objects()
    assert references(objects["relationship"]) == {objects["course-of-action"]["id"], objects["attack-pattern"]["id"]}
    assert references(objects["note"]) == {objects["indicator"]["id"], objects["attack-pattern"]["id"]}
    assert references(objects["email-addr"]) == {objects["user-account"]["id"]}
    assert references(objects["indicator"]) == set()


def _ids(count: int) -> list[str]:
    return [f"indicator--{UUID(int=number, version=4)}" for number in range(count)]


def test_five_hundred_references_are_the_most() -> None:
    many = _ids(MAX_REFERENCES)
    assert len(references({"object_refs": many + many})) == 500
    with pytest.raises(ProfileError) as refusal:
        references({"x_ref": A, "object_refs": many})
    assert (refusal.value.code, refusal.value.pointer) == (Code.TOO_MANY_REFERENCES, "/object_refs")
    with pytest.raises(ProfileError) as refusal:
        references({"object_refs": many, "x_ref": A})
    assert refusal.value.pointer == ""


def test_markings_are_those_of_the_object_and_of_its_parts() -> None:
    other = f"marking-definition--{FOUR}"
    granular = [{"selectors": ["name"], "marking_ref": other}, {"selectors": ["name"], "lang": "de"}]
    assert marking_references({"object_marking_refs": [TLP_AMBER], "granular_markings": granular}) == {TLP_AMBER, other}
    assert marking_references({}) == set()


def test_a_hundred_markings_are_the_most_with_those_of_the_parts() -> None:
    many = [f"marking-definition--{UUID(int=number, version=4)}" for number in range(MAX_MARKINGS + 1)]
    granular = [{"selectors": ["name"], "marking_ref": marking} for marking in many]
    assert len(marking_references({"object_marking_refs": many[:-1], "granular_markings": granular[:-1]})) == 100
    with pytest.raises(ProfileError) as refusal:
        marking_references({"object_marking_refs": many})
    assert (refusal.value.code, refusal.value.pointer) == (Code.TOO_MANY_REFERENCES, "/object_marking_refs")
    with pytest.raises(ProfileError) as refusal:
        marking_references({"object_marking_refs": many[1:], "granular_markings": granular[:1]})
    assert (refusal.value.code, refusal.value.pointer) == (Code.TOO_MANY_REFERENCES, "/granular_markings")
