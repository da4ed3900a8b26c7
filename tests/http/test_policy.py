"""Who sees what and why, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange, agreement_document
from tests.factories.stix_objects import indicator

NOBODY = "00000000-0000-4000-8000-000000000000"
ABSENT = f"indicator--{NOBODY}"


def stored(platform: FakePartner) -> str:
    stix_id: str = platform.submit(indicator()).json["results"][0]["id"]
    return stix_id


def asked(stix_id: str, partner_id: str, **changes: str) -> dict[str, str]:
    return {"object": stix_id, "partner": partner_id, "purpose": "detection"} | changes


def test_an_operator_is_told_verdict_ground_and_moment(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    stix_id = stored(platform)
    hotline.object(stix_id)
    [one] = running.operator.get("policy/explanation", query=asked(stix_id, hotline.partner_id)).json["statements"]
    assert one.keys() >= {"expires_at"}  # as long as it is kept: retention says so
    assert one | {"added_at": 0, "since": 0, "version": 0, "expires_at": None} == {
        "owner_id": platform.partner_id,
        "version": 0,
        "verdict": "seen",
        "voice": None,
        "clause": None,
        "agreement_version": None,
        "ground": "role-and-jurisdiction",
        "added_at": 0,
        "since": 0,
        "release_at": None,
        "expires_at": None,
    }
    assert one["since"] == one["added_at"] is not None


def test_a_decision_of_the_past_is_repeated(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    stix_id = stored(platform)
    question = asked(stix_id, hotline.partner_id)
    [now] = running.operator.get("policy/explanation", query=question).json["statements"]
    running.agree(agreement_document(hotline.partner_id, read={"purposes": ["audit"]}))
    answer = running.operator.get("policy/explanation", query=question | {"at": now["added_at"]})
    assert answer.status == 200, answer.body
    [then] = answer.json["statements"]
    [since] = running.operator.get("policy/explanation", query=question).json["statements"]
    assert then == now | {"since": None}
    assert (then["verdict"], since["verdict"], since["agreement_version"]) == ("seen", "hidden", 2)
    refused = running.operator.get("policy/explanation", query=question | {"at": "2999-01-01T00:00:00Z"})
    assert (refused.status, refused.json["code"], refused.json["pointer"]) == (400, "request-invalid", "/at")


def test_staff_see_everybody_by_purposes(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    stix_id = stored(platform)
    narrowed = agreement_document(hotline.partner_id, read={"purposes": ["detection"]})
    running.agree(narrowed)
    auditor = running.staff(StaffRole.AUDITOR, Permission)
    for staff in (running.operator, auditor):
        [one] = staff.get("policy/who-sees", query={"object": stix_id}).json["statements"]
        assert one["readers"]["unlisted"] is None
        verdicts = {reader["name"]: reader["verdicts"] for reader in one["readers"]["listed"]}
        seen, hidden = verdicts["Hotline"]
        assert (seen["purposes"], seen["verdict"], seen["since"]) == (["detection"], "seen", one["added_at"])
        assert (hidden["clause"], hidden["agreement_version"]) == ("purpose-not-agreed", 2)


def test_an_owner_sees_listed_members_and_bands(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    stix_id = stored(platform)
    before = platform.get("policy/who-sees", query={"object": stix_id}).json["statements"][0]["readers"]
    assert before["listed"] == []
    assert {one["at_least"] for one in before["unlisted"]} == {0}
    running.agree(agreement_document(hotline.partner_id) | {"is_listed": True})
    [reader] = platform.get("policy/who-sees", query={"object": stix_id}).json["statements"][0]["readers"]["listed"]
    assert (reader["partner_id"], reader["name"]) == (hotline.partner_id, "Hotline")


def test_what_may_not_be_asked_is_answered_as_absent(platform: FakePartner, hotline: FakePartner) -> None:
    own, others = stored(platform), stored(hotline)
    questions: list[tuple[str, dict[str, Any]]] = [
        ("policy/who-sees", {"object": others}),
        ("policy/who-sees", {"object": ABSENT}),
        ("policy/explanation", asked(others, platform.partner_id)),
        ("policy/explanation", asked(own, hotline.partner_id)),
        ("policy/explanation", asked(own, NOBODY)),
        ("policy/explanation", asked(ABSENT, NOBODY)),
    ]
    answers = [platform.get(path, query=query) for path, query in questions]
    assert {one.status for one in answers} == {404}
    assert len({str(one.json | {"request_id": ""}) for one in answers}) == 1


@pytest.mark.parametrize(
    "change", [{"object": "x"}, {"partner": "x"}, {"purpose": "x"}, {"channel": "x"}, {"at": "yesterday"}, {"other": "x"}]
)
def test_a_malformed_question_is_refused(running: RunningExchange, change: dict[str, str]) -> None:
    assert running.operator.get("policy/explanation", query=asked(ABSENT, NOBODY, **change)).status == 400


def simulated(partner: FakePartner, **document: Any) -> dict[str, Any]:
    answer = partner.post("policy/simulation", document)
    assert answer.status == 200, answer.body
    [one] = answer.json["simulated"]
    found: dict[str, Any] = one
    return found


def test_a_handling_is_told_whom_it_reaches(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    running.agree(agreement_document(hotline.partner_id) | {"is_listed": True})
    one = simulated(platform, handling={"sensitivity": "aggregate", "purposes": ["detection"]})
    assert (one["status"], one["pointer"], one["code"]) == ("stored", "/handling", None)
    assert (one["reach"]["handling"]["tlp"], one["reach"]["handling"]["purposes"]) == ("amber", ["detection"])
    seen, hidden = one["reach"]["readers"]["listed"][0]["verdicts"]
    assert (seen["purposes"], seen["verdict"], hidden["clause"]) == (["detection"], "seen", "purpose-not-permitted")
    refused = simulated(platform, handling={"audience_id": "audience--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"})
    assert (refused["status"], refused["code"], refused["refusal_pointer"]) == (
        "refused",
        "audience-not-found",
        "/handling/audience_id",
    )


def test_an_object_is_simulated_and_not_stored(running: RunningExchange, platform: FakePartner) -> None:
    value = indicator()
    one = simulated(platform, objects=[value])
    assert (one["status"], one["id"], one["reach"]["depends"]) == ("stored", value["id"], False)
    assert running.operator.get("policy/who-sees", query={"object": value["id"]}).status == 404


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({}, "/handling"),
        ({"handling": {}, "objects": [{}]}, "/handling"),
        ({"objects": []}, "/objects"),
        ({"objects": [{}] * 101}, "/objects"),
        ({"handling": {"tlp": "white"}}, "/handling/tlp"),
        ({"handling": {"audience": {"roles": ["everybody"]}}}, "/handling/audience/roles/0"),
        ({"handling": {"audience": {}, "audience_id": "audience--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"}}, "/handling/audience"),
        ({"handling": {"owner": "x"}}, "/handling/owner"),
    ],
)
def test_a_malformed_simulation_is_refused(platform: FakePartner, document: dict[str, Any], pointer: str) -> None:
    answer = platform.post("policy/simulation", document)
    assert (answer.status, answer.json["pointer"]) == (400, pointer)


def test_an_operator_is_told_what_an_agreement_would_change(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    stored(platform)
    hotline.submit(indicator())
    terms = agreement_document(hotline.partner_id, read={"sensitivities": ["aggregate"]}, write={"sensitivities": []})
    answer = running.operator.post("policy/diff", terms)
    assert answer.status == 200, answer.body
    told = answer.json
    assert (told["partner_id"], told["version"]) == (hotline.partner_id, 1)
    assert {one["pointer"]: one["direction"] for one in told["terms"]}["/read/sensitivities"] == "narrows"
    [lost] = told["sees"]
    assert (lost["outcome"], lost["publisher_name"], lost["sensitivity"]) == ("lost", "Platform", "behavioural")
    assert (lost["versions"], lost["classes"]) == (1, 1)
    assert told["no_longer_submits"] == [{"clause": "sensitivity-not-agreed", "versions": 1}]
    assert len(running.operator.get("agreements", query={"partner_id": hotline.partner_id}).json["agreements"]) == 1
    assert platform.post("policy/diff", terms).status == 403
