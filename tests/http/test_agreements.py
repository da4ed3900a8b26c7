from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.factories.exchanges import FakePartner, RunningExchange, Wanted, agreement_document
from tests.factories.stix_objects import indicator

AUDIENCE = "audience--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_an_agreement_comes_back_as_it_was_made(running_on_both: RunningExchange) -> None:
    partner = running_on_both.enrol("Platform A", Wanted(agreement=None))
    document = agreement_document(partner.partner_id, partner.audience_id) | {"starts_at": in_days(0), "ends_at": in_days(9)}
    answer = running_on_both.operator.post("agreements", document)
    assert answer.status == 201
    made = answer.json
    for part in ("read", "write", "default_handling"):
        for name, value in document[part].items():
            assert made[part][name] == (sorted(value) if isinstance(value, list) else value)
    assert (made["version"], made["starts_at"], made["ends_at"]) == (1, document["starts_at"], document["ends_at"])
    assert partner.get("agreements").json == {"agreements": [made]}
    assert partner.get("policy/mine").json["agreement"] == made


def test_versions_count_up_and_the_newest_governs(running: RunningExchange, platform: FakePartner) -> None:
    changed = agreement_document(platform.partner_id, read={"purposes": []})
    assert running.operator.post("agreements", changed).json["version"] == 2
    assert platform.get("policy/mine").json["agreement"]["read"]["purposes"] == []
    assert [one["version"] for one in platform.get("agreements").json["agreements"]] == [1, 2]


def test_without_an_agreement_in_force_there_is_nothing(running: RunningExchange, platform: FakePartner) -> None:
    late = running.enrol("Platform B", Wanted(agreement=None))
    assert running.operator.post("agreements", agreement_document(late.partner_id) | {"starts_at": in_days(1)}).status == 201
    assert platform.submit(indicator()).status == 201
    assert late.get("policy/mine").json["agreement"] is None
    assert late.pull().json["objects"] == []
    assert late.submit(indicator()).json["results"][0]["code"] == "agreement-not-in-force"


def test_a_narrowed_agreement_holds_for_the_next_request(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    stored = platform.submit(indicator()).json["results"][0]["id"]
    assert hotline.object(stored).status == 200
    narrowed = agreement_document(hotline.partner_id, read={"channels": ["taxii"]})
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
    answer = running.operator.post("agreements", document)
    assert (answer.status, answer.code) == (status, code)
    assert running.operator.get("agreements").json == before


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
