"""Objects that nobody signed: the exchange attests the channel beside them, and the agreement says where that is enough."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from app.domain.agreement import SignatureRequired
from app.domain.errors import Code, NotFoundError
from app.domain.vocabulary import Assurance, Harm, Profile, Role, Sensitivity
from app.services.reading.pull import pull_object, pull_version
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import open_envelope
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.members import Hub, Member, outcomes
from tests.factories.stix_objects import TLP_AMBER, context, indicator, newer, stix_id, user_account

PLAIN = {"profiles": frozenset(Profile), "assurances": frozenset(Assurance)}


@pytest.fixture
def legacy(quick_hub: Hub) -> Member:
    """A partner whose tools sign nothing."""
    member = quick_hub.enrol("Legacy A")
    member.agree(write=PLAIN)
    return member


def unsigned(member: Member, *values: dict[str, Any]) -> list[Code | str]:
    return outcomes(member.submit(*values, sign=False).results)


def plain_indicator(**changes: Any) -> dict[str, Any]:
    value = indicator(**changes)
    del value["extensions"]
    return value


def test_the_bytes_stay_untouched_and_the_attestation_stands_beside_them(quick_hub: Hub, legacy: Member) -> None:
    creator = stix_id("identity")
    value = plain_indicator(created_by_ref=creator)
    assert unsigned(legacy, value) == ["stored"]
    reader = quick_hub.enrol("Platform B")
    page = reader.page()
    assert page.objects == [canonical_bytes(value)]
    [attestation] = map(json.loads, page.attestations)
    key = quick_hub.exchange.keys.statements.public
    payload = json.loads(open_envelope(attestation, PayloadType.ATTESTATION, {key.keyid: key}).payload)
    assert (payload["type"], payload["assurance"]) == ("object-attestation", "channel-attested")
    assert (payload["partner"], payload["identity"]) == (legacy.id, legacy.partner.identity_id)
    assert (payload["id"], payload["version"]) == (value["id"], value["modified"])
    assert creator not in json.dumps(payload)
    assert "log_index" not in payload
    given = pull_object(quick_hub.exchange, reader.reader(), value["id"])
    assert given.attestations == page.attestations
    assert pull_version(quick_hub.exchange, reader.reader(), value["id"], value["modified"]) == given


def test_a_signed_object_has_no_attestation(quick_hub: Hub, legacy: Member) -> None:
    legacy.store(indicator())
    assert quick_hub.enrol("Platform B").page().attestations == []


def test_the_digest_is_that_of_the_bytes(quick_hub: Hub, legacy: Member) -> None:
    import hashlib  # noqa: PLC0415  # named beside its one use

    value = plain_indicator()
    unsigned(legacy, value)
    [attestation] = map(json.loads, quick_hub.enrol("Platform B").page().attestations)
    payload = json.loads(base64.b64decode(attestation["payload"]))
    assert payload["payload_digest"] == hashlib.sha256(canonical_bytes(value)).hexdigest()


def test_an_exact_repetition_is_stored_already_and_an_inexact_one_a_conflict(legacy: Member) -> None:
    value = plain_indicator()
    assert unsigned(legacy, value) == ["stored"]
    assert unsigned(legacy, dict(reversed(value.items()))) == ["already-stored"]
    assert unsigned(legacy, value | {"modified": "2026-01-05T10:00:00.000000Z"}) == [Code.VERSION_CONFLICT]
    assert unsigned(legacy, value | {"name": "Else"}) == [Code.VERSION_CONFLICT]
    assert unsigned(legacy, value | {"modified": "2026-01-06T10:00:00.000Z"}) == ["stored"]


def test_unsigned_versions_do_not_follow_signed_ones_under_one_id(legacy: Member) -> None:
    value, account = indicator(), user_account()
    legacy.store(value, account)
    assert unsigned(legacy, newer(value), account, newer(value, revoked=True)) == [Code.SIGNATURE_MISSING] * 3
    assert unsigned(legacy, newer(value, "2026-01-04T10:00:00.000Z", created="2026-01-04T10:00:00.000Z")) == [
        Code.SIGNATURE_MISSING
    ]
    assert outcomes(legacy.submit(newer(value)).results) == ["stored"]


def test_signed_versions_may_follow_unsigned_ones(legacy: Member) -> None:
    value = indicator()
    assert unsigned(legacy, value) == ["stored"]
    assert outcomes(legacy.submit(newer(value)).results) == ["stored"]
    assert unsigned(legacy, value, newer(value, "2026-01-07T10:00:00.000Z")) == ["already-stored", Code.SIGNATURE_MISSING]


def test_another_owners_signed_object_does_not_bind_ones_own_unsigned_one(quick_hub: Hub, legacy: Member) -> None:
    value = indicator()
    quick_hub.enrol("Platform A").store(value)
    assert unsigned(legacy, value | {"name": "Else"}) == ["stored"]


def test_the_agreement_says_whether_the_channel_is_enough(quick_hub: Hub) -> None:
    strict = quick_hub.enrol("Platform A")
    assert unsigned(strict, indicator()) == [Code.SIGNATURE_MISSING]
    only_plain = quick_hub.enrol("Legacy B")
    only_plain.agree(write=PLAIN | {"assurances": frozenset({Assurance.CHANNEL_ATTESTED})})
    assert outcomes(only_plain.submit(indicator()).results) == [Code.TERMS_EXCEEDED]


@pytest.mark.parametrize(
    ("required", "stated", "is_meant"),
    [
        (SignatureRequired(), {}, False),
        (SignatureRequired(sensitivities=frozenset({Sensitivity.BEHAVIOURAL})), {}, True),
        (SignatureRequired(sensitivities=frozenset({Sensitivity.IDENTIFYING})), {}, False),
        (SignatureRequired(harm_types=frozenset({Harm.LIVE_STREAMED_CSA})), {}, True),
        (SignatureRequired(harm_types=frozenset({Harm.CSAM})), {}, False),
        (SignatureRequired(harm_types=frozenset({Harm.CSAM})), {"harm_types": ["csam", "live-streamed-csa"]}, True),
    ],
)
def test_a_signature_is_required_by_harm_and_sensitivity(
    legacy: Member, required: SignatureRequired, stated: dict[str, Any], *, is_meant: bool
) -> None:
    legacy.agree(write=PLAIN | {"signature_required": required})
    value = indicator(stated=context(**stated))
    assert unsigned(legacy, value) == ([Code.SIGNATURE_MISSING] if is_meant else ["stored"])
    assert outcomes(legacy.submit(indicator(stated=context(**stated))).results) == ["stored"]


def test_an_observable_is_versioned_by_its_arrival_and_attested_with_that_version(quick_hub: Hub, legacy: Member) -> None:
    value = user_account() | {"object_marking_refs": [TLP_AMBER]}
    del value["extensions"]
    assert unsigned(legacy, value) == ["stored"]
    police = quick_hub.enrol("Agency A", Role.LAW_ENFORCEMENT)
    [attestation] = map(json.loads, police.page().attestations)
    payload = json.loads(base64.b64decode(attestation["payload"]))
    assert payload["version"].endswith("Z")


# --- what is about one person ---------------------------------------------------------------------------------------------------


def individual(*markings: str) -> dict[str, Any]:
    value = {
        "type": "identity",
        "spec_version": "2.1",
        "id": stix_id("identity"),
        "created": "2026-01-05T10:00:00.000Z",
        "modified": "2026-01-05T10:00:00.000Z",
        "name": "Synthetic person",
        "identity_class": "individual",
    }
    return value | ({"object_marking_refs": list(markings)} if markings else {})


def test_a_person_is_stored_for_law_enforcement_alone(quick_hub: Hub) -> None:
    member, police = quick_hub.enrol("Agency A", Role.LAW_ENFORCEMENT), quick_hub.enrol("Agency B", Role.LAW_ENFORCEMENT)
    platform = quick_hub.enrol("Platform A")
    by_role = member.mark(member.add_audience(roles=[Role.LAW_ENFORCEMENT], jurisdictions=["any"]))
    by_name = member.mark_for(police)
    mixed = member.mark_for(police, platform)
    wider = member.mark(member.add_audience(roles=[Role.LAW_ENFORCEMENT, Role.HOTLINE], jurisdictions=["any"]))
    nobody = member.mark(member.add_audience())
    person = individual(by_role)
    results = [member.submit(value).results[0] for value in (person, individual(by_name), individual(mixed), individual(wider))]
    results += [member.submit(value).results[0] for value in (individual(), individual(nobody))]
    assert outcomes(results) == ["stored", "stored", *[Code.PERSON_DATA_FORBIDDEN] * 4]
    assert police.look_up(person["id"])
    with pytest.raises(NotFoundError):
        platform.look_up(person["id"])
