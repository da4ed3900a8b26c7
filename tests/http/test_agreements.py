from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import open_envelope
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.exchanges import Caller, FakePartner, RunningExchange, Wanted, agree, agreement_document
from tests.factories.stix_objects import indicator

AUDIENCE = "audience--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_an_agreement_comes_back_as_it_was_made(running_on_both: RunningExchange) -> None:
    partner = running_on_both.enrol("Platform A", Wanted(agreement=None))
    document = agreement_document(partner.partner_id, partner.audience_id) | {"starts_at": in_days(1), "ends_at": in_days(9)}
    second = running_on_both.staff(StaffRole.OPERATOR, Permission)
    agree(running_on_both.operator, second, document)
    running_on_both.clock.shift = timedelta(days=2)
    made = partner.get("agreements").json["agreements"][-1]
    for part in ("read", "write", "default_handling"):
        for name, value in document[part].items():
            assert made[part][name] == (sorted(value) if isinstance(value, list) else value)
    assert (made["version"], made["starts_at"], made["ends_at"]) == (1, document["starts_at"], document["ends_at"])
    assert partner.get("agreements").json == {"agreements": [made]}
    assert partner.get("policy/mine").json["agreement"] == made


def test_versions_count_up_and_the_newest_governs(running: RunningExchange, platform: FakePartner) -> None:
    changed = agreement_document(platform.partner_id, platform.audience_id, read={"purposes": []})
    assert running.operator.post("agreements", changed).json["version"] == 2
    assert platform.get("policy/mine").json["agreement"]["read"]["purposes"] == []
    assert [one["version"] for one in platform.get("agreements").json["agreements"]] == [1, 2]


def test_without_an_agreement_in_force_there_is_nothing(running: RunningExchange, platform: FakePartner) -> None:
    late = running.enrol("Platform B", Wanted(agreement=None))
    running.agree(agreement_document(late.partner_id) | {"starts_at": in_days(1)})
    assert platform.submit(indicator()).status == 201
    assert late.get("policy/mine").json["agreement"] is None
    assert late.pull().json["objects"] == []
    assert late.submit(indicator()).json["results"][0]["code"] == "agreement-not-in-force"


def test_a_narrowed_agreement_holds_for_the_next_request(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    stored = platform.submit(indicator()).json["results"][0]["id"]
    assert hotline.object(stored).status == 200
    narrowed = agreement_document(hotline.partner_id, hotline.audience_id, read={"channels": ["taxii"]})
    assert running.operator.post("agreements", narrowed).status == 201
    assert hotline.object(stored).status == 404


def test_staff_list_those_of_one_partner_or_of_all(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    one = running.operator.get("agreements", query={"partner_id": platform.partner_id}).json["agreements"]
    assert [made["partner_id"] for made in one] == [platform.partner_id]
    everybody = running.operator.get("agreements").json["agreements"]
    assert {made["partner_id"] for made in everybody} == {platform.partner_id, hotline.partner_id}


def test_a_partner_asks_for_nobody_elses(platform: FakePartner, hotline: FakePartner) -> None:
    assert platform.get("agreements", query={"partner_id": platform.partner_id}).status == 200
    answer = platform.get("agreements", query={"partner_id": hotline.partner_id})
    assert (answer.status, answer.code) == (404, "not-found")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"ends_at": "2020-01-01T00:00:00Z"}, 400, "request-invalid"),
        ({"starts_at": "2020-01-01T00:00:00Z"}, 400, "request-invalid"),
        ({"default_handling": {"audience_id": AUDIENCE}}, 400, "audience-not-found"),
        ({"partner_id": "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"}, 404, "not-found"),
        ({"version": 7}, 400, "request-invalid"),
        ({"read": {"publisher_roles": ["everybody"]}}, 400, "request-invalid"),
        ({"read": {"publisher_jurisdictions": ["NLD"]}}, 400, "request-invalid"),
        ({"read": {"tlp_ceiling": ["amber"]}}, 400, "request-invalid"),
        ({"write": {"profiles": None}}, 400, "request-invalid"),
    ],
)
def test_a_malformed_agreement_is_not_made(
    running: RunningExchange, platform: FakePartner, change: dict[str, Any], status: int, code: str
) -> None:
    before = running.operator.get("agreements").json
    document = agreement_document(platform.partner_id)
    for name, value in change.items():
        document[name] = document[name] | value if isinstance(value, dict) else value
    for path, more in (("agreements", {}), ("agreements/proposals", {"reason": "Why"}), ("agreements/comparison", {})):
        answer = running.operator.post(path, document | more)
        assert (answer.status, answer.code) == (status, code), path
    assert running.operator.get("agreements").json == before
    assert running.operator.get("approvals").json["approvals"] == []


