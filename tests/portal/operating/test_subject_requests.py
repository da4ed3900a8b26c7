from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.domain.vocabulary import StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_onboarding import approve
from tests.factories.portal_visitors import Page, Visitor, entered
from tests.factories.stix_objects import indicator
from tests.factories.subject_requests import ADDRESS
from tests.portal.operating.test_opening_subject_requests import GIVEN, PATH

_NUMBER = re.compile(r'name="findings" value="(\d+)"')


def _opened(protection: Visitor, **changes: object) -> str:
    protection.get(PATH)
    answer = protection.post(PATH, {**GIVEN, "kind": ["email"], "value": [ADDRESS], "platform": [""], **changes})
    assert answer.status == 303, answer.words
    return answer.headers["Location"].removeprefix("/portal")


def _proposed(protection: Visitor, path: str, **given: object) -> str:
    protection.get(path)
    answer = protection.post(f"{path}/acts", {"reason": "They asked.", **given})
    assert answer.status == 303, answer.words
    return answer.headers["Location"].rpartition("/")[2]


def _looked_up(running: RunningExchange, protection: Visitor, second: Visitor, **changes: object) -> str:
    path = _opened(protection, **changes)
    assert approve(second, _proposed(protection, path, act="lookup")).status == 303
    running.do_all_work()
    return path


def _listing(platform: FakePartner, count: int = 1) -> None:
    listed = [indicator(pattern=f"[email-addr:value = '{ADDRESS}']", pattern_type="stix") for _ in range(count)]
    answer = platform.submit(*listed)
    assert {one["status"] for one in answer.json["results"]} == {"stored"}, answer.body


def _by_ids(platform: FakePartner, count: int) -> dict[str, list[str]]:
    """Submit objects that others see, and give what a form says that asks for them by their ids."""
    values = [indicator() for _ in range(count)]
    assert platform.submit(*values).status == 201
    return {"kind": ["stix-id"] * count, "value": [one["id"] for one in values], "platform": [""] * count}


def test_a_request_goes_from_opening_to_the_answer_by_two_persons(
    running: RunningExchange, protection: Visitor, operator: Visitor, platform: FakePartner
) -> None:
    _listing(platform)
    path = _opened(protection)
    shown = protection.get(path)
    assert ("What is looked for: 1 thing" in shown.words, ADDRESS in shown.text) == (True, True)
    assert "Record the answer" not in shown.words
    approval_id = _proposed(protection, path, act="lookup")
    assert "Looking: waits for another person" in protection.get(path).words
    refused = approve(protection, approval_id)
    assert (refused.status, "looking" in protection.get(path).words) == (422, False), "nobody is two persons"
    asked = operator.get(f"/exchange/approvals/{approval_id}")
    assert ("DP-2026-7" in asked.words, ADDRESS in asked.text) == (True, False)
    assert approve(operator, approval_id).status == 303
    running.do_all_work()
    shown = protection.get(path)
    assert ("Platform" in shown.words, "1 to 1 of 1" in shown.words) == (True, True)
    assert "We hold data that match" in protection.get(f"{path}/letters/answer").words
    assert ADDRESS not in protection.page.text
    assert approve(operator, _proposed(protection, path, act="answer", ground="held")).status == 303
    shown = protection.get(path)
    assert "Record the answer" not in shown.words
    assert protection.post(f"{path}/closure").status == 303
    assert "closed" in protection.get(path).words
    assert "Look for what is stored" not in protection.page.words


def test_what_is_erased_is_said_in_numbers_before_and_to_the_second_person(
    running: RunningExchange, protection: Visitor, operator: Visitor, platform: FakePartner, hotline: FakePartner
) -> None:
    asked = _by_ids(platform, 2)
    assert len(hotline.pull().json["objects"]) == 2
    path = _looked_up(running, protection, operator, **asked)
    numbers = _NUMBER.findall(protection.get(path).text)
    assert len(numbers) == 2
    given = {"act": "erasure", "which": "ticked", "ground": "", "findings": numbers[:1]}
    shown = protection.post(f"{path}/preview", given)
    assert "1 version is concerned, of 1 organisation: Platform." in shown.words
    assert "1 organisation that was given any of them is asked to delete it: Hotline" in shown.words
    refused = protection.post(f"{path}/acts", given | {"reason": ""})
    assert (refused.status, 'id="reason-fault"' in refused.text, "1 version is concerned" in refused.words) == (422, True, True)
    answer = protection.post(f"{path}/acts", given | {"reason": "They are listed by mistake."})
    approval_id = answer.headers["Location"].rpartition("/")[2]
    told = operator.get(f"/exchange/approvals/{approval_id}").words
    assert "Versions that were found 1 Whose Platform Given to Hotline" in told
    assert approve(operator, approval_id).status == 303
    running.do_all_work()
    assert protection.get(path).text.count('<span class="badge">withdrawn</span>') == 1
    assert len(hotline.pull().json["objects"]) == 2, "one of them, and the recall of the other"
    assert "Data that matched what you gave us were erased" in protection.get(f"{path}/letters/erasure").words


