"""Contacts under other kinds, and values that look a little like one and are none."""

from __future__ import annotations

from typing import Any

import pytest

from app.stix.form_contacts import contacts_among
from tests.factories.observation_forms import OF_EVERY_KIND

ADDRESS, NUMBER = "some.body@example.org", "+442079460958"


@pytest.mark.parametrize("value", [ADDRESS, NUMBER, "+44 20 7946 0958", f"Somebody <{ADDRESS}>", "tel 020 7946 0958 home"])
@pytest.mark.parametrize(
    "kind", ["handle", "account-id", "keyword-term", "room-or-stream-id", "text-rule", "wallet", "md5", "xyz", "", None, 7]
)
def test_a_contact_is_found_under_whatever_kind(kind: Any, value: str) -> None:
    assert list(contacts_among([{"kind": "domain", "value": "a.example.org"}, {"kind": kind, "value": value}])) == [1]


@pytest.mark.parametrize("kind", ["url", "invite-link", "", "xyz"])
@pytest.mark.parametrize("query", [f"?m={ADDRESS}", f"?a=1&t={NUMBER}", "?t=%2B442079460958", f"#{ADDRESS}", f"/u/{ADDRESS}"])
def test_a_contact_behind_an_address_is_found(kind: str, query: str) -> None:
    assert list(contacts_among([{"kind": kind, "value": f"hxxps://a.example[.]org/x{query}"}])) == [0]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("url", "https://a.example.org/@somebody?at=2026-01-05&page=1234567890"),
        ("invite-link", "https://t.example.org/+AbCdEfGhIj12"),
        ("handle", "@somebody_12"),
        ("account-id", "2025550142117"),
        ("room-or-stream-id", "room:20260105:17"),
        ("keyword-term", "trade 4 pics"),
        ("ip", "192.0.2.17"),
        ("email", ADDRESS),
        ("phone", NUMBER),
    ],
)
def test_what_is_none_or_stands_under_its_own_kind_is_left(kind: str, value: str) -> None:
    assert list(contacts_among([{"kind": kind, "value": value}])) == []


def test_of_every_kind_the_ordinary_ones_are_left_and_other_shapes_too() -> None:
    assert list(contacts_among([*OF_EVERY_KIND, "text", {"value": 7}, {"kind": "url"}])) == []
    assert list(contacts_among({"value": ADDRESS})) == []
