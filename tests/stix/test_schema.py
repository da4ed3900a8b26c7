"""STIX 2.1 in form: every type of the specification, each rule both ways, and two other tools as oracles."""

from __future__ import annotations

import json
import time
import uuid
from contextlib import suppress
from typing import Any

import pytest
import stix2

from app.domain.errors import Code, ProfileError
from app.stix.object_types import OBJECT_TYPES
from app.stix.schema import check_schema
from breakwater_client.extensions import OCSEA_CONTEXT
from tests.stix.authored_objects import CREATED, FOREIGN_EXTENSION, TLP_AMBER, authored_objects, context

TYPES = sorted(authored_objects())
FOUR = "5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"
DELETE = object()


def refusal_of(value: dict[str, Any]) -> ProfileError:
    with pytest.raises(ProfileError) as refusal:
        check_schema(value)
    return refusal.value


def changed(type_name: str, **changes: Any) -> dict[str, Any]:
    value = {**authored_objects()[type_name], **changes}
    return {name: member for name, member in value.items() if member is not DELETE}


def test_the_tests_have_an_object_of_every_type() -> None:
    assert sorted(OBJECT_TYPES) == TYPES


@pytest.mark.parametrize("type_name", TYPES)
def test_what_the_stix2_library_authors_is_taken(type_name: str) -> None:
    check_schema(authored_objects()[type_name])


@pytest.mark.parametrize("type_name", TYPES)
def test_what_is_taken_is_valid_for_stix2_validator_and_readable_for_stix2(type_name: str) -> None:
    from stix2validator import ValidationOptions, validate_instance  # noqa: PLC0415  # it takes seconds, in every process of the suite

    value = authored_objects()[type_name]
    options = ValidationOptions(version="2.1", strict=False, disabled="all")
    assert validate_instance(value, options).is_valid
    stix2.parse(value, allow_custom=True)


@pytest.mark.parametrize("type_name", ["bundle", "indicators", "campaign2", "phone-number"])
def test_other_types_are_unsupported(type_name: str) -> None:
    refusal = refusal_of({"type": type_name, "id": f"{type_name}--{FOUR}"})
    assert (refusal.code, refusal.pointer) == (Code.OBJECT_TYPE_UNSUPPORTED, "/type")


@pytest.mark.parametrize(
    ("value", "pointer"), [({}, ""), ({"type": 5}, "/type"), ({"type": None}, "/type"), ({"type": ["url"]}, "/type")]
)
def test_an_object_without_a_type_is_refused(value: dict[str, Any], pointer: str) -> None:
    refusal = refusal_of(value)
    assert (refusal.code, refusal.pointer) == (Code.SCHEMA_VIOLATION, pointer)


@pytest.mark.parametrize("type_name", TYPES)
def test_an_object_of_nothing_but_its_type_is_refused(type_name: str) -> None:
    assert refusal_of({"type": type_name}).code is Code.SCHEMA_VIOLATION


@pytest.mark.parametrize("type_name", TYPES)
@pytest.mark.parametrize("member", [None, 5, True, [], {}, [None], {"a": None}, "", "x"])
def test_no_property_of_any_type_makes_the_check_fail_otherwise(type_name: str, member: Any) -> None:
    value = authored_objects()[type_name]
    places = {
        *value,
        "created_by_ref",
        "granular_markings",
        "valid_from",
        "first_seen",
        "belongs_to_ref",
        "object_refs",
        "confidence",
    }
    for name in sorted(places - {"type"}):
        with suppress(ProfileError):
            check_schema({**value, name: member})