@pytest.mark.parametrize("part", ["read", "write", "default_handling"])
def test_what_an_agreement_does_not_say_is_missing_and_not_guessed(
    running: RunningExchange, platform: FakePartner, part: str
) -> None:
    for name in agreement_document(platform.partner_id)[part]:
        document = agreement_document(platform.partner_id)
        del document[part][name]
        answer = running.operator.post("agreements", document)
        assert (answer.status, answer.json["pointer"]) == (400, f"/{part}/{name}")


def test_an_operator_has_no_terms_of_its_own(running: RunningExchange) -> None:
    assert running.operator.get("policy/mine").status == 404


# --- one person narrows, two widen ------------------------------------------------------------------------------------------


@pytest.fixture
def second(running: RunningExchange) -> Caller:
    return running.staff(StaffRole.OPERATOR, Permission)


def test_one_operator_widens_nothing_and_is_told_what_to_do(running: RunningExchange, platform: FakePartner) -> None:
    narrow = agreement_document(platform.partner_id, platform.audience_id, read={"purposes": ["detection"], "channels": ["rest"]})
    assert running.operator.post("agreements", narrow).status == 201
    assert running.operator.post("agreements", narrow).status == 201, "the same again is no widening"
    answer = running.operator.post("agreements", agreement_document(platform.partner_id, platform.audience_id))
    assert (answer.status, answer.code, answer.json["pointer"]) == (403, "approval-needed", "/read/purposes")
    assert "/read/purposes, /read/channels" in answer.json["detail"]
    assert "POST /agreements/proposals" in answer.json["detail"]
    assert [one["version"] for one in platform.get("agreements").json["agreements"]] == [1, 2, 3]


def test_a_first_agreement_takes_two_persons(running: RunningExchange, second: Caller) -> None:
    partner = running.enrol("Platform B", Wanted(agreement=None))
    document = agreement_document(partner.partner_id, partner.audience_id)
    answer = running.operator.post("agreements", document)
    assert (answer.status, answer.code) == (403, "approval-needed")
    assert "begins where none governs" in answer.json["detail"]
    agree(running.operator, second, document)
    assert partner.get("policy/mine").json["agreement"]["version"] == 1


def test_the_second_person_sees_what_changes_and_the_partner_gets_it_signed(
    running: RunningExchange, platform: FakePartner, second: Caller
) -> None:
    running.operator.post("agreements", agreement_document(platform.partner_id, platform.audience_id, read={"purposes": []}))
    wider = agreement_document(platform.partner_id, platform.audience_id, read={"purposes": ["detection"]})
    settled = agree(running.operator, second, wider)
    [against] = settled["document"]["compared_with"]
    assert [(one["pointer"], one["direction"], one["before"], one["after"]) for one in against["changes"]] == [
        ("/read/purposes", "widens", [], ["detection"])
    ]
    before = platform.get(f"agreements/{platform.partner_id}/2").json
    assert (against["version"], against["digest"]) == (2, before["digest"])
    shown = platform.get(f"agreements/{platform.partner_id}/3").json
    document, key = shown["document"], running.exchange.keys.statements.public
    opened = open_envelope(shown["envelope"], PayloadType.AGREEMENT, {key.keyid: key})
    assert json.loads(opened.payload) == document
    assert opened.payload == canonical_bytes(document)
    assert hashlib.sha256(opened.payload).hexdigest() == shown["digest"]
    agreed = settled["document"]["agreement"]
    assert document == agreed | {
        "starts_at": document["created_at"],
        "created_at": document["created_at"],
        "approval_id": settled["id"],
    }
    assert before["document"]["approval_id"] is None
    running.operator.post("log/checkpoints", {})
    logged = platform.get(f"log/entries/{shown['log_index']}/proof").json["document"]
    assert logged["document_digest"] == shown["digest"]


