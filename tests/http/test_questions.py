from __future__ import annotations

import pytest

from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from tests.factories.exchanges import Caller, FakePartner, RunningExchange, Wanted
from tests.factories.stix_objects import user_account

ABSENT = "user-account--0b8f7f8e-5a35-5b1c-9d68-0a7e8a2f4b11"


@pytest.fixture
def auditor(running: RunningExchange) -> Caller:
    return running.staff(StaffRole.AUDITOR, Permission)


def test_a_question_about_a_person_is_seen_by_the_auditor_without_its_subject(hotline: FakePartner, auditor: Caller) -> None:
    assert hotline.object(ABSENT).status == 404
    answer = auditor.get("questions", query={"partner_id": hotline.partner_id})
    [asked] = answer.json["questions"]
    assert (asked["kind"], asked["purpose"], asked["channel"]) == ("observable", "detection", "rest")
    assert ABSENT.encode() not in answer.body


def test_who_asked_about_one_id_is_found_by_a_body(hotline: FakePartner, auditor: Caller) -> None:
    hotline.object(ABSENT)
    [asked] = auditor.post("questions/search", {"id": ABSENT}).json["questions"]
    assert asked["partner_id"] == hotline.partner_id
    assert auditor.post("questions/search", {"id": ABSENT.replace("0b", "1b")}).json["questions"] == []


def test_pages_follow_each_other(hotline: FakePartner, auditor: Caller) -> None:
    for _ in range(3):
        hotline.object(ABSENT)
    first = auditor.get("questions", query={"limit": 2}).json
    rest = auditor.get("questions", query={"limit": 2, "next": first["next"]}).json
    assert [first["more"], len(rest["questions"]), rest["more"]] == [True, 1, False]


def test_hidden_absent_and_visible_are_refused_alike_once_enough_was_asked(
    running: RunningExchange, platform: FakePartner
) -> None:
    volume = {"versions_per_day": None, "lookups_per_day": 2}
    asker = running.enrol(
        "Hotline C", Wanted(agreement={"read": {"volume": volume, "sensitivities": ["behavioural", "identifying"]}})
    )
    account = user_account()
    platform.submit(account)
    for stix_id in (account["id"], ABSENT):
        assert asker.object(stix_id).status == 404
    refused = [asker.object(stix_id) for stix_id in (account["id"], ABSENT)]
    assert [(one.status, one.code) for one in refused] == [(429, "volume-exhausted")] * 2
    assert 0 < int(refused[0].headers["Retry-After"]) <= 86_400
    assert {name: value for name, value in refused[0].json.items() if name != "request_id"} == {
        name: value for name, value in refused[1].json.items() if name != "request_id"
    }


@pytest.mark.parametrize("path", ["questions"])
def test_partners_and_operators_do_not_audit(running: RunningExchange, platform: FakePartner, path: str) -> None:
    assert [who.get(path).status for who in (platform, running.operator)] == [403, 403]
    assert [who.post(f"{path}/search", {"id": ABSENT}).status for who in (platform, running.operator)] == [403, 403]
