from __future__ import annotations

from typing import Any

import pytest

from app.stix.facts import IDENTIFYING_TYPES
from app.stix.retained_kinds import KINDS, kinds_in
from breakwater_client.trust.canonical import canonical_bytes
from tests.factories.stix_objects import indicator, report, user_account


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        (user_account("somebody"), {"user-account"}),
        (indicator(pattern="[ipv4-addr:value = '198.51.100.1' OR url:value = 'https://a.example']"), {"ipv4-addr", "url"}),
        (indicator(pattern="[email-message:from_ref.value = 'x']"), {"email-message"}),
        (report(["email-addr--1f2f0a5e-6c43-5f0e-9d55-8b8f1a3ce001"]), {"email-addr"}),
        ({"type": "observed-data", "objects": {"0": {"type": "mac-addr", "value": "x"}}}, {"mac-addr"}),
        ({"type": "note", "external_references": [{"url": "https://a.example"}], "file": "x"}, set()),
        ({"type": "note", "content": "my-url: none, and nofile-- either"}, set()),
        ({"type": "x-url", "id": "x-url--1"}, set()),
    ],
)
def test_what_an_object_has_in_it_is_found_wherever_it_stands(value: dict[str, Any], kinds: set[str]) -> None:
    assert kinds_in(canonical_bytes(value)) == kinds


def test_every_identifying_type_has_its_time() -> None:
    assert IDENTIFYING_TYPES <= KINDS