def test_a_version_made_meanwhile_is_a_conflict_for_what_was_proposed(
    running: RunningExchange, platform: FakePartner, second: Caller
) -> None:
    document = agreement_document(platform.partner_id, platform.audience_id)
    proposed = running.operator.post("agreements/proposals", document | {"is_listed": True, "reason": "They asked for it."}).json
    again = running.operator.post("agreements/proposals", document | {"reason": "Once more"})
    assert (again.status, again.code) == (409, "state-conflict")
    assert running.operator.post("agreements", document).status == 201
    decision = {"digest": proposed["digest"], "reason": "Agreed."}
    answer = second.post(f"approvals/{proposed['id']}/approval", decision)
    assert (answer.status, answer.code) == (409, "state-conflict")
    assert "propose anew" in answer.json["detail"]
    assert [one["is_listed"] for one in platform.get("agreements").json["agreements"]] == [False, False]


def test_whoever_proposed_a_version_does_not_approve_it(running: RunningExchange, platform: FakePartner) -> None:
    document = agreement_document(platform.partner_id, platform.audience_id) | {"is_listed": True, "reason": "Why not"}
    proposed = running.operator.post("agreements/proposals", document).json
    answer = running.operator.post(f"approvals/{proposed['id']}/approval", {"digest": proposed["digest"], "reason": "Me too"})
    assert (answer.status, answer.code) == (403, "second-person-needed")
    assert len(platform.get("agreements").json["agreements"]) == 1


def test_a_start_that_passed_before_it_was_approved_is_a_conflict(
    running: RunningExchange, platform: FakePartner, second: Caller
) -> None:
    document = agreement_document(platform.partner_id, platform.audience_id) | {"starts_at": in_days(0.2), "reason": "Then"}
    proposed = running.operator.post("agreements/proposals", document).json
    running.clock.shift = timedelta(days=0.3)
    answer = second.post(f"approvals/{proposed['id']}/approval", {"digest": proposed["digest"], "reason": "Late"})
    assert (answer.status, answer.code) == (409, "state-conflict")


def test_a_version_is_activated_at_its_time(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, second: Caller
) -> None:
    stored = platform.submit(indicator()).json["results"][0]["id"]
    narrow = agreement_document(hotline.partner_id, hotline.audience_id, read={"channels": ["taxii"]})
    assert running.operator.post("agreements", narrow).status == 201
    later = {"starts_at": in_days(1)}
    agree(running.operator, second, agreement_document(hotline.partner_id, hotline.audience_id) | later)
    assert hotline.object(stored).status == 404
    running.clock.shift = timedelta(days=1, seconds=1)
    assert hotline.object(stored).status == 200


def test_what_narrows_today_and_widens_what_is_to_come_takes_two(running: RunningExchange, platform: FakePartner) -> None:
    def document(*channels: str) -> dict[str, Any]:
        return agreement_document(platform.partner_id, platform.audience_id, read={"channels": list(channels)})

    assert running.operator.post("agreements", document() | {"starts_at": in_days(5)}).status == 201
    assert running.operator.post("agreements", document("rest")).code == "approval-needed"
    assert running.operator.post("agreements", document()).status == 201


# --- stopping and letting live again -------------------------------------------------------------------------------------------


