"""STIX ids have one spelling."""

from __future__ import annotations

import uuid

import pytest

from app.stix.identifiers import is_extension_id, named_type

FOUR = "5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        (f"indicator--{FOUR}", "indicator"),
        (f"user-account--{uuid.uuid5(uuid.NAMESPACE_DNS, 'example.org')}", "user-account"),
        (f"x-own-type--{FOUR}", "x-own-type"),
        (f"indicator--{FOUR.upper()}", None),
        (f"Indicator--{FOUR}", None),
        ("indicator--57d73532-e6c1-11f1-99a7-02fc00000001", None),  # version 1
        (f"indicator--{uuid.uuid3(uuid.NAMESPACE_DNS, 'example.org')}", None),
        (f"indicator--{uuid.UUID(int=0)}", None),
        ("indicator--5f4a7a24-c134-4e3c-c90f-2f12d5c7da95", None),  # not RFC 4122's variant
        (f"indicator--{FOUR}\n", None),
        (f"indicator-{FOUR}", None),
        (f"--{FOUR}", None),
        ("indicator--", None),
        ("", None),
        (None, None),
        (7, None),
        (["indicator"], None),
    ],
)
def test_an_id_names_its_type_or_is_none(identifier: object, expected: str | None) -> None:
    assert named_type(identifier) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (f"extension-definition--{FOUR}", True),
        (f"extension-definition--{uuid.uuid5(uuid.NAMESPACE_DNS, 'example.org')}", False),
        (f"indicator--{FOUR}", False),
        ("unix-account-ext", False),
    ],
)
def test_an_extension_is_named_by_a_definition_with_a_random_uuid(name: str, *, expected: bool) -> None:
    assert is_extension_id(name) is expected
