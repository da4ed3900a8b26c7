"""Steps 3 and 4 of one object: signed ones are verified whatever is allowed, unsigned ones come in only where that is agreed."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from app.domain.catalogue_release import Changes, following_release
from app.domain.errors import Code
from app.domain.stix_object import CheckedObject
from app.domain.vocabulary import Assurance, Profile
from app.services.cataloguing.founding import founding
from app.services.intake.examine import Examination, Examined, Signer, examine
from breakwater_client.documents.well_known import WELL_KNOWN
from breakwater_client.submission import ObjectResult, ResultStatus
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import sign_object
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import TLP_AMBER, context, indicator, stix_id
from tests.factories.urgent import urgent_context, urgent_indicator

OWN, OTHER = stix_id("identity"), stix_id("identity")
KEY, OTHERS_KEY = PrivateKey.generate(), PrivateKey.generate()
SIGNERS = {
    KEY.public.keyid: Signer("partner-own", OWN, KEY.public),
    OTHERS_KEY.public.keyid: Signer("partner-other", OTHER, OTHERS_KEY.public),
}


def examined(value: Any, *, takes_unsigned: bool = False, profile: Profile = Profile.OCSEA) -> Examined:
    return examine("/objects/7", value, Examination("partner-own", frozenset({profile}), takes_unsigned, SIGNERS, NOW))


def signed(value: dict[str, Any], key: PrivateKey = KEY, signer: str = OWN) -> dict[str, Any]:
    return sign_object(value, key, signer=signer, signed_at=NOW - timedelta(hours=1))


def code_of(found: Examined) -> Code | None:
    assert isinstance(found, ObjectResult)
    assert found.refusal is not None
    assert (found.refusal.pointer or "").startswith("/objects/7")
    return found.refusal.code


@pytest.mark.parametrize("takes_unsigned", [False, True])
def test_a_signed_object_is_its_signers(*, takes_unsigned: bool) -> None:
    own, others = (
        examined(value, takes_unsigned=takes_unsigned) for value in (signed(indicator()), signed(indicator(), OTHERS_KEY, OTHER))
    )
    assert isinstance(own, CheckedObject)
    assert isinstance(others, CheckedObject)
    assert (own.verified.signer_id, own.verified.keyid) == ("partner-own", KEY.public.keyid)
    assert (others.verified.signer_id, others.verified.assurance) == ("partner-other", Assurance.PUBLISHER_SIGNED)


@pytest.mark.parametrize("profile", Profile)
def test_imminent_risk_is_reported_first_under_both_profiles(profile: Profile) -> None:
    unreported = indicator(stated=urgent_context(already_reported_to=None))
    assert code_of(examined(signed(unreported), profile=profile)) is Code.REPORT_FIRST
    assert code_of(examined(unreported, takes_unsigned=True, profile=profile)) is Code.REPORT_FIRST
    assert isinstance(examined(signed(urgent_indicator()), profile=profile), CheckedObject)


def test_an_unsigned_object_is_its_submitters_whoever_it_names_as_creator() -> None:
    value = indicator(created_by_ref=OTHER)
    found = examined(value, takes_unsigned=True)
    assert isinstance(found, CheckedObject)
    verified = found.verified
    assert (verified.signer_id, verified.keyid, verified.assurance) == ("partner-own", None, Assurance.CHANNEL_ATTESTED)
    assert verified.payload_digest == hashlib.sha256(canonical_bytes(value)).digest()


def test_an_unsigned_object_is_refused_where_it_is_not_agreed() -> None:
    assert code_of(examined(indicator())) is Code.SIGNATURE_MISSING


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (signed(indicator()) | {"name": "Changed"}, Code.SIGNATURE_INVALID),
        (signed(indicator(), PrivateKey.generate()), Code.KEY_NOT_ACTIVE),
        (signed(indicator(), KEY, OTHER), Code.SIGNER_MISMATCH),
    ],
)
def test_a_claimed_signature_is_judged_where_unsigned_objects_are_taken_too(value: dict[str, Any], code: Code) -> None:
    assert code_of(examined(value, takes_unsigned=True)) is code


def test_the_profile_is_the_agreements() -> None:
    value = indicator(stated={})
    del value["extensions"]
    assert isinstance(examined(value, takes_unsigned=True, profile=Profile.STIX), CheckedObject)
    assert code_of(examined(value, takes_unsigned=True)) is Code.PROFILE_VIOLATION


def test_what_is_published_needs_nothing() -> None:
    found = examined(dict(WELL_KNOWN[TLP_AMBER]))
    assert isinstance(found, ObjectResult)
    assert found.status is ResultStatus.ALREADY_STORED


@pytest.mark.parametrize("value", [None, True, 5, "", "a text", [], [{"type": "indicator"}]])
def test_what_is_no_object_is_refused_by_itself(value: Any) -> None:
    found = examined(value, takes_unsigned=True)
    assert code_of(found) is Code.REQUEST_INVALID
    assert isinstance(found, ObjectResult)
    assert (found.pointer, found.refusal and found.refusal.pointer) == ("/objects/7", "/objects/7")


def test_material_that_is_no_object_is_noticed() -> None:
    assert code_of(examined(["data:image/png;base64,iVBORw0KGgo"])) is Code.CONTENT_FORBIDDEN


def test_an_object_beyond_a_mebibyte_is_refused() -> None:
    value = indicator(external_references=[{"source_name": "a" * 60_000} for _ in range(18)])
    assert code_of(examined(value, takes_unsigned=True)) is Code.OBJECT_TOO_LARGE


PICTURE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"


@pytest.mark.parametrize(
    "value",
    [
        indicator(description=PICTURE),
        signed(indicator(description=PICTURE), PrivateKey.generate()),
        signed(indicator()) | {"description": PICTURE},
        {**WELL_KNOWN[TLP_AMBER], "name": PICTURE},
    ],
    ids=["unsigned", "signed with a strange key", "changed after signing", "under a published id"],
)
def test_material_is_noticed_whatever_else_is_refused(value: dict[str, Any]) -> None:
    assert code_of(examined(value)) is Code.CONTENT_FORBIDDEN


def naming(*codes: str) -> dict[str, Any]:
    return context(behaviours=[*codes])


@pytest.mark.parametrize("profile", Profile)
def test_an_object_names_behaviours_that_the_catalogue_has(profile: Profile) -> None:
    known = indicator(stated=naming("OP-001", "OP-025"))
    unknown = indicator(stated=naming("OP-001", "OP-999"))
    assert isinstance(examined(known, takes_unsigned=True, profile=profile), CheckedObject)
    refused = examined(unknown, takes_unsigned=True, profile=profile)
    assert code_of(refused) is Code.BEHAVIOUR_UNKNOWN
    assert isinstance(refused, ObjectResult)
    assert refused.refusal is not None
    assert str(refused.refusal.pointer).endswith("/behaviours/1")


def test_a_retired_behaviour_is_named_no_more() -> None:
    later = following_release(founding(), Changes(retired={"OP-001": ("OP-002",)}), NOW)
    examination = Examination("partner-own", frozenset(Profile), takes_unsigned=True, signers=SIGNERS, now=NOW, catalogue=later)
    refused = examine("/objects/7", indicator(stated=naming("OP-001")), examination)
    assert code_of(refused) is Code.BEHAVIOUR_RETIRED
    assert isinstance(refused, ObjectResult)
    assert refused.refusal is not None
    assert "OP-002" in refused.refusal.sentence
