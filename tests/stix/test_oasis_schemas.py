"""The schemas of OASIS are compiled offline, corrected in two places, and every reference in them resolves."""

from __future__ import annotations

from typing import Any

import pytest

from app.stix import oasis_schemas
from app.stix.oasis_schemas import compile_schema, validator

T = "2026-11-02T09:30:00.000Z"
NOTE = {
    "type": "note",
    "spec_version": "2.1",
    "id": "note--5f4a7a24-c134-4e3c-a90f-2f12d5c7da95",
    "created": T,
    "modified": T,
    "content": "a",
    "object_refs": ["indicator--5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"],
}
MARKING = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"


def takes(**more: Any) -> bool:
    return validator("sdos/note.json").is_valid({**NOTE, **more})


@pytest.mark.parametrize("place", sorted(oasis_schemas._documents()))
def test_every_schema_compiles_without_fetching(place: str) -> None:
    validator(place)


def test_a_schema_that_refers_elsewhere_is_not_fetched() -> None:
    with pytest.raises(ValueError, match="Retrieval is disabled"):
        compile_schema({"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": "http://localhost:1/schema.json"})


@pytest.mark.parametrize(
    ("marking", "expected"),
    [
        ({"selectors": ["content"], "marking_ref": MARKING}, True),
        ({"selectors": ["content"], "lang": "de"}, True),
        ({"selectors": ["content"], "lang": "de", "marking_ref": MARKING}, False),
        ({"selectors": ["content"]}, False),
        ({"lang": "de"}, False),
    ],
)
def test_a_granular_marking_has_a_marking_or_a_language(marking: dict[str, Any], *, expected: bool) -> None:
    assert takes(granular_markings=[marking]) is expected


@pytest.mark.parametrize(("name", "expected"), [("SHA-256", True), ("xSHA-256", False), ("PDQ", False)])
def test_hashes_of_an_external_reference_have_the_specifications_names(name: str, *, expected: bool) -> None:
    assert takes(external_references=[{"source_name": "a", "url": "https://example.org", "hashes": {name: "a" * 64}}]) is expected


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        ("url", "https://example.org/a?b=c", True),
        ("url", "https://example.org/a b", False),
        ("url", "example.org", False),
        ("email-addr", "a@example.org", True),
        ("email-addr", "A <a@example.org>", False),
        ("domain-name", "bücher.example", True),
        ("domain-name", "*.example.org", False),
        ("ipv4-addr", "192.0.2.0/24", True),
        ("ipv4-addr", "192.0.2.256", False),
    ],
)
def test_formats_are_asserted(place: str, value: str, *, expected: bool) -> None:
    observable = {"type": place, "id": f"{place}--5f4a7a24-c134-4e3c-a90f-2f12d5c7da95", "value": value}
    assert validator(f"observables/{place}.json").is_valid(observable) is expected
