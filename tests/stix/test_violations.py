"""A violation's sentence says what to mend and never what was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.domain.errors import Code, ProfileError
from app.stix.oasis_schemas import compile_schema, documents, validator
from app.stix.schema import check_schema
from app.stix.violations import _VAGUE, _pattern, violation
from breakwater_client.documents.published import EXTENSION_NAMES, extension_schema
from tests.stix.authored_objects import authored_objects

DIALECT = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
ID = "indicator--5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"
SECRET = "hunter2"


def told(schema: dict[str, Any], value: Any) -> tuple[str, str | None]:
    error = violation(compile_schema({**DIALECT, **schema}).iter_errors(value))
    assert error.code is Code.SCHEMA_VIOLATION
    assert SECRET not in error.sentence
    return error.sentence, error.pointer


@pytest.mark.parametrize(
    ("schema", "value", "words", "pointer"),
    [
        ({"required": ["name"]}, {"summary": SECRET}, "property name is missing", ""),
        ({"properties": {"name": {"type": ["string", "null"]}}}, {"name": 1}, "string", "/name"),
        ({"properties": {"name": {"enum": ["x", "y"]}}}, {"name": SECRET}, "one of: x, y", "/name"),
        ({"properties": {"name": {"enum": [str(number) for number in range(41)]}}}, {"name": SECRET}, "vocabulary", "/name"),
        ({"properties": {"name": {"const": "x"}}}, {"name": SECRET}, "Another word", "/name"),
        ({"properties": {"name": {"pattern": "^[a-z]$"}}}, {"name": SECRET}, "form that belongs here", "/name"),
        ({"properties": {"name": {"pattern": "^[a-fA-F0-9]{32}$"}}}, {"name": SECRET}, "Write 32 hexadecimal digits.", "/name"),
        ({"properties": {"name": {"pattern": "^indicator--"}}}, {"name": SECRET}, "begins with indicator--", "/name"),
        ({"properties": {"name": {"format": "uri"}}}, {"name": SECRET}, "RFC 3986", "/name"),
        ({"properties": {"name": {"format": "email"}}}, {"name": SECRET}, "addr-spec", "/name"),
        ({"properties": {"name": {"format": "idn-hostname"}}}, {"name": SECRET + "."}, "domain name", "/name"),
        ({"properties": {"name": {"format": "date"}}}, {"name": SECRET}, "form that belongs here", "/name"),
        ({"items": {"minimum": 3}}, [3, 2], "at least 3", "/1"),
        ({"maximum": 3}, 4, "at most 3", ""),
        ({"minLength": 9}, SECRET, "at least 9 characters", ""),
        ({"maxLength": 3}, SECRET, "at most 3 characters", ""),
        ({"minItems": 1}, [], "may not be empty", ""),
        ({"maxItems": 1}, [1, 2], "at most 1 members", ""),
        ({"minProperties": 1}, {}, "may not be empty", ""),
        ({"uniqueItems": True}, [SECRET, SECRET], "twice", ""),
        ({"propertyNames": {"enum": ["x"]}}, {SECRET: 1}, "name in this object", ""),
        ({"properties": {"a": {}}, "additionalProperties": False}, {"unknown_one": 1}, "does not belong here", ""),
        ({"properties": {"a": {}}, "additionalProperties": False}, {f"{SECRET}@example.org": 1}, "does not belong here", ""),
        ({"properties": {"name": False}}, {"name": SECRET}, "Nothing may stand here", "/name"),
        ({"multipleOf": 2}, 3, "form that belongs here", ""),
        ({"not": {"required": ["name"]}}, {"name": SECRET}, "STIX reserves", ""),
        ({"anyOf": [{"required": ["x"]}, {"required": ["y"]}]}, {"name": SECRET}, "one property of its own", ""),
        ({"patternProperties": {"name": {"anyOf": [{"type": "string"}]}}}, {"name": None}, "null nor an empty list", "/name"),
    ],
)
def test_each_keyword_has_its_sentence(schema: dict[str, Any], value: Any, words: str, pointer: str) -> None:
    sentence, place = told(schema, value)
    assert words in sentence
    assert place == pointer


def test_a_plain_violation_is_told_before_alternatives() -> None:
    schema = {"properties": {"x": {"oneOf": [{"type": "string"}]}, "name": {"type": "string"}}}
    assert told(schema, {"x": 1, "name": 1})[1] == "/name"


def test_the_pointer_is_of_the_object_and_not_of_the_part() -> None:
    errors = compile_schema({**DIALECT, "minProperties": 1}).iter_errors({})
    assert violation(errors, within=("extensions", "name")).pointer == "/extensions/name"


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        ("sros/relationship.json", {"type": "relationship", "source_ref": ID.replace("indicator", "sighting")}, "cannot begin"),
        ("sros/relationship.json", {"type": "relationship", "target_ref": ID.replace("indicator", "sighting")}, "cannot end"),
        ("sros/sighting.json", {"type": "sighting", "sighting_of_ref": ID.replace("indicator", "sighting")}, "cannot be sighted"),
        ("common/external-reference.json", {"source_name": "cve", "url": "https://example.org"}, "An external reference"),
        ("common/granular-marking.json", {"selectors": ["name"]}, "either marking_ref or lang"),
        ("common/marking-definition.json", {"type": "marking-definition"}, "A marking-definition has"),
        ("observables/user-account.json", {"type": "user-account"}, "one property of its own"),
    ],
)
def test_the_alternatives_of_stix_have_words_of_their_own(place: str, value: Any, words: str) -> None:
    composite = [error for error in validator(place).iter_errors(value) if error.kind.name in ("oneOf", "anyOf", "not")]
    property_name = {"external-reference": "external_references", "granular-marking": "granular_markings"}
    within = (property_name[key], 0) if (key := place.split("/")[1].removesuffix(".json")) in property_name else ()
    assert words in violation(composite, within=within, type_name=value.get("type")).sentence


@pytest.mark.parametrize(
    "document", [*documents(), *map(extension_schema, EXTENSION_NAMES)], ids=lambda document: document["$id"]
)
def test_no_regular_expression_that_asks_for_a_form_is_without_words(document: dict[str, Any]) -> None:
    told_otherwise = re.compile(r"\^\(*(cve|capec|CVE|CAPEC|statement)")  # among alternatives, which have words of their own
    wordless = [form for form in forms(document) if not told_otherwise.match(form) and _pattern({"pattern": form}) == _VAGUE]
    assert wordless == []


def forms(schema: Any) -> Iterator[str]:
    """Give the expressions of a schema but those under ``not``."""
    if isinstance(schema, list):
        for member in schema:
            yield from forms(member)
    elif isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for name, member in schema.items():
            if name != "not":
                yield from forms(member)


@pytest.mark.parametrize(("member", "kind"), [(None, "null"), ([], "an empty list")])
def test_a_property_of_ones_own_is_found_by_its_kind_and_holder_and_its_name_is_not_told(member: Any, kind: str) -> None:
    with pytest.raises(ProfileError) as refusal:
        check_schema({**authored_objects()["note"], f"x_{SECRET}": member})
    assert f"Look for {kind} in a property with a name of your own, in the object itself." in refusal.value.sentence
    assert SECRET not in refusal.value.sentence


def test_a_required_list_is_not_to_be_left_out() -> None:
    with pytest.raises(ProfileError) as refusal:
        check_schema({**authored_objects()["note"], "object_refs": []})
    assert "if it is required, name something" in refusal.value.sentence