def test_one_operator_suspends_and_two_let_it_live_again(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, second: Caller
) -> None:
    stored, path = platform.submit(indicator()).json["results"][0]["id"], f"agreements/{hotline.partner_id}"
    assert running.operator.post(f"{path}/resumption", {"reason": "Why"}).code == "state-conflict"
    made = running.operator.post(f"{path}/suspension", {})
    assert (made.status, made.json["version"], made.json["is_suspended"]) == (201, 2, True)
    assert hotline.object(stored).status == 404
    assert hotline.get("policy/mine").json["agreement"] is None
    assert running.operator.post(f"{path}/suspension", {}).code == "state-conflict"
    alone = running.operator.post("agreements", agreement_document(hotline.partner_id, hotline.audience_id))
    assert (alone.code, alone.json["pointer"]) == ("approval-needed", "/is_suspended")
    proposed = running.operator.post(f"{path}/resumption", {"reason": "It was looked into."}).json
    [against] = proposed["document"]["compared_with"]
    assert [one["pointer"] for one in against["changes"]] == ["/is_suspended"]
    assert second.post(f"approvals/{proposed['id']}/approval", {"digest": proposed["digest"], "reason": "Yes"}).status == 200
    assert hotline.object(stored).status == 200


def test_one_operator_ends_an_agreement_and_what_was_to_come_of_it(
    running: RunningExchange, platform: FakePartner, second: Caller
) -> None:
    document = agreement_document(platform.partner_id, platform.audience_id)
    agree(running.operator, second, document | {"starts_at": in_days(5)})
    path = f"agreements/{platform.partner_id}"
    made = running.operator.post(f"{path}/end", {})
    assert (made.status, made.json["version"], made.json["ends_at"]) == (201, 3, made.json["starts_at"])
    for days in (0, 6):
        running.clock.shift = timedelta(days=days)
        assert platform.get("policy/mine").json["agreement"] is None
    for act, body in (("end", {}), ("suspension", {}), ("resumption", {"reason": "Why"})):
        answer = running.operator.post(f"{path}/{act}", body)
        assert (answer.status, answer.code) == (409, "state-conflict"), act
    assert running.operator.post("agreements", document).code == "approval-needed"


def test_there_is_nothing_to_stop_where_there_is_no_agreement(running: RunningExchange) -> None:
    partner = running.enrol("Platform B", Wanted(agreement=None))
    for partner_id in (partner.partner_id, AUDIENCE):
        for act, body in (("end", {}), ("suspension", {}), ("resumption", {"reason": "Why"})):
            assert running.operator.post(f"agreements/{partner_id}/{act}", body).status == 404


# --- looking at versions --------------------------------------------------------------------------------------------------------


def test_a_comparison_says_what_would_change_and_keeps_nothing(running: RunningExchange, platform: FakePartner) -> None:
    document = agreement_document(platform.partner_id, platform.audience_id, read={"purposes": []})
    found = running.operator.post("agreements/comparison", document).json
    assert (found["version"], found["widens"]) == (2, False)
    assert [one["pointer"] for one in found["compared_with"][0]["changes"]] == ["/read/purposes"]
    assert running.operator.post("agreements/comparison", document | {"is_listed": True}).json["widens"] is True
    assert len(platform.get("agreements").json["agreements"]) == 1


def test_kept_versions_are_compared_both_ways(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    running.operator.post("agreements", agreement_document(platform.partner_id, platform.audience_id, read={"purposes": []}))
    path = f"agreements/{platform.partner_id}/diff"
    for before, after, widens in ((1, 2, False), (2, 1, True)):
        found = platform.get(path, query={"before": before, "after": after}).json
        assert (found["version"], found["widens"]) == (after, widens)
    for caller, query in ((hotline, {"before": 1, "after": 2}), (platform, {"before": 1, "after": 9})):
        assert caller.get(path, query=query).status == 404
    assert platform.get(path).status == 400


@pytest.mark.parametrize("version", ["0", "2", "x", "-1", "9" * 30])
def test_a_version_that_is_not_there_is_not_found(platform: FakePartner, version: str) -> None:
    assert platform.get(f"agreements/{platform.partner_id}/{version}").status == 404


def test_nobody_looks_at_anothers_version(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    path = f"agreements/{hotline.partner_id}/1"
    assert running.operator.get(path).status == hotline.get(path).status == 200
    answer = platform.get(path)
    assert (answer.status, answer.code) == (404, "not-found")
