"""Signing files of objects."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
import stix2

from app.domain.errors import BreakwaterError, Code, UnavailableError
from breakwater_client.documents.published import extension_definitions, tlp_markings
from breakwater_client.documents.read_object_file import read_object_file
from breakwater_client.signing.sign_objects import SignedDocument, Signing, sign_value
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import read_signature, verify_object
from tests.factories.stix_objects import indicator

SIGNER = "identity--8c4f2f6e-6d2b-4f0e-9a35-0c8f3b1f7a10"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SIGNING = Signing(PrivateKey.generate(), SIGNER, NOW)


def verified(value: dict[str, Any]) -> dict[str, Any]:
    entry = read_signature(value)
    verify_object(value, entry, SIGNING.key.public)
    assert (entry.signer, entry.signed_at) == (SIGNER, NOW)
    return value


def test_every_object_of_a_bundle_is_signed_and_published_ones_stay() -> None:
    published = [tlp_markings()[0], extension_definitions()[0]]
    raw = json.dumps({"type": "bundle", "id": "bundle--1", "objects": [indicator(), *published]}).encode()
    signed = SignedDocument(read_object_file(raw), SIGNING)
    objects = json.loads(b"".join(signed.pieces()))["objects"]
    verified(objects[0])
    assert objects[1:] == published
    assert (signed.signed, signed.left) == (1, 2)


def test_signing_is_hub_stable_unless_that_is_not_wanted() -> None:
    value = indicator(created="2026-01-05T10:00:00Z", revoked=False)
    stable = verified(sign_value(value, SIGNING))
    verified(json.loads(stix2.parse(stable, allow_custom=True).serialize()))
    as_is = verified(sign_value(value, Signing(SIGNING.key, SIGNER, NOW, hub_stable=False)))
    assert (as_is["created"], as_is["revoked"]) == ("2026-01-05T10:00:00Z", False)


def test_without_the_extra_signing_as_it_is_works_and_the_other_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "stix2", None)
    monkeypatch.delitem(sys.modules, "breakwater_client.signing.hub_stable", raising=False)
    verified(sign_value(indicator(), Signing(SIGNING.key, SIGNER, NOW, hub_stable=False)))
    with pytest.raises(UnavailableError, match=r"breakwater-client\[stix2\]"):
        sign_value(indicator(), SIGNING)


def test_unknown_properties_stay_and_are_signed() -> None:
    value = verified(sign_value(indicator(x_example={"a": [1, None, "Å"]}), SIGNING))
    assert value["x_example"] == {"a": [1, None, "Å"]}
    with pytest.raises(BreakwaterError):
        verified(value | {"x_example": {"a": [1, None, "A"]}})


SIGNED = sign_value(indicator(), SIGNING)


@pytest.mark.parametrize(
    ("value", "code", "pointer"),
    [
        (SIGNED, Code.REQUEST_INVALID, "/objects/1/extensions/"),
        (
            indicator(created_by_ref="identity--11111111-1111-4111-8111-111111111111"),
            Code.SIGNER_MISMATCH,
            "/objects/1/created_by_ref",
        ),
        (tlp_markings()[0] | {"name": "mine"}, Code.PROFILE_VIOLATION, "/objects/1/id"),
    ],
)
def test_one_object_that_cannot_be_signed_fails_the_file_and_is_named(value: dict[str, Any], code: Code, pointer: str) -> None:
    raw = json.dumps({"objects": [indicator(), value]}).encode()
    with pytest.raises(BreakwaterError) as caught:
        list(SignedDocument(read_object_file(raw), SIGNING).pieces())
    assert caught.value.code is code
    assert (caught.value.pointer or "").startswith(pointer)


def test_a_line_that_cannot_be_signed_is_named() -> None:
    raw = f"{json.dumps(indicator())}\n{json.dumps(SIGNED)}\n".encode()
    with pytest.raises(BreakwaterError, match=r"^line 2: The object already carries a signature"):
        list(SignedDocument(read_object_file(raw), SIGNING).pieces())
