"""Our verdict on STIX objects is that of stix2-validator, and what we take stix2 can read, but for ``docs/stix-conformance.md``.

Each row of that document has its examples here, and generated objects that are damaged in one to three places find no other
disagreement. ``campaign`` is the long run.
"""

from __future__ import annotations

import copy
import logging
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stix2
from hypothesis import HealthCheck, given, settings

from app.domain.errors import ProfileError
from app.stix.patterns import check_pattern
from app.stix.schema import check_schema
from tests.stix.authored_objects import A_UUID, CREATED, TLP_AMBER, authored_objects
from tests.stix.damaged_objects import ADDRESS, damaged

DOCUMENT = Path(__file__).parents[2] / "docs" / "stix-conformance.md"
DELETE = object()

WE_REFUSE = {  # row -> our sentence, where stix2-validator takes the object
    "references": "A reference ",
    "identifiers": "The id is the type|Without a property that ids are made of",
    "times": "This date and time do not exist|.* comes (not before|after) ",
    "property-names": "Names of properties have",
    "extension-names": "An extension is named by|This extension belongs to",
    "custom-types": "STIX 2.1 has no such type|A type has 3 to 250|The extensions make different|A bundle is no STIX object",
    "languages": "Write one language tag|The contents are named by|A translation is named|A translation may be neither null",
    "ipv6": "Write one IPv6 address",
    "own-properties": "A process has at least|A user-account has at least|This type needs at least",
    "counts": "The number is at least 0",
    "creator": "The property created_by_ref is missing",
    "versions": "The exchange takes STIX 2.1",
    "patterns": "A STIX pattern has at most|The brackets of a STIX pattern|A pattern may not be empty",
    "cited-hashes": "A name in this object is not among|Here belongs one of: MD5",
    "streams": "Here belongs a value of type object",
    "markings": "A marking-definition does not mark itself|The selector selects nothing",
}
WE_TAKE = {  # row -> what stix2-validator says of an object that we take
    "languages": "invalid language code|is not a valid RFC 5646|must be an RFC 5646 code|languages.* does not match",
    "exif-tags": "exif_tags: .* not match any of the regexes",
    "headers": "additional_header_fields",
    "charsets": "must be an IANA registered character set",
    "media-types": "must be an IANA registered MIME",
    "granular-languages": "granular_markings.*'marking_ref' is a required property",
    "hashes": r"hashes\.(TLSH|SSDEEP)",
    "ipv6": "value: '.*:.*' does not match",
    "hives": "key: .* should not be valid under",
    "own-properties": "is not valid under any of the given schemas",
    "observed-objects": "objects|object_refs",
    "observable-times": r"the validator itself fails|: (created|modified): |'(created|modified|spec_version)' is a required",
    "pattern-versions": "Pattern failed to validate",
}
UNREADABLE = {  # row -> what the stix2 library says of an object that we take
    "nested-names": "Property name|Selector .* is not valid|has no attribute|object is not iterable",
    "hashes": "hash",
    "definition-types": "definition_type|definition",
    "fine-times": "must be a datetime object",
    "pattern-versions": "for Indicator 'pattern'",
}


def changed(type_name: str, **changes: Any) -> dict[str, Any]:
    value = {**authored_objects()[type_name], **changes}
    return {name: member for name, member in value.items() if member is not DELETE}


def only(type_name: str, **properties: Any) -> dict[str, Any]:
    return {"type": type_name, "id": f"{type_name}--{A_UUID}", **properties}


