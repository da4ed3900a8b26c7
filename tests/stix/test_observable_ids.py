"""Name-based ids: those that the stix2 library computes are right, for every observable, and others are told from them."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
import stix2
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import Code, ProfileError
from app.stix.exchange_types import EXCHANGE_TYPES
from app.stix.object_types import OBSERVABLE_TYPES, Kind
from app.stix.observable_ids import CONTRIBUTING, check_id_version, check_name_based_id
from app.stix.schema import check_schema
from breakwater_client.extensions import BLINDED_IDENTIFIER, SIGNATURE
from tests.stix.authored_objects import A_UUID, FOREIGN_EXTENSION, authored_objects
from tests.stix.authored_observables import MD5, SHA

NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
NAME_BASED = sorted(name for name in OBSERVABLE_TYPES if CONTRIBUTING[name])
WORDS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
VALUES = {
    "number": st.integers(0, 2**32),
    "value": st.sampled_from(
        ["192.0.2.17", "2001:db8::17", "02:00:5e:10:00:01", "a@example.org", "a.example", "https://a.example"]
    ),
    "hashes": st.dictionaries(st.sampled_from(["MD5", "SHA-256", "SSDEEP"]), st.just(""), min_size=1),
    "protocols": st.lists(st.sampled_from(["tcp", "ipv6", "http"]), min_size=1, max_size=3),
    "src_port": st.integers(0, 65535),
    "dst_port": st.integers(0, 65535),
    "entropy": st.floats(0, 8),
}


def is_right(value: dict[str, Any]) -> bool:
    try:
        check_name_based_id(value)
    except ProfileError:
        return False
    return True


def name_based(type_name: str, name: dict[str, Any]) -> str:
    spelled = json.dumps(name, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"{type_name}--{uuid.uuid5(NAMESPACE, spelled)}"


def by_the_library(value: dict[str, Any]) -> dict[str, Any]:
    """Give the object with the id that the library makes of it."""
    bare = {name: member for name, member in value.items() if name != "id"}
    made: dict[str, Any] = json.loads(stix2.parse_observable(bare, allow_custom=True, version="2.1").serialize())
    return made


def test_each_observable_has_the_librarys_contributing_properties() -> None:
    assert CONTRIBUTING.keys() - EXCHANGE_TYPES.keys() == OBSERVABLE_TYPES
    own = {name for name, one in EXCHANGE_TYPES.items() if one.about.kind is Kind.OBSERVABLE}
    assert CONTRIBUTING.keys() - OBSERVABLE_TYPES == own
    for name in OBSERVABLE_TYPES:
        assert list(CONTRIBUTING[name]) == stix2.registry.STIX2_OBJ_MAPS["2.1"]["observables"][name]._id_contributing_properties


@pytest.mark.parametrize("type_name", NAME_BASED)
def test_the_librarys_id_is_right_and_that_of_another_thing_is_not(type_name: str) -> None:
    value = authored_objects()[type_name]
    assert is_right(value)
    other = f"{type_name}--{uuid.uuid5(NAMESPACE, 'other')}"
    with pytest.raises(ProfileError) as refusal:
        check_name_based_id({**value, "id": other})
    assert (refusal.value.code, refusal.value.pointer) == (Code.PROFILE_VIOLATION, "/id")
    assert is_right({**value, "id": f"{type_name}--{A_UUID}"})


@pytest.mark.parametrize("type_name", NAME_BASED)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_whatever_the_library_makes_an_id_of_is_right(type_name: str, data: st.DataObject) -> None:
    value = authored_objects()[type_name]
    for name in CONTRIBUTING[type_name]:
        if name in VALUES and name in value and name != "hashes":
            value[name] = data.draw(VALUES[name])
        elif isinstance(value.get(name), str) and not name.endswith("_ref") and name not in ("start", "end", "cpe"):
            value[name] = data.draw(WORDS)
    if type_name == "file":
        value["extensions"]["windows-pebinary-ext"]["sections"][0]["entropy"] = data.draw(VALUES["entropy"])
        value["extensions"]["pdf-ext"]["document_info_dict"]["Title"] = data.draw(WORDS)
    if type_name == "windows-registry-key":
        value["values"][0]["data"] = data.draw(WORDS)
    if type_name == "email-message":
        value |= {"is_multipart": False, "body": data.draw(WORDS)}
        del value["body_multipart"]
    made = by_the_library(value)
    assert made["id"][-22] == "5"
    assert is_right(made)


@pytest.mark.parametrize(
    ("hashes", "made_of"),
    [
        ({"MD5": MD5, "SHA-256": SHA}, {"MD5": MD5}),
        ({"SHA-256": SHA, "SHA-1": "a" * 40}, {"SHA-1": "a" * 40}),
        ({"SHA-512": "a" * 128, "SHA-256": SHA}, {"SHA-256": SHA}),
        ({"TLSH": "a" * 70, "SHA3-256": SHA}, {"SHA3-256": SHA}),
        ({"TLSH": "a" * 70, "SHA3-256": SHA}, {"TLSH": "a" * 70}),
        ({"TLSH": "a" * 70}, None),
    ],
)
def test_of_several_hashes_one_counts(hashes: dict[str, str], made_of: dict[str, str] | None) -> None:
    name = {"name": "a"} | ({"hashes": made_of} if made_of else {})
    assert is_right({"type": "file", "id": name_based("file", name), "hashes": hashes, "name": "a"})


def test_a_hash_that_stands_behind_another_does_not_count() -> None:
    wrong = name_based("file", {"hashes": {"SHA-256": SHA}})
    assert not is_right({"type": "file", "id": wrong, "hashes": {"SHA-256": SHA, "MD5": MD5}})


def test_an_id_outlives_the_signature_and_other_extensions() -> None:
    pdf = {"pdf-ext": {"version": "1.7"}}
    foreign = {FOREIGN_EXTENSION: {"extension_type": "property-extension", "stage": 1}}
    signed = {**pdf, **foreign, SIGNATURE: {"extension_type": "property-extension"}}
    for made_of in (signed, {**pdf, **foreign}, pdf, None):
        name = {"name": "a"} | ({"extensions": made_of} if made_of else {})
        assert is_right({"type": "file", "id": name_based("file", name), "name": "a", "extensions": signed})
    wrong = name_based("file", {"name": "a", "extensions": foreign})
    assert not is_right({"type": "file", "id": wrong, "name": "a", "extensions": signed})


@pytest.mark.parametrize(("number", "judged"), [(0.5, True), (3.0, True), (1e-5, False), (1e300, False)])
def test_fractions_that_two_tools_may_spell_in_two_ways_are_not_judged(number: float, *, judged: bool) -> None:
    wrong = f"file--{uuid.uuid5(NAMESPACE, 'other')}"
    value = {
        "type": "file",
        "id": wrong,
        "name": "a",
        "extensions": {"windows-pebinary-ext": {"sections": [{"entropy": number}]}},
    }
    assert is_right(value) is not judged


def test_a_whole_number_is_one_however_it_is_written() -> None:
    stable = name_based("file", {"extensions": {"pdf-ext": {"x_pages": 3}}, "name": "a"})
    assert is_right({"type": "file", "id": stable, "extensions": {"pdf-ext": {"x_pages": 3.0}}, "name": "a"})
    assert is_right({"type": "autonomous-system", "id": name_based("autonomous-system", {"number": 64496}), "number": 64496.0})


@pytest.mark.parametrize(
    ("type_name", "properties"),
    [
        ("process", {"pid": 5}),
        ("artifact", {"url": "https://example.org"}),
        ("user-account", {"display_name": "a"}),
        ("email-message", {"is_multipart": True}),
        ("x509-certificate", {"version": "3"}),
        ("windows-registry-key", {"number_of_subkeys": 5}),
    ],
)
def test_without_anything_to_make_it_of_an_id_is_random(type_name: str, properties: dict[str, Any]) -> None:
    named, random = uuid.uuid5(NAMESPACE, "a"), uuid.uuid4()
    check_id_version({"type": type_name, "id": f"{type_name}--{random}", **properties})
    with pytest.raises(ProfileError) as refusal:
        check_id_version({"type": type_name, "id": f"{type_name}--{named}", **properties})
    assert (refusal.value.code, refusal.value.pointer) == (Code.SCHEMA_VIOLATION, "/id")


def test_types_of_others_are_not_judged() -> None:
    value = {"type": "phone-number", "id": f"phone-number--{uuid.uuid5(NAMESPACE, 'a')}", "value": "555-0117"}
    check_id_version(value)
    assert is_right(value)


def test_a_token_is_never_an_id() -> None:
    value = {
        "type": "blinded-identifier",
        "id": name_based("blinded-identifier", {"token": "a"}),
        "token": "a",
        "extensions": {BLINDED_IDENTIFIER: {"extension_type": "new-sco"}},
    }
    with pytest.raises(ProfileError):
        check_schema(value)
