"""Names and forms on the wire; that routes use them so is in the tests of the routes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from marshmallow import Schema, ValidationError

from app.domain.partner import Credential
from app.domain.permissions import Permission
from app.domain.vocabulary import Purpose, Role, Tlp
from app.http import agreement_payloads, key_payloads, object_payloads, payloads
from app.http.payloads import (
    CredentialPayload,
    EnvelopePayload,
    IssuedCredentialPayload,
    NewCredentialPayload,
    NewPartnerPayload,
    NothingPayload,
    Strict,
)
from app.services.membership.enrol_partner import NewPartner
from app.services.membership.issue_credentials import IssuedCredential, NewCredential

NOW = datetime(2026, 1, 31, 8, tzinfo=UTC)
WRITTEN = "2026-01-31T08:00:00.000000Z"
CREDENTIAL = Credential(
    "c", "sync", "p", None, "a", frozenset({Permission.POLICY_READ, Permission.KEYS_READ}), None, Tlp.GREEN, NOW, NOW
)
REQUESTS = [
    schema
    for module in (payloads, agreement_payloads, key_payloads, object_payloads)
    for schema in vars(module).values()
    if isinstance(schema, type) and issubclass(schema, Strict)
]


@pytest.mark.parametrize("schema", REQUESTS)
def test_every_request_refuses_what_it_does_not_know(schema: type[Schema]) -> None:
    with pytest.raises(ValidationError) as refusal:
        schema().load({"unknown_field": 1})
    assert refusal.value.messages["unknown_field"] == ["Unknown field."]  # type: ignore[index,call-overload]  # a mapping


def test_a_partner_to_be_becomes_the_services_value() -> None:
    document = {"name": "Platform A", "role": "platform", "jurisdiction": "NL"}
    assert NewPartnerPayload().load(document) == NewPartner("Platform A", Role.PLATFORM, "NL")


def test_a_credential_to_be_has_no_purpose_and_no_partner_unless_it_says_so() -> None:
    document: dict[str, Any] = {"account": "sync", "scopes": ["keys:read"], "tlp_ceiling": "green"}
    loaded = NewCredentialPayload().load(document | {"expires_at": "2026-01-31T08:00:00Z"})
    assert loaded == NewCredential(None, "sync", frozenset({Permission.KEYS_READ}), None, Tlp.GREEN, NOW)
    stated = NewCredentialPayload().load(document | {"expires_at": "2026-01-31T08:00:00Z", "purpose": "detection"})
    assert stated.purpose is Purpose.DETECTION


def test_a_credential_shows_everything_but_its_token() -> None:
    assert CredentialPayload().dump(CREDENTIAL) == {
        "id": "c",
        "name": "sync",
        "partner_id": "p",
        "person_id": None,
        "issued_by": None,
        "scopes": ["keys:read", "policy:read"],
        "purpose": None,
        "tlp_ceiling": "green",
        "created_at": WRITTEN,
        "expires_at": WRITTEN,
        "revoked_at": None,
    }
    assert IssuedCredentialPayload().dump(IssuedCredential(CREDENTIAL, "bw_x"))["token"] == "bw_x"


def test_an_envelope_is_handed_on_as_it_came() -> None:
    envelope = {"payloadType": "x", "payload": "eA==", "signatures": [{"keyid": "k", "sig": "s"}]}
    assert EnvelopePayload().load(envelope) == envelope
    with pytest.raises(ValidationError):
        EnvelopePayload().load(envelope | {"signatures": [{"keyid": "k", "sig": "s", "cert": "x"}]})


def test_nothing_is_an_empty_object() -> None:
    assert NothingPayload().load({}) == {}
