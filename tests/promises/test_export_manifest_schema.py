"""The published schema of manifests and our own reader take the same documents; the examples are two that follow each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from app.domain.errors import MalformedInputError
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.export_manifest import manifest_digest, manifest_payload, read_manifest
from tests.factories.export_manifests import first_manifest, next_manifest

SCHEMAS = Path(__file__).parents[2] / "schemas"
SCHEMA: dict[str, Any] = json.loads((SCHEMAS / "export-manifest.json").read_text())
FIRST, SECOND = (json.loads((SCHEMAS / f"examples/exports/{name}.json").read_text()) for name in ("first", "second"))
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)


def taken(document: dict[str, Any]) -> bool:
    try:
        read_manifest(canonical_bytes(document))
    except MalformedInputError:
        return False
    return True


def test_what_is_signed_is_valid() -> None:
    for manifest in (first_manifest(), next_manifest(first_manifest())):
        document = json.loads(manifest_payload(manifest))
        VALIDATOR.validate(document)
        assert document.keys() == SCHEMA["properties"].keys()


def test_the_examples_are_valid_and_the_second_follows_the_first() -> None:
    for document in (FIRST, SECOND):
        VALIDATOR.validate(document)
        assert list(document) == list(SCHEMA["properties"])
    first, second = (read_manifest(canonical_bytes(document)) for document in (FIRST, SECOND))
    assert second.previous == manifest_digest(first)
    assert (second.number, second.since) == (first.number + 1, first.as_of)


def test_the_schema_is_closed_and_asks_for_every_member() -> None:
    for schema in (SCHEMA, SCHEMA["properties"]["files"]["items"]):
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])


WRONG: list[Any] = ["curiosity", ["curiosity"], -1, 1.5, True, {"A": -1}, "", [7], None, "Zz" * 32]
RELATED = {"previous", "since"}
"""What a schema cannot hold against the rest of the document: the first has neither, every other one both."""


@pytest.mark.parametrize("member", SCHEMA["properties"])
def test_schema_and_reader_refuse_the_same(member: str) -> None:
    for value in WRONG:
        if not (member in RELATED and value is None):
            document = SECOND | {member: value}
            assert taken(document) is VALIDATOR.is_valid(document), value


@pytest.mark.parametrize("member", SCHEMA["properties"]["files"]["items"]["properties"])
def test_schema_and_reader_refuse_the_same_of_a_file(member: str) -> None:
    for value in WRONG[:-1]:
        file = FIRST["files"][0] | {member: value}
        document = FIRST | {"files": [file]}
        assert taken(document) is VALIDATOR.is_valid(document), value