@pytest.mark.parametrize(
    ("type_name", "changes", "pointer"),
    [
        # names
        ("note", {"ab": 1}, ""),
        ("note", {"Abc": 1}, ""),
        ("note", {"a-b-c": 1}, ""),
        ("note", {"a" * 251: 1}, ""),
        ("note", {"naïve": 1}, ""),
        ("note", {"severity": "high"}, ""),
        # spec_version
        ("note", {"spec_version": "2.0"}, "/spec_version"),
        ("note", {"spec_version": DELETE}, ""),
        ("url", {"spec_version": "2.0"}, "/spec_version"),
        # ids
        ("note", {"id": f"note--{FOUR.upper()}"}, "/id"),
        ("note", {"id": f"note--{uuid.uuid1()}"}, "/id"),
        ("note", {"id": f"note--{uuid.uuid3(uuid.NAMESPACE_DNS, 'a')}"}, "/id"),
        ("note", {"id": f"report--{FOUR}"}, "/id"),
        ("url", {"id": f"url--{uuid.uuid1()}"}, "/id"),
        # references
        ("note", {"created_by_ref": f"note--{FOUR}"}, "/created_by_ref"),
        ("note", {"created_by_ref": f"identity--{FOUR.upper()}"}, "/created_by_ref"),
        ("url", {"created_by_ref": 5}, "/created_by_ref"),
        ("note", {"object_refs": [f"indicator--{FOUR}", f"indicator--{uuid.uuid1()}"]}, "/object_refs/1"),
        ("note", {"object_refs": []}, "/object_refs"),
        ("note", {"object_marking_refs": [f"note--{FOUR}"]}, "/object_marking_refs/0"),
        ("domain-name", {"resolves_to_refs": [f"url--{FOUR}"]}, "/resolves_to_refs/0"),
        ("domain-name", {"resolves_to_refs": ["0"]}, "/resolves_to_refs/0"),
        ("email-addr", {"belongs_to_ref": f"identity--{FOUR}"}, "/belongs_to_ref"),
        ("ipv4-addr", {"resolves_to_refs": [f"ipv4-addr--{FOUR}"]}, "/resolves_to_refs/0"),
        ("ipv4-addr", {"belongs_to_refs": [f"domain-name--{FOUR}"]}, "/belongs_to_refs/0"),
        ("relationship", {"source_ref": f"relationship--{FOUR}"}, "/source_ref"),
        ("sighting", {"sighting_of_ref": f"bundle--{FOUR}"}, "/sighting_of_ref"),
        ("sighting", {"where_sighted_refs": [f"note--{FOUR}"]}, "/where_sighted_refs/0"),
        # times
        ("note", {"created": "2026-02-30T00:00:00.000Z", "modified": "2026-03-30T00:00:00.000Z"}, "/created"),
        ("note", {"modified": "2026-02-29T00:00:00.000Z"}, "/modified"),
        ("note", {"created": "2026-11-02T09:30:60.000Z"}, "/created"),
        ("note", {"created": "2026-11-02T09:30:00Z"}, "/created"),
        ("note", {"created": "2026-11-02 09:30:00.000Z"}, "/created"),
        ("note", {"created": "2026-11-02T09:30:00.000+00:00"}, "/created"),
        ("note", {"created": "٢٠٢٦-11-02T09:30:00.000Z"}, "/created"),
        ("note", {"modified": "2026-11-02T09:29:59.999Z"}, "/modified"),
        ("note", {"created": "2026-11-02T09:30:00.0001Z"}, "/modified"),
        ("indicator", {"valid_until": CREATED}, "/valid_until"),
        ("indicator", {"valid_until": "2026-11-02T09:30:00Z"}, "/valid_until"),
        ("indicator", {"valid_from": "2026-11-31T00:00:00Z"}, "/valid_from"),
        ("campaign", {"last_seen": "2026-09-30T23:59:59Z"}, "/last_seen"),
        ("sighting", {"last_seen": "2026-11-02T09:29:59.999999Z"}, "/last_seen"),
        ("relationship", {"stop_time": CREATED}, "/stop_time"),
        ("report", {"published": "2026-13-01T00:00:00Z"}, "/published"),
        ("user-account", {"account_created": "2026-04-31T00:00:00Z"}, "/account_created"),
        ("marking-definition", {"created": "2026-04-31T00:00:00Z"}, "/created"),
        ("note", {"created": f"2026-11-02T09:30:00.{'0' * 21}Z"}, "/created"),
        ("note", {"modified": f"2026-11-02T09:30:00.{'1' * 21}Z"}, "/modified"),
        ("indicator", {"valid_from": f"2026-11-02T09:30:00.{'1' * 70}Z"}, "/valid_from"),
        ("indicator", {"valid_until": f"2027-11-02T09:30:00.{'1' * 70}Z"}, "/valid_until"),
        ("user-account", {"account_created": f"2026-10-01T00:00:00.{'1' * 21}Z"}, "/account_created"),
        # numbers
        ("note", {"confidence": 101}, "/confidence"),
        ("note", {"confidence": -1}, "/confidence"),
        ("note", {"confidence": 50.5}, "/confidence"),
        ("note", {"confidence": "50"}, "/confidence"),
        ("sighting", {"count": -1}, "/count"),
        ("sighting", {"count": 1_000_000_000}, "/count"),
        # extensions
        ("note", {"extensions": {}}, "/extensions"),
        ("note", {"extensions": {"own": {"name": 1}}}, "/extensions"),
        ("user-account", {"extensions": {"pdf-ext": {"version": "1.7"}}}, "/extensions/pdf-ext"),
        ("note", {"extensions": {f"extension-definition--{uuid.uuid1()}": context()}}, None),
        ("note", {"extensions": {FOREIGN_EXTENSION: {"stage": 1}}}, "/extensions"),
        ("note", {"extensions": {FOREIGN_EXTENSION: {"extension_type": "x"}}}, "/extensions"),
        # markings
        ("note", {"granular_markings": [{"selectors": ["content"]}]}, "/granular_markings/0"),
        (
            "note",
            {"granular_markings": [{"selectors": ["content"], "lang": "de", "marking_ref": TLP_AMBER}]},
            "/granular_markings/0",
        ),
        ("note", {"granular_markings": [{"selectors": ["absent"], "lang": "de"}]}, "/granular_markings/0/selectors/0"),
        ("note", {"granular_markings": [{"selectors": ["authors.[1]"], "lang": "de"}]}, "/granular_markings/0/selectors/0"),
        ("note", {"granular_markings": [{"selectors": ["authors.name"], "lang": "de"}]}, "/granular_markings/0/selectors/0"),
        ("note", {"granular_markings": [{"selectors": ["content.[0]"], "lang": "de"}]}, "/granular_markings/0/selectors/0"),
        (
            "note",
            {"granular_markings": [{"selectors": ["content"], "marking_ref": TLP_AMBER.upper()}]},
            "/granular_markings/0/marking_ref",
        ),
        (
            "note",
            {"granular_markings": [{"selectors": ["content"], "marking_ref": f"marking-definition--{uuid.uuid1()}"}]},
            "/granular_markings/0/marking_ref",
        ),
        # one type's own
        ("extension-definition", {"created_by_ref": DELETE}, ""),
        ("user-account", {"user_id": DELETE, "display_name": DELETE, "account_type": DELETE, "account_created": DELETE}, ""),
        ("opinion", {"opinion": "very"}, "/opinion"),
        ("url", {"value": "not a url"}, "/value"),
        ("email-addr", {"value": "A <a@example.org>"}, "/value"),
        ("domain-name", {"value": "*.example.org"}, "/value"),
        ("ipv4-addr", {"value": "192.0.2.999"}, "/value"),
        ("marking-definition", {"extensions": DELETE}, ""),
        ("marking-definition", {"extensions": DELETE, "definition_type": "tlp", "definition": {"tlp": "amber"}}, ""),
    ],
)
def test_each_rule_refuses_at_its_place(type_name: str, changes: dict[str, Any], pointer: str | None) -> None:
    refusal = refusal_of(changed(type_name, **changes))
    assert refusal.code is Code.SCHEMA_VIOLATION
    assert pointer is None or refusal.pointer == pointer


