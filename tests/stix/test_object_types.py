"""The table of object types says what the schemas of OASIS and the classes of the stix2 library say: nothing more or less."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import stix2
from stix2.properties import EmbeddedObjectProperty, ListProperty, ReferenceProperty, TimestampProperty
from stix2.registry import STIX2_OBJ_MAPS

from app.stix import oasis_schemas
from app.stix.object_types import CUSTOM_TYPES, OBJECT_TYPES, OBSERVABLE_TYPES, PREDEFINED_EXTENSIONS, Kind

LIBRARY = STIX2_OBJ_MAPS["2.1"]
CLASSES = {**LIBRARY["objects"], **LIBRARY["observables"]}
COMMON = {"created_by_ref", "object_marking_refs", "granular_markings"}
Place = tuple[str, ...]


def inside(property_: Any) -> Any:
    return property_.contained if isinstance(property_, ListProperty) else property_


def found(class_: Any, wanted: type, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Give each property of a class of the library, at any depth, that is of the wanted kind."""
    for name, property_ in class_._properties.items():
        one = inside(property_)
        if isinstance(one, wanted):
            yield (*place, name), one
        elif isinstance(one, EmbeddedObjectProperty):
            yield from found(one.type, wanted, (*place, name))
        elif isinstance(one, type) and hasattr(one, "_properties"):
            yield from found(one, wanted, (*place, name))


def all_found(type_name: str, wanted: type) -> dict[Place, Any]:
    places = dict(found(CLASSES[type_name], wanted))
    for extension in OBJECT_TYPES[type_name].extensions:
        places.update(found(LIBRARY["extensions"][extension], wanted, ("extensions", extension)))
    return {place: one for place, one in places.items() if place[0] not in COMMON}


def test_the_types_are_those_of_the_library() -> None:
    assert OBJECT_TYPES.keys() == CLASSES.keys() - {"bundle"}
    assert LIBRARY["observables"].keys() == OBSERVABLE_TYPES
    assert {name for name in LIBRARY["extensions"] if not name.startswith("extension-definition--")} == PREDEFINED_EXTENSIONS


@pytest.mark.parametrize("type_name", sorted(OBJECT_TYPES))
def test_each_type_has_a_schema_of_its_own(type_name: str) -> None:
    assert OBJECT_TYPES[type_name].schema.endswith(f"/{type_name}.json")
    oasis_schemas.validator(OBJECT_TYPES[type_name].schema)


@pytest.mark.parametrize("type_name", sorted(OBJECT_TYPES))
def test_the_times_are_those_of_the_library(type_name: str) -> None:
    about = OBJECT_TYPES[type_name]
    assert {*((name,) for name in about.times), *about.deep_times} == all_found(type_name, TimestampProperty).keys()


@pytest.mark.parametrize("type_name", sorted(OBJECT_TYPES))
def test_the_references_are_those_of_the_library_with_the_types_they_may_name(type_name: str) -> None:
    about = OBJECT_TYPES[type_name]
    ours = {**{(name,): targets for name, targets in about.references}, **dict(about.deep_references)}
    theirs = all_found(type_name, ReferenceProperty)
    assert ours.keys() == theirs.keys()
    for place, targets in ours.items():
        if place == ("sample_ref",):  # here the library is looser than the specification and its schema (§4.12)
            assert targets.only == {"artifact", "file", "network-traffic"}
        elif targets.only:
            assert targets.only == theirs[place].specifics
        elif targets.never:
            kinds = {kind.name for kind in theirs[place].generics}
            assert targets.never.isdisjoint(OBSERVABLE_TYPES)
            assert ("SRO" in kinds) == targets.never.isdisjoint({"relationship", "sighting"})
            assert targets.never | OBSERVABLE_TYPES | {"relationship", "sighting", "bundle"} == CLASSES.keys()


@pytest.mark.parametrize("kind", [Kind.DOMAIN, Kind.OBSERVABLE, Kind.RELATIONSHIP])
def test_each_kind_of_custom_object_has_the_common_properties_of_its_kind(kind: Kind) -> None:
    about = CUSTOM_TYPES[kind]
    assert about.kind is kind
    assert about.times == (() if kind is Kind.OBSERVABLE else ("created", "modified"))


def test_the_library_knows_no_time_or_reference_that_these_tests_overlook() -> None:
    assert all_found("email-message", ReferenceProperty)[("body_multipart", "body_raw_ref")].specifics == {"artifact", "file"}
    assert ("x509_v3_extensions", "private_key_usage_period_not_after") in all_found("x509-certificate", TimestampProperty)
    assert stix2.v21.Malware._type in CLASSES
