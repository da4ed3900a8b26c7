"""Composing without an exchange."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.crypto.keys import PrivateKey
from app.crypto.object_signature import read_signature, verify_object
from app.domain.errors import MalformedInputError, UntrustedSignatureError
from app.services.offline.compose_file import compose_file, read_release, signed
from app.services.offline.sign_objects import Signing
from app.stix.published import founding_catalogue
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