@pytest.mark.parametrize(
    ("type_name", "changes"),
    [
        ("note", {"abc": 1, "a" * 250: {"deep": [1, "x"]}, "x_true": True}),
        ("note", {"id": f"note--{uuid.uuid5(uuid.NAMESPACE_DNS, 'a')}"}),
        ("url", {"id": f"url--{FOUR}"}),
        ("url", {"spec_version": DELETE}),
        ("url", {"created_by_ref": f"identity--{FOUR}"}),
        ("url", {"created": "whenever", "valid_from": 5, "first_seen": ["a"]}),
        ("note", {"belongs_to_ref": 5, "resolves_to_refs": ["x"]}),
        ("note", {"created": "2026-11-02T09:30:00.0000Z", "modified": "2026-11-02T09:30:00.000Z"}),
        ("note", {"confidence": 0}),
        ("note", {"confidence": 100}),
        ("campaign", {"last_seen": "2026-10-01T00:00:00.000Z"}),
        ("indicator", {"valid_until": "2026-11-02T09:30:00.000000001Z"}),
        ("indicator", {"indicator_types": ["a-word-of-our-own"]}),
        ("identity", {"identity_class": "a-word-of-our-own"}),
        ("sighting", {"count": 0}),
        ("note", {"extensions": {FOREIGN_EXTENSION: {"extension_type": "toplevel-property-extension"}}, "their_property": [1]}),
        ("user-account", {"extensions": {"unix-account-ext": {"gid": 5}, OCSEA_CONTEXT: context()}}),
        ("note", {"granular_markings": [{"selectors": ["content", "authors.[0]", "x_review_queue.notes.[0]"], "lang": "de"}]}),
        ("note", {"granular_markings": [{"selectors": ["id"], "marking_ref": TLP_AMBER}]}),
        ("marking-definition", {"extensions": DELETE, "definition_type": "statement", "definition": {"statement": "© us"}}),
        ("marking-definition", {"created": "2026-11-02T09:30:00Z"}),
    ],
)
def test_what_the_specification_allows_is_taken(type_name: str, changes: dict[str, Any]) -> None:
    check_schema(changed(type_name, **changes))


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({f"x_property_{number}": None for number in range(40_000)}, ""),
        ({"external_references": [{"source_name": "a", "x": str(number)} for number in range(15_000)]}, "/external_references/0"),
        ({"labels": [""] * 200_000 + [5]}, "/labels/200000"),
    ],
    ids=["null properties", "bad external references", "a long list"],
)
def test_an_object_of_very_many_violations_is_refused_at_once(changes: dict[str, Any], pointer: str) -> None:
    value = changed("note", **changes)
    began = time.thread_time()
    refusal = refusal_of(value)
    assert time.thread_time() - began < 0.3
    assert (refusal.code, refusal.pointer) == (Code.SCHEMA_VIOLATION, pointer)


@pytest.mark.parametrize("type_name", TYPES)
def test_the_value_is_left_alone(type_name: str) -> None:
    value = authored_objects()[type_name]
    before = json.dumps(value)
    check_schema(value)
    assert json.dumps(value) == before
