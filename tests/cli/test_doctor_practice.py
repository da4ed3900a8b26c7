"""The doctor's practice objects: each way in which one is changed is a reason of its own to refuse it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.cli.api import Api, Target
from app.cli.demo_objects import Author
from app.cli.doctor_practice import CHANGES, TYPES, Change, Practice, Publisher, _object
from breakwater_client.errors import Code
from breakwater_client.signing.sign_objects import Signing, sign_value
from breakwater_client.trust.envelope import pae
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import read_signature, signed_payload
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.verifying.known_keys import KnownSigner
from breakwater_client.verifying.verdicts import FailedSignature, VerifiedSignature
from breakwater_client.verifying.verify_objects import verify_document

_PUBLISHER, _STRANGER = (f"identity--33333333-3333-4333-8333-33333333333{number}" for number in (3, 4))
_KEY, _OTHER = PrivateKey.generate(), PrivateKey.generate()
_LISTED = [KnownSigner(_KEY.public, _PUBLISHER), KnownSigner(_OTHER.public, _STRANGER)]


def practised() -> tuple[Practice, list[dict[str, Any]]]:
    now = datetime.now(UTC)
    kinds = [TYPES[0], *(kind for kind, _ in CHANGES)]
    made = [_object(kind, Author(_PUBLISHER, now), f"p{number}-x.example.org") for number, kind in enumerate(kinds)]
    signed = [sign_value(one, Signing(_KEY, _PUBLISHER, now)) for one in made]
    nowhere = Api(Target("http://127.0.0.1:1"))
    practice = Practice(Publisher(nowhere, _KEY, _PUBLISHER), Publisher(nowhere, _OTHER, _STRANGER))
    practice.ids = [one["id"] for one in signed]
    practice.values = {one["id"]: f"p{number}-x.example.org" for number, one in enumerate(signed)}
    return practice, signed


_REFUSED = {
    Change.CONTENT: Code.SIGNATURE_INVALID,
    Change.NO_SIGNATURE: Code.SIGNATURE_MISSING,
    Change.ANOTHERS_KEY: Code.SIGNER_MISMATCH,
    Change.ANOTHERS_NAME: Code.SIGNER_MISMATCH,
}


@pytest.mark.parametrize(("kind", "change"), CHANGES)
def test_what_is_changed_is_refused_for_its_own_reason(kind: str, change: Change) -> None:
    practice, signed = practised()
    [value] = [one for one in signed if one["type"] == kind and practice.changed.get(one["id"]) is change]
    made = practice.change(value)
    [verdict] = verify_document(json.dumps(made).encode(), _LISTED)
    assert isinstance(verdict, FailedSignature)
    assert verdict.refusal.code is _REFUSED[change]
    assert (made["id"], made.get("created_by_ref")) == (value["id"], value.get("created_by_ref"))
    assert "changed-" in json.dumps(made)


def test_objects_of_each_type_are_changed_an_observable_among_them() -> None:
    assert {kind for kind, _ in CHANGES} == set(TYPES) >= {"indicator", "domain-name"}
    assert {how for _, how in CHANGES} == set(Change)
    _, signed = practised()
    lines = "\n".join(json.dumps(one) for one in signed)
    assert all(isinstance(one, VerifiedSignature) for one in verify_document(lines.encode(), _LISTED))


def test_what_another_signed_would_verify_but_for_whose_it_is() -> None:
    practice, signed = practised()
    changed = {practice.changed[one["id"]]: practice.change(one) for one in signed[1:] if one["type"] == TYPES[0]}
    [verdict] = verify_document(json.dumps(changed[Change.ANOTHERS_KEY]).encode(), [KnownSigner(_OTHER.public, _PUBLISHER)])
    assert isinstance(verdict, VerifiedSignature)
    entry = read_signature(changed[Change.ANOTHERS_NAME])
    assert entry.signer == _STRANGER
    _OTHER.public.verify(entry.sig, pae(PayloadType.STIX_OBJECT, signed_payload(changed[Change.ANOTHERS_NAME])))


def test_values_are_found_apart_before_and_after_the_change() -> None:
    practice, signed = practised()
    as_it_was, as_changed = (json.dumps(one).encode() for one in (signed[1], practice.change(signed[2])))
    assert practice.look([as_it_was]) == {signed[1]["id"]}
    assert practice.used == set()
    assert practice.look([as_changed]) == set()
    assert (practice.used, practice.stood) == ({signed[2]["id"]}, {signed[1]["id"]})