ONE = "5f4a7a24-c134-1e3c-a90f-2f12d5c7da95"
FIVE = "5f4a7a24-c134-5e3c-a90f-2f12d5c7da95"
CITED = {"source_name": "a", "url": "https://a.example"}
ACCOUNT = only("user-account", user_id="synthetic-0117")
LOCAL_REFERENCE = {**ADDRESS, "belongs_to_ref": "1"}
COMMON = {"spec_version": "2.1", "created": CREATED, "modified": CREATED}
NESTED_IN_CAPITALS = [{"kill_chain_name": "a", "phase_name": "b", "Own": 1}]
OF_AN_INDEX = [{"selectors": ["name.[0]"], "marking_ref": TLP_AMBER}]
OF_A_LANGUAGE = [{"selectors": ["name"], "lang": "de"}]
BEYOND_ANCHORS = {"xid": 1, "a-b-cid": 1}
OWN_MARKING = {"extensions": DELETE, "definition_type": "acme", "definition": {"level": 5}}
NEW_OBSERVABLE = {"extensions": {f"extension-definition--{A_UUID}": {"extension_type": "new-sco"}}}
OTHER_TYPES_EXTENSION = {"pdf-ext": {"version": "1.7"}}
NAME_BASED_EXTENSION = {f"extension-definition--{FIVE}": {"extension_type": "new-sdo"}}
EXAMPLES: list[tuple[str, dict[str, Any], str]] = [  # row, object, and who takes it: w(e), v(alidator), s(tix2)
    ("references", changed("process", image_ref=f"url--{A_UUID}"), "v"),
    ("references", changed("tool", created_by_ref=f"identity--{A_UUID.upper()}"), "vs"),
    ("references", only("network-traffic", src_ref="0", protocols=["tcp"]), "v"),
    ("identifiers", changed("tool", id=f"tool--{ONE}"), "vs"),
    ("identifiers", changed("tool", id=f"tool--{A_UUID.upper()}"), "vs"),
    ("identifiers", only("mutex", id=f"mutex--{ONE}", name="a"), "vs"),
    ("times", changed("tool", modified=f"2026-11-02T09:30:00.{'1' * 21}Z"), "v"),
    ("property-names", changed("tool", **BEYOND_ANCHORS), "vs"),
    ("extension-names", changed("tool", extensions=OTHER_TYPES_EXTENSION), "vs"),
    ("extension-names", changed("tool", extensions=NAME_BASED_EXTENSION), "vs"),
    ("custom-types", only("case-file", **COMMON), "vs"),
    ("languages", changed("tool", lang="xx"), "ws"),
    ("languages", changed("language-content", contents={"xx": {"name": "a"}}), "ws"),
    ("languages", changed("software", languages=["zh-Hans"]), "ws"),
    ("languages", changed("language-content", contents={"de": {"name": None}}), "vs"),
    ("ipv6", only("ipv6-addr", value="::ffff:192.0.2.17"), "ws"),
    ("ipv6", only("ipv6-addr", value="fe80::1%eth0"), "vs"),
    ("own-properties", only("process", created_time=CREATED), "ws"),
    ("own-properties", only("process", name="a"), "v"),
    ("own-properties", only("windows-registry-key", modified_time=CREATED), "ws"),
    ("counts", only("network-traffic", src_ref=f"ipv4-addr--{A_UUID}", protocols=["tcp"], src_packets=-1), "v"),
    ("creator", changed("extension-definition", created_by_ref=DELETE), "v"),
    ("versions", only("mutex", spec_version="2.0", name="a"), "vs"),
    ("patterns", changed("indicator", pattern=" AND ".join(["[url:value = 'a']"] * 65)), "vs"),
    ("cited-hashes", changed("tool", external_references=[{**CITED, "hashes": {"xSHA-256": "a" * 64}}]), "v"),
    ("streams", changed("file", extensions={"ntfs-ext": {"alternate_data_streams": ["a"]}}), "v"),
    ("markings", changed("tool", granular_markings=OF_AN_INDEX), "v"),
    ("pattern-versions", changed("indicator", pattern="[EXISTS url:x_own]", pattern_version="2.0"), "w"),
    ("exif-tags", changed("file", extensions={"raster-image-ext": {"exif_tags": {"make": "a"}}}), "ws"),
    ("headers", changed("email-message", additional_header_fields={"Reply-To": ["once"]}), "ws"),
    ("charsets", changed("directory", path_enc="utf-8"), "ws"),
    ("media-types", changed("artifact", mime_type="application/x-own"), "ws"),
    ("granular-languages", changed("tool", granular_markings=OF_A_LANGUAGE), "ws"),
    ("hashes", changed("file", hashes={"TLSH": "T1" + "A" * 70}), "w"),
    ("hashes", changed("file", hashes={"SSDEEP": "1:" + "a" * 140}), "w"),
    ("hives", changed("windows-registry-key", key="HKEY_USERS\\HKCU"), "ws"),
    ("observed-objects", changed("observed-data", object_refs=[f"tool-mark--{A_UUID}"]), "ws"),
    ("observed-objects", changed("observed-data", object_refs=DELETE, objects={"0": LOCAL_REFERENCE, "1": ACCOUNT}), "v"),
    ("observable-times", changed("mutex", created=5), "ws"),
    ("observable-times", only("x-phone", created="de", **NEW_OBSERVABLE), "ws"),
    ("observable-times", only("x-phone", created=CREATED, **NEW_OBSERVABLE), "ws"),
    ("nested-names", changed("tool", kill_chain_phases=NESTED_IN_CAPITALS), "wv"),
    ("definition-types", changed("marking-definition", **OWN_MARKING), "wv"),
    ("fine-times", changed("campaign", first_seen="2026-10-01T00:00:00.123456789Z"), "wv"),
]


