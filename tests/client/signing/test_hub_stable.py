"""The hub-stable form survives stix2.parse and serialize, for every type of the specification."""

from __future__ import annotations

import json
from typing import Any

import pytest
import stix2
from stix2.serialization import serialize

from app.domain.errors import Code, ProfileError
from app.stix.object_types import OBSERVABLE_TYPES
from app.stix.profile import check_object
from breakwater_client.documents import published
from breakwater_client.extensions import OCSEA_CONTEXT, SIGNATURE
from breakwater_client.signing.hub_stable import _may_be_added, hub_stable
from tests.stix.authored_objects import (
    A_UUID,
    CREATED,
    FOREIGN_EXTENSION,
    PUBLISHER,
    SCREENED_OUT,
    TLP_AMBER,
    authored_objects,
    verified,
)

TYPES = sorted(authored_objects())
SIGNED = {
    "extension_type": "property-extension",
    "signatures": [{"keyid": "0f" * 32, "signer": PUBLISHER, "signed_at": CREATED, "sig": "A" * 86 + "=="}],
}


def hop(value: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(serialize(stix2.parse(json.loads(json.dumps(value)), allow_custom=True)))
    return result


def spelled(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True)


def written_by_hand(type_name: str) -> dict[str, Any]:
    """Give an object in a spelling that stix2 would not leave alone."""
    value = authored_objects()[type_name]
    value.pop("pattern_version", None)
    if type_name == "marking-definition" or type_name in OBSERVABLE_TYPES:
        value["defanged" if "created" not in value else "x_flag"] = False
    else:
        value["revoked"] = False
        value["modified"] = "2026-11-02T09:30:00.120000Z"
    if type_name in OBSERVABLE_TYPES:
        del value["spec_version"]
    if type_name == "sighting":
        value["summary"] = False
    if "valid_from" in value:
        value["valid_from"] = "2026-11-02T09:30:00.000Z"
    if "created" in value:
        value["created"] = "2026-11-02T09:30:00.0000Z"
    return value


@pytest.mark.parametrize("type_name", TYPES)
def test_the_stable_form_survives_the_hop(type_name: str) -> None:
    stable = hub_stable(written_by_hand(type_name))
    assert spelled(hop(stable)) == spelled(stable)
    assert spelled(hub_stable(stable)) == spelled(stable)


@pytest.mark.parametrize("type_name", TYPES)
def test_the_hand_written_form_would_not_have(type_name: str) -> None:
    value = written_by_hand(type_name)
    assert spelled(hop(value)) != spelled(value)


@pytest.mark.parametrize("type_name", sorted(set(TYPES) - SCREENED_OUT))
def test_the_stable_form_is_taken_and_says_the_same(type_name: str) -> None:
    value = written_by_hand(type_name)
    before, after = check_object(verified(value)).facts, check_object(verified(hub_stable(value))).facts
    assert (before.stix_id, before.version_key, before.references, before.context, before.facets, before.defines) == (
        *(after.stix_id, after.version_key, after.references, after.context, after.facets, after.defines),
    )


@pytest.mark.parametrize("type_name", TYPES)
def test_a_signature_in_the_stable_form_survives_the_hop(type_name: str) -> None:
    stable = hub_stable(written_by_hand(type_name))
    signed = {**stable, "extensions": {**stable.get("extensions", {}), SIGNATURE: SIGNED}}
    assert spelled(hop(signed)) == spelled(signed)


def test_what_changes_is_spelling_only() -> None:
    value = {**written_by_hand("indicator"), "revoked": True, "modified": "2026-11-02T09:30:00.123Z"}
    stable = hub_stable(value)
    assert {name for name in stable.keys() | value.keys() if stable.get(name) != value.get(name)} == {
        *("created", "valid_from", "pattern_version"),
    }
    assert stable["valid_from"] == "2026-11-02T09:30:00Z"
    assert stable["created"] == "2026-11-02T09:30:00.000Z"
    assert stable["pattern_version"] == "2.1"


def test_the_given_object_is_left_alone() -> None:
    value = written_by_hand("indicator")
    before = spelled(value)
    hub_stable(value)
    assert spelled(value) == before


@pytest.mark.parametrize(
    "value", [*published.extension_definitions(), published.project_identity()], ids=lambda value: value["name"]
)
def test_published_objects_are_stable_already(value: dict[str, Any]) -> None:
    assert hub_stable(value) == value


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        pytest.param({"allow_custom": "a"}, "", id="a name that the library takes for its own"),
        pytest.param({"custom_properties": {"x_b": 1}}, "", id="a name whose members it would lift"),
        pytest.param({"x_empty": [], "revoked": True}, "", id="an empty list"),
        pytest.param({"x_null": None}, "", id="a null"),
        pytest.param({"confidence": "70"}, "/confidence", id="a number as text"),
        pytest.param({"modified": "2026-11-02T09:30:00.1234567Z"}, "", id="a time finer than a microsecond"),
        pytest.param({"created": "0099-11-02T09:30:00.000Z"}, "", id="a year that it misspells"),
        pytest.param({"granular_markings": [{"selectors": ["absent"], "marking_ref": TLP_AMBER}]}, "", id="what it cannot read"),
    ],
)
def test_what_the_library_would_break_is_refused(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(ProfileError) as refusal:
        hub_stable({**authored_objects()["note"], **changes})
    assert (refusal.value.code, refusal.value.pointer) == (Code.PROFILE_VIOLATION, pointer)
    assert refusal.value.__context__ is None


def test_extensions_pass_untouched() -> None:
    stable = hub_stable(written_by_hand("indicator"))
    assert stable["extensions"] == authored_objects()["indicator"]["extensions"]
    assert {OCSEA_CONTEXT, FOREIGN_EXTENSION} == stable["extensions"].keys()


COMMON = {"spec_version": "2.1", "created": CREATED, "modified": CREATED}
TOP_LEVEL = {FOREIGN_EXTENSION: {"extension_type": "toplevel-property-extension"}}
DEFINED = {"extensions": {FOREIGN_EXTENSION: {"extension_type": "new-sco"}}}


@pytest.mark.parametrize(
    "value",
    [
        {"type": "phone-number", "id": f"phone-number--{A_UUID}", "value": "555-0117", **DEFINED},
        {"type": "case-file", "id": f"case-file--{A_UUID}", "name": "räume", **COMMON, **DEFINED},
        {"type": "x-case", "id": f"x-case--{A_UUID}", "stage": 1, **COMMON},
        {"type": "x-phone", "id": f"x-phone--{A_UUID}", "value": "555-0117"},
        {
            **authored_objects()["tool"],
            "extensions": {FOREIGN_EXTENSION: {"extension_type": "toplevel-property-extension"}},
            "rank": 5,
        },
        {**authored_objects()["file"], "extensions": {"x-own-ext": {"anything": [1]}}},
        {**authored_objects()["indicator"], "pattern": "title: räume", "pattern_type": "sigma"},
    ],
    ids=lambda value: value["type"],
)
def test_custom_objects_and_patterns_of_other_kinds_survive_the_hop(value: dict[str, Any]) -> None:
    stable = hub_stable(value)
    assert spelled(hop(stable)) == spelled(stable)
    assert value.items() <= stable.items()


def test_observables_inside_observed_data_get_their_version() -> None:
    value = authored_objects()["observed-data"]
    del value["object_refs"]
    held = {"type": "mutex", "id": f"mutex--{A_UUID}", "name": "a"}
    stable = hub_stable({**value, "objects": {"0": held}})
    assert stable["objects"] == {"0": {**held, "spec_version": "2.1"}}
    assert hub_stable(stable) == stable


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("spec_version", (), True),
        ("pattern_version", (), True),
        ("spec_version", ("objects", "0"), True),
        ("pattern_version", ("objects", "0"), False),
        ("spec_version", ("objects", "0", "hashes"), False),
        ("spec_version", ("extensions", "own-ext"), False),
        ("lang", (), False),
    ],
)
def test_the_library_may_add_these_properties_here(name: str, path: tuple[str, ...], *, expected: bool) -> None:
    assert _may_be_added(name, path) is expected


def test_what_the_library_cannot_read_may_be_signed_as_it_is() -> None:
    value = authored_objects()["marking-definition"]
    del value["extensions"]
    with pytest.raises(ProfileError) as refusal:
        hub_stable({**value, "definition_type": "acme", "definition": {"level": 5}})
    assert "as it is" in refusal.value.sentence
