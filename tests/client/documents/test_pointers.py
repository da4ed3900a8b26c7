"""Pointers name places and no values: words that STIX or our schemas have, and no name of anybody's own."""

from __future__ import annotations

import pytest

from breakwater_client.documents.pointers import is_known_name, pointer
from breakwater_client.extensions import HANDLING, OCSEA_CONTEXT, SIGNATURE


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ([], ""),
        (["objects", 12, "hashes", "SHA-256"], "/objects/12/hashes/SHA-256"),
        (["external_references", 0, "hashes", "MD5"], "/external_references/0/hashes/MD5"),
        (["extensions", OCSEA_CONTEXT, "harm_types", 3], f"/extensions/{OCSEA_CONTEXT}/harm_types/3"),
        (["extensions", "windows-pebinary-ext", "sections", 1, "entropy"], "/extensions/windows-pebinary-ext/sections/1/entropy"),
        (["extensions", "http-request-ext", "request_header", "x"], "/extensions/http-request-ext/request_header"),
        (["extensions", "somebody@example.org", "name"], "/extensions"),
        (["extensions", "extension-definition--9b2b6c3e-2a44-4f0c-8d11-6a3f5b7c9d01", "stage"], "/extensions"),
        (["x_room", "description"], ""),
        (["objects", 0, "x_case_0117_anna", "b"], "/objects/0"),
        (["objects", 0, "anna_example_2014"], "/objects/0"),
        (["objects", 0, "iVBORw0KGgoAAAANSUhEUg"], "/objects/0"),
        (["with space"], ""),
        (["a/b"], ""),
        ([""], ""),
        (["٣"], ""),
        (["description\n"], ""),
        (["description" * 100], ""),
    ],
)
def test_a_pointer_ends_before_the_first_name_that_nobody_published(path: list[str | int], expected: str) -> None:
    assert pointer(path) == expected


@pytest.mark.parametrize("name", ["description", "payload_bin", "SHA3-512", "dwXSize", HANDLING, SIGNATURE, "audience_id"])
def test_names_are_those_of_members_in_published_schemas(name: str) -> None:
    assert is_known_name(name)


def test_words_of_a_schema_that_name_no_member_are_not_known() -> None:
    assert not any(map(is_known_name, ("additionalProperties", "indicator", "red", "MUST", "oneOf", "$ref", "2.1")))
