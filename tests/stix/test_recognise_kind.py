from __future__ import annotations

import json
from typing import Any

import pytest

from app.stix.recognise_kind import read_line, recognise_kind
from tests.factories.observation_forms import PDQ, TOKEN


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hxxps://files.example[.]org/a", "url"),
        ("https://chat.example.org/join/AbC123", "invite-link"),
        ("a.b@example.org", "email"),
        ("a.b[at]example[.]org", "email"),
        ("+1 (202) 555-0142", "phone"),
        ("0044 20 7946 0142", "phone"),
        ("@Example.Account-17", "handle"),
        ("192.0.2.17", "ip"),
        ("2001:db8::1", "ip"),
        ("2606:4700::1111", "ip"),
        ("example.org", "domain"),
        ("example[.]org", "domain"),
        ("0123456789abcdef" * 2, "md5"),
        ("01234567" * 5, "sha1"),
        (PDQ, "sha256"),
        ("0x" + "0a" * 20, "wallet"),
        ("bc1qsyntheticexampleaddress0117", "wallet"),
        ("Example account 17", None),
        ("40117", None),
        ("room:0117", None),
    ],
)
def test_a_kind_is_recognised_by_its_form(text: str, kind: str | None) -> None:
    assert recognise_kind(text) == kind


@pytest.mark.parametrize(
    ("line", "observable"),
    [
        ("  @a.b ", {"kind": "handle", "value": "@a.b"}),
        ("pdq: " + PDQ, {"kind": "pdq", "value": PDQ}),
        ("room-or-stream-id\t0117", {"kind": "room-or-stream-id", "value": "0117"}),
        ("nothing: known", {"value": "nothing: known"}),
        ("40117", {"value": "40117"}),
        (json.dumps({"identifier_kind": "phone", **TOKEN}), {"kind": "phone", "token": TOKEN}),
        (json.dumps({"identifier_kind": "shoe", **TOKEN}), {"token": TOKEN}),
        (json.dumps({"identifier_kind": "phone"}), {"value": json.dumps({"identifier_kind": "phone"})}),
        ("{broken", {"value": "{broken"}),
    ],
)
def test_a_line_may_say_its_kind_or_be_a_token(line: str, observable: dict[str, Any]) -> None:
    assert read_line(line) == observable
