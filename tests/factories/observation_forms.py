"""Forms of observations for tests, as documents: synthetic throughout.

Owns a form that says what must be said, and nothing that is refused; tests change it.
"""

from __future__ import annotations

from typing import Any

from app.domain.catalogue import Catalogue
from app.stix.catalogue_documents import read_catalogue
from app.stix.compose import Writing
from breakwater_client.documents.published import founding_catalogue
from tests.factories.policy_values import NOW

CATALOGUE: Catalogue = read_catalogue(founding_catalogue())
PDQ = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
TOKEN = {"scheme": "group-hmac-1", "epoch": "2026-q4", "token": "Jx3sP0d9m2Yw7rVtKqLbN1cUaZ5eGfHhRi8oXyT4uW6"}
OF_EVERY_KIND: list[dict[str, Any]] = [
    {"kind": "account-id", "value": "40117"},
    {"kind": "handle", "value": "@Example.Account-17"},
    {"kind": "email", "token": TOKEN},
    {"kind": "phone", "token": TOKEN | {"token": "b" * 64}},
    {"kind": "device", "token": TOKEN | {"token": "c" * 64}},
    {"kind": "ip", "value": "192.0.2.17"},
    {"kind": "room-or-stream-id", "value": "room-0117"},
    {"kind": "invite-link", "value": "https://chat.example.org/join/AbC123"},
    {"kind": "url", "value": "hxxps://files.example[.]org/a?utm_source=post"},
    {"kind": "domain", "value": "Example.ORG"},
    {"kind": "payment-handle-hmac", "payment_kind": "account", "token": TOKEN},
    {"kind": "wallet", "value": "bc1qsyntheticexampleaddress0117"},
    {"kind": "md5", "value": "0123456789abcdef" * 2},
    {"kind": "sha1", "value": "01234567" * 5},
    {"kind": "sha256", "value": "89abcdef" * 8},
    {"kind": "pdq", "value": PDQ, "quality": 97},
    {"kind": "vpdq", "frames": [{"value": PDQ, "quality": 90, "at_milliseconds": 0}]},
    {"kind": "photodna", "value": "A1b2" * 48},
    {"kind": "netclean", "value": "AAECAwQFBgcICQoLDA0ODw=="},
    {"kind": "videntifier", "value": "0a1b2c3d4e5f60718293a4b5c6d7e8f9"},
    {"kind": "safer", "value": "0a1b2c3d4e5f60718293a4b5c6d7e8f0"},
    {"kind": "text-rule", "value": r"\bexample-term-[0-9]+\b"},
    {"kind": "behavioural-rule", "language": "sigma", "value": "detection:\n  selection:\n    rooms_per_hour|gt: 10\n"},
    {"kind": "keyword-term", "value": "example term"},
]


def writing(**changes: Any) -> Writing:
    """Give a writing at the tests' time with the founding catalogue."""
    return Writing(**{"now": NOW, "catalogue": CATALOGUE, **changes})


def form(*observables: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Give a form with these observables, of accounts whose holders nobody knows; a change to None takes a member away."""
    document: dict[str, Any] = {
        "type": "observation",
        "subject_status": "unknown",
        "what": {"title": "Short-lived rooms", "behaviours": ["OP-017"], "harm_types": ["live-streamed-csa"]},
        "where": {"surfaces": ["live-stream"], "service": "Example Live"},
        "review": "human-reviewed",
        "who_may_know": {},
    }
    if observables:
        document["observables"] = list(observables)
    return {name: member for name, member in (document | changes).items() if member is not None}
