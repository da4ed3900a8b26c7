"""The table of the sandbox's partners."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest

from app.cli.sandbox_partners import SANDBOX_PARTNERS, PracticePartner, agreement_document
from app.domain.vocabulary import Purpose, Role, Sensitivity
from app.http.agreement_payloads import NewAgreementPayload
from app.services.membership.agreement_versions import NewAgreement

PARTNER_ID = "2a2f3b64-7f26-4c2f-8f0f-6f3f6a0e6d11"
AUDIENCE_ID = "audience--2a2f3b64-7f26-4c2f-8f0f-6f3f6a0e6d11"


def named(name: str) -> PracticePartner:
    return next(one for one in SANDBOX_PARTNERS if one.name == name)


def test_the_partners_are_those_that_outside_tools_rely_on() -> None:
    roles = {one.name: one.role for one in SANDBOX_PARTNERS}
    assert roles == {
        "platform-a": Role.PLATFORM,
        "platform-b": Role.PLATFORM,
        "hotline-a": Role.HOTLINE,
        "agency-a": Role.LAW_ENFORCEMENT,
        "agency-b": Role.LAW_ENFORCEMENT,
        "researcher-a": Role.RESEARCHER,
        "regulator-a": Role.REGULATOR,
        "legacy-a": Role.PLATFORM,
        "suspended-a": Role.PLATFORM,
    }


def test_each_token_reads_for_a_purpose_that_its_agreement_allows() -> None:
    assert [one.name for one in SANDBOX_PARTNERS if one.purpose not in one.purposes] == []


@pytest.mark.parametrize("name", ["researcher-a", "regulator-a"])
def test_researcher_and_regulator_read_aggregates_and_submit_nothing(name: str) -> None:
    researcher = named(name)
    assert researcher.purpose is Purpose.RESEARCH_AGGREGATE
    assert researcher.reads == {Sensitivity.AGGREGATE}
    write = agreement_document(researcher, PARTNER_ID, None)["write"]
    assert [name for name, words in write.items() if words not in ([], False, None)] == ["signature_required"]
    assert write["signature_required"] == {"sensitivities": [], "harm_types": []}


def test_one_partner_may_submit_what_any_tool_writes() -> None:
    plain = [one for one in SANDBOX_PARTNERS if one.is_plain]
    assert [one.name for one in plain] == ["legacy-a"]
    write = agreement_document(plain[0], PARTNER_ID, AUDIENCE_ID)["write"]
    assert (write["profiles"], write["assurances"]) == (["ocsea", "stix"], ["channel-attested", "publisher-signed"])
    assert (write["carries_statements"], write["passes_on"]) == (True, [])


def test_one_partner_may_pass_on_what_others_signed() -> None:
    allowed = {one.name: agreement_document(one, PARTNER_ID, None)["write"]["passes_on"] for one in SANDBOX_PARTNERS}
    assert {name: words for name, words in allowed.items() if words} == {"hotline-a": ["any"]}


def test_each_partner_is_named_to_the_others_so_that_a_preview_says_who_sees_something() -> None:
    assert all(agreement_document(one, PARTNER_ID, None)["is_listed"] for one in SANDBOX_PARTNERS)


def test_only_one_partner_is_suspended() -> None:
    assert [one.name for one in SANDBOX_PARTNERS if one.is_suspended] == ["suspended-a"]


@pytest.mark.parametrize("partner", SANDBOX_PARTNERS, ids=lambda one: one.name)
def test_the_exchange_takes_the_agreement_as_it_is_written(partner: PracticePartner) -> None:
    document = json.loads(json.dumps(agreement_document(partner, PARTNER_ID, AUDIENCE_ID)))
    made: NewAgreement = NewAgreementPayload().load(document)
    assert made.read.purposes == partner.purposes
    assert made.read.sensitivities == partner.reads
    assert made.write.sensitivities == partner.submits
    assert made.default_handling.audience_id == AUDIENCE_ID


def test_a_table_row_can_be_varied() -> None:
    assert replace(named("hotline-a"), has_default_audience=False) != named("hotline-a")
    assert {field.name for field in fields(PracticePartner)} >= {"name", "role", "jurisdiction", "purpose"}
