"""A dry run comes to the exchange's verdict, as far as it goes, and says how far that is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import Code
from app.domain.vocabulary import Profile
from app.services.offline.rehearse import Rehearsal
from breakwater_client.documents.published import tlp_markings
from breakwater_client.extensions import SIGNATURE
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import sign_object
from breakwater_client.verifying.known_keys import KnownSigner
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator, stix_id

SIGNER, OTHER = stix_id("identity"), stix_id("identity")
KEY = PrivateKey.generate()
SIG_AT = f"/extensions/{SIGNATURE}/signatures/0/sig"


def signed(value: dict[str, Any]) -> dict[str, Any]:
    return sign_object(value, KEY, signer=SIGNER, signed_at=NOW - timedelta(hours=1))


def by(*known: KnownSigner, profile: Profile = Profile.OCSEA, takes_unsigned: bool = False) -> Rehearsal:
    return Rehearsal.by([profile], known or None, takes_unsigned=takes_unsigned)


def forged(value: dict[str, Any]) -> dict[str, Any]:
    return signed(value) | {"name": "Another name"}


def code_at(rehearsal: Rehearsal, value: dict[str, Any]) -> tuple[Code | None, str | None]:
    refusal = rehearsal.why_refused(value)
    return (None, None) if refusal is None else (refusal.code, refusal.pointer)


def test_a_signed_object_passes_without_keys_and_with_its_own() -> None:
    value = signed(indicator())
    assert by().why_refused(value) is None
    assert by(KnownSigner(KEY.public, SIGNER, "active")).why_refused(value) is None


def test_without_keys_a_signature_is_looked_at_for_its_form_only() -> None:
    assert code_at(by(), forged(indicator())) == (None, None)
    assert code_at(by(), indicator())[0] is Code.SIGNATURE_MISSING
    value = signed(indicator())
    value["extensions"][SIGNATURE]["signatures"][0]["sig"] = "no base64"
    assert code_at(by(), value) == (Code.SIGNATURE_INVALID, SIG_AT)


def test_without_keys_too_only_the_creator_signs() -> None:
    value = signed(indicator())
    assert code_at(by(), value | {"created_by_ref": OTHER}) == (Code.SIGNER_MISMATCH, "/created_by_ref")


def test_with_keys_signatures_are_verified() -> None:
    assert code_at(by(KnownSigner(KEY.public, SIGNER, "active")), forged(indicator())) == (Code.SIGNATURE_INVALID, SIG_AT)


@pytest.mark.parametrize(
    ("known", "code"),
    [
        (KnownSigner(KEY.public, SIGNER, "pending"), Code.KEY_NOT_ACTIVE),
        (KnownSigner(KEY.public, SIGNER, "revoked"), Code.KEY_NOT_ACTIVE),
        (KnownSigner(KEY.public, SIGNER), Code.KEY_NOT_ACTIVE),
        (KnownSigner(KEY.public, None, "active"), Code.KEY_NOT_ACTIVE),
        (KnownSigner(PrivateKey.generate().public, SIGNER, "active"), Code.KEY_NOT_ACTIVE),
        (KnownSigner(KEY.public, OTHER, "active"), Code.SIGNER_MISMATCH),
    ],
)
def test_a_key_counts_as_it_was_when_fetched(known: KnownSigner, code: Code) -> None:
    assert code_at(by(known), signed(indicator()))[0] is code


def test_no_known_key_is_not_the_same_as_no_keys_given() -> None:
    rehearsal = Rehearsal.by([Profile.OCSEA], [], takes_unsigned=False)
    assert code_at(rehearsal, signed(indicator()))[0] is Code.KEY_NOT_ACTIVE


def test_unsigned_objects_pass_where_they_are_expected_and_signed_ones_are_still_read() -> None:
    assert by(takes_unsigned=True).why_refused(indicator()) is None
    value = signed(indicator())
    value["extensions"][SIGNATURE]["signatures"] = []
    assert code_at(by(takes_unsigned=True), value)[0] is Code.SIGNATURE_INVALID


def test_the_profile_is_the_one_that_is_expected() -> None:
    plain = indicator()
    del plain["extensions"]
    assert by(takes_unsigned=True).why_refused(plain) is not None
    assert by(profile=Profile.STIX, takes_unsigned=True).why_refused(plain) is None


def test_what_everybody_publishes_passes_unsigned() -> None:
    assert by().why_refused(tlp_markings()[0]) is None


def test_what_was_not_checked_is_said() -> None:
    assert "form alone" in by().not_checked[0]
    assert "today" in by(KnownSigner(KEY.public, SIGNER, "active")).not_checked[0]
    assert by().not_checked[1:] == by(KnownSigner(KEY.public, SIGNER, "active")).not_checked[1:]
    assert "where an object is signed" in by(takes_unsigned=True).not_checked[0]
    assert "other profiles and assurances" in by().not_checked[1]
    assert "were gone by" in replace(by(), as_agreed=True).not_checked[1]
    assert [sentence.split(":")[0] for sentence in by().not_checked] == [
        "Signatures and keys",
        "Policy",
        "Markings",
        "What the exchange holds",
    ]