def test_all_that_was_found_is_restricted_and_seen_again(
    running: RunningExchange, protection: Visitor, operator: Visitor, platform: FakePartner, hotline: FakePartner
) -> None:
    asked = _by_ids(platform, 1)
    path = _looked_up(running, protection, operator, **asked)
    for act, seen in (("restriction", 0), ("lifting", 1)):
        protection.get(path)
        assert protection.post(f"{path}/preview", {"act": act, "which": "all", "ground": ""}).status == 200
        approval_id = _proposed(protection, path, act=act, which="all", ground="")
        assert approve(operator, approval_id).status == 303
        running.do_all_work()
        assert len(hotline.pull().json["objects"]) == seen


@pytest.mark.parametrize(
    "given",
    [
        {"act": "erasure", "which": "ticked", "ground": ""},
        {"act": "erasure", "which": "", "ground": ""},
        {"act": "erasure", "which": "ticked", "ground": "", "findings": ["999999"]},
        {"act": "erasure", "which": "ticked", "ground": "", "findings": ["x"]},
        {"act": "rectification", "which": "all", "ground": ""},
        {"act": "rectification", "which": "all", "ground": "held"},
        {"act": "answer", "which": "all", "ground": "held"},
        {"act": "burning", "which": "all", "ground": ""},
    ],
)
def test_what_is_no_act_on_findings_is_refused_with_a_sentence(
    running: RunningExchange, protection: Visitor, operator: Visitor, platform: FakePartner, given: dict[str, object]
) -> None:
    _listing(platform)
    path = _looked_up(running, protection, operator)
    protection.get(path)
    answer = protection.post(f"{path}/preview", given)
    assert (answer.status, "One thing keeps this from going on" in answer.words) == (422, True), answer.words


def test_findings_have_pages(running: RunningExchange, protection: Visitor, operator: Visitor, platform: FakePartner) -> None:
    _listing(platform, 51)
    path = _looked_up(running, protection, operator)
    first = protection.get(path)
    assert ("1 to 50 of 51" in first.words, f"{path}?from=51" in first.text) == (True, True)
    second = protection.get(f"{path}?from=51")
    assert ("51 to 51 of 51" in second.words, 'class="further"' in second.text) == (True, False)
    assert not set(_NUMBER.findall(second.text)) & set(_NUMBER.findall(first.text))
    assert protection.get(f"{path}?from=x").status == 400


def test_each_role_is_shown_what_is_its_own(
    running: RunningExchange, protection: Visitor, operator: Visitor, auditor: Visitor, platform: FakePartner
) -> None:
    _listing(platform)
    path = _looked_up(running, protection, operator)
    shown: dict[str, Page] = {name: one.get(path) for name, one in (("operator", operator), ("auditor", auditor))}
    assert [one.status for one in shown.values()] == [200, 200]
    assert not [name for name, one in shown.items() if "What is looked for" in one.words or "Propose" in one.words]
    assert ("What was found" in shown["operator"].words, "What was found" in shown["auditor"].words) == (True, False)
    for visitor in (operator, auditor):
        for part in ("acts", "preview", "extension", "closure"):
            visitor.get("/account")
            assert visitor.post(f"{path}/{part}", {}).status == 403
        assert visitor.get(f"{path}/letters/answer").status == 403
    assert protection.get("/exchange/subjects/00000000-0000-4000-8000-000000000000").status == 404


def test_a_deadline_is_extended_once_and_letters_come_when_they_can_be_written(
    running: RunningExchange, protection: Visitor
) -> None:
    day = f"{running.clock() - timedelta(days=1):%Y-%m-%d}"
    path = _opened(protection, received_at=day)
    assert protection.get(f"{path}/letters/extension").status == 409
    assert protection.get(f"{path}/letters/thanks").status == 404
    protection.get(path)
    assert protection.post(f"{path}/extension", {"ground": "held"}).status == 422
    assert protection.post(f"{path}/extension", {"ground": "complex"}).status == 303
    assert "extended: complex" in protection.get(path).words
    assert "Let it be due later" not in protection.page.words
    assert "your request is complex" in protection.get(f"{path}/letters/extension").words
    protection.get(path)
    assert protection.post(f"{path}/extension", {"ground": "complex"}).status == 422
    assert protection.post(f"{path}/closure").status == 422, "whoever asked was not answered"


def test_it_is_asked_first_who_sits_there(running: RunningExchange, protection: Visitor) -> None:
    path = _opened(protection)
    running.clock.shift += timedelta(minutes=6)
    for part in ("acts", "extension", "closure"):
        protection.get("/account")
        assert protection.post(f"{path}/{part}", {"reason": "They asked."}).asks_again
    assert "waits for another person" not in protection.get(path).words


def test_two_persons_of_data_protection_are_enough(running: RunningExchange, protection: Visitor) -> None:
    other = entered(running, None, StaffRole.DATA_PROTECTION, name="Protection B")
    path = _looked_up(running, protection, other)
    assert "Nothing that is stored matches" in protection.get(path).words
    assert approve(other, _proposed(protection, path, act="rejection", ground="excessive")).status == 303
    assert "We do nothing about your request" in protection.get(f"{path}/letters/refusal").words
