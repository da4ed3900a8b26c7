"""Composing without an exchange."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.crypto.group_tokens import epoch_of_key, token_of
from app.domain.errors import MalformedInputError, UntrustedSignatureError
from app.domain.token_value import TokenKind
from app.services.offline.compose_file import Keyed, compose_file, line_of_fault, plain_values, read_release, signed
from app.services.offline.make_tokens import HeldKey
from breakwater_client.documents.published import founding_catalogue
from breakwater_client.signing.sign_objects import Signing
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import read_signature, verify_object
from tests.factories.observation_forms import form
from tests.factories.policy_values import NOW

ME = "identity--2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"


def composed(**changes: Any) -> dict[str, Any]:
    content = json.dumps(form({"kind": "handle", "value": "a1"})).encode()
    return compose_file(**{"content": content, "identity_id": ME, "catalogue": None, "now": NOW} | changes)


def test_a_file_is_composed_by_the_founding_catalogue() -> None:
    document = composed()
    assert document["refusals"] == []
    assert document["objects"][0]["created_by_ref"] == ME


def test_a_release_that_was_fetched_is_gone_by_instead() -> None:
    release = founding_catalogue()
    release["behaviours"] = [one | {"retired_in": 1} for one in release["behaviours"]]
    document = composed(catalogue=read_release(json.dumps(release).encode()))
    assert [one["code"] for one in document["refusals"]] == ["behaviour-retired"]


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"release": 1, "released_at": "x"}', b"{", b'"a"'])
def test_what_is_no_release_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedInputError):
        read_release(content)


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(MalformedInputError):
        composed(content=b"{")


def test_objects_are_signed_by_their_creator_and_by_nobody_else() -> None:
    key = PrivateKey.generate()
    objects = signed(composed()["objects"], Signing(key, ME, datetime.now(UTC)))
    assert all(verify_object(one, read_signature(one), key.public) for one in objects)
    with pytest.raises(UntrustedSignatureError):
        signed(composed()["objects"], Signing(key, ME.replace("2b", "3b"), datetime.now(UTC)))


KEY = b"k" * 32
KEYED = Keyed(HeldKey(epoch_of_key(KEY), KEY), "2ba7b568-fa2c-439c-ad8e-1e8e5f139d01")
PRIVATE = ({"kind": "phone", "value": "+1 (555) 0100-117"}, {"kind": "email", "value": "Some.Body@Example.org"})


def keyed(*observables: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return composed(content=json.dumps(form(*observables, **changes)).encode(), keyed=KEYED)


def test_values_that_leave_as_tokens_become_tokens_of_the_key() -> None:
    document = keyed(*PRIVATE)
    told = json.dumps(document).lower()
    made = [one["token"] for one in document["objects"] if one["type"] == "blinded-identifier"]
    assert made[0] == token_of(KEY, TokenKind.PHONE, "+15550100117")
    assert len(made) == 2
    assert "some.body" not in told
    assert "0100117" not in told.replace("-", "")


@pytest.mark.parametrize("title", ["Calls from AB.17.xx.9", "Device ab17xx9 seen", "Device AB-17-XX-9 seen"])
def test_a_value_that_is_a_token_stands_in_no_words_in_any_spelling(title: str) -> None:
    document = keyed({"kind": "device", "value": "AB-17-XX-9"}, what={"title": title, "harm_types": ["csam"]})
    assert [(one["code"], one["pointer"]) for one in document["refusals"]] == [("profile-violation", "/what/title")]


def test_a_form_for_another_group_than_the_keys_is_refused() -> None:
    with pytest.raises(MalformedInputError):
        keyed(*PRIVATE, who_may_know={"group_id": "3ba7b568-fa2c-439c-ad8e-1e8e5f139d01"})
    assert keyed(*PRIVATE, who_may_know={"group_id": KEYED.group_id})["refusals"] == []


def test_places_of_values_that_must_not_be_sent_are_found() -> None:
    content = json.dumps(form({"kind": "handle", "value": "a1"}, *PRIVATE, {"kind": "phone", "token": {}})).encode()
    assert plain_values(content) == ["/observables/1", "/observables/2"]
    assert plain_values(b"[]") == plain_values(b'{"observables": 1}') == []


def test_the_line_of_a_fault_is_that_of_the_text() -> None:
    assert line_of_fault(b'{"a": 1,\n\n"b": }') == 3
    assert line_of_fault(b"{}") is None