def ours(value: dict[str, Any]) -> ProfileError | None:
    try:
        check_schema(value)
        if value["type"] == "indicator":
            check_pattern(value["pattern"], value["pattern_type"])
    except ProfileError as refusal:
        return refusal
    return None


def the_validators(value: dict[str, Any]) -> list[str]:
    """Give what stix2-validator has against an object; its own failures too."""
    from stix2validator import ValidationOptions, validate_instance  # noqa: PLC0415  # it takes seconds, in every process of the suite

    logging.disable(logging.WARNING)
    try:
        options = ValidationOptions(version="2.1", strict=False, disabled="all")
        return [each.message for each in validate_instance(copy.deepcopy(value), options).errors]
    except Exception as failure:  # noqa: BLE001  # it fails with whatever the damaged object leads it to
        return [f"the validator itself fails: {failure!r}"]
    finally:
        logging.disable(logging.NOTSET)


def the_librarys(value: dict[str, Any]) -> str | None:
    """Give why the stix2 library cannot read an object."""
    try:
        with warnings.catch_warnings(action="ignore"):  # it warns of what is deprecated
            stix2.parse(copy.deepcopy(value), allow_custom=True)
    except Exception as failure:  # noqa: BLE001  # it raises its own errors, ValueError, TypeError, KeyError and AttributeError
        return str(failure)
    return None


def rows_that_explain(value: dict[str, Any]) -> Iterator[set[str]]:
    """Give, for each thing on which the verdicts differ, the rows that may explain it."""
    refusal, errors = ours(value), the_validators(value)
    if refusal and not errors:
        inside = {"observed-objects"} if (refusal.pointer or "").startswith("/objects") else set()
        yield inside | {row for row, words in WE_REFUSE.items() if re.match(words, refusal.sentence)}
    elif not refusal:
        for error in errors:
            yield {row for row, words in WE_TAKE.items() if re.search(words, error, re.DOTALL)}
        failure = the_librarys(value)
        if failure is not None:
            yield {row for row, words in UNREADABLE.items() if re.search(words, failure, re.DOTALL)}


def check_agreement(value: dict[str, Any]) -> None:
    for rows in rows_that_explain(value):
        if not rows:
            refusal = ours(value)
            our_words = refusal and (refusal.pointer, refusal.sentence)
            pytest.fail(f"we say {our_words}, they {the_validators(value)} and {the_librarys(value)}")


@pytest.mark.parametrize(("row", "value", "taken_by"), EXAMPLES)
def test_each_row_of_the_document_has_its_examples(row: str, value: dict[str, Any], taken_by: str) -> None:
    verdicts = (("w", not ours(value)), ("v", not the_validators(value)), ("s", not the_librarys(value)))
    assert "".join(letter for letter, takes in verdicts if takes) == taken_by
    assert any(row in rows for rows in rows_that_explain(value))


def test_the_document_has_these_rows_and_no_others() -> None:
    rows = set(re.findall(r"^\| `([a-z0-9-]+)` \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE))
    assert rows == {*WE_REFUSE, *WE_TAKE, *UNREADABLE} == {row for row, _, _ in EXAMPLES}


@settings(max_examples=300, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(damaged())
def test_no_damaged_object_finds_an_undocumented_disagreement(value: dict[str, Any]) -> None:
    check_agreement(value)


@pytest.mark.campaign
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(damaged())
def test_no_disagreement_is_found_in_a_long_run(value: dict[str, Any]) -> None:
    check_agreement(value)
