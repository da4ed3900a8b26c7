from __future__ import annotations

from typing import Any

import pytest

from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from breakwater_client.instant import instant_text
from tests.factories.exchanges import Answer, Caller, FakePartner, RunningExchange
from tests.factories.stix_objects import indicator

ADDRESS = "listed.by.mistake@mail.example.org"
WANTED = {
    "reference": "DP-2026-7",
    "right": "access",
    "received_at": "2026-03-01T00:00:00Z",
    "selectors": [{"kind": "email", "value": ADDRESS.title()}],
}


@pytest.fixture
def protection(running: RunningExchange) -> Caller:
    """The first data-protection person."""
    return running.staff(StaffRole.DATA_PROTECTION, Permission)


@pytest.fixture
def second(running: RunningExchange) -> Caller:
    """Another one."""
    return running.staff(StaffRole.DATA_PROTECTION, Permission)


def opened(protection: Caller, **differences: Any) -> str:
    answer = protection.post("subject-requests", WANTED | differences)
    assert answer.status == 201, answer.json
    path: str = answer.headers["Location"]
    return path


def proposed(protection: Caller, path: str, act: str, **more: Any) -> Any:
    answer = protection.post(f"{path}/acts", {"act": act, "reason": "They asked."} | more)
    assert answer.status == 201, answer.json
    return answer.json


def agreed(second: Caller, proposal: Any) -> Answer:
    return second.post(f"approvals/{proposal['id']}/approval", {"digest": proposal["digest"], "reason": "Agreed."})


def test_two_persons_look_up_and_answer(
    running: RunningExchange, platform: FakePartner, protection: Caller, second: Caller
) -> None:
    listed = indicator(pattern=f"[email-addr:value = '{ADDRESS}']")
    platform.submit(listed)
    path = opened(protection)
    before = protection.get(path).json
    assert (before["state"], before["selectors"], before["deadline"]) == (
        "open",
        [{"kind": "email", "value": ADDRESS, "platform": None}],
        "2026-04-01T00:00:00.000000Z",
    )
    proposal = proposed(protection, path, "lookup")
    assert proposal["kind"] == "subject-lookup"
    assert protection.get(path).json["counts"] == {"content": 0, "id": 0, "reference": 0}
    assert agreed(second, proposal).status == 200
    running.do_all_work()
    seen = protection.get(path).json
    assert seen["state"] == "looked-up"
    assert [one["stix_id"] for one in seen["findings"]] == [listed["id"]]
    assert agreed(second, proposed(protection, path, "answer", ground="held")).status == 200
    closed = protection.post(f"{path}/closure")
    assert (closed.status, closed.json["state"], closed.json["answer_ground"]) == (200, "closed", "held")
    assert [one["act"] for one in closed.json["acts"]] == ["lookup", "answer"]


def test_one_person_is_not_two_and_machines_and_other_roles_are_none(
    running: RunningExchange, platform: FakePartner, protection: Caller
) -> None:
    path = opened(protection)
    proposal = proposed(protection, path, "lookup")
    assert (agreed(protection, proposal).status, agreed(protection, proposal).code) == (403, "second-person-needed")
    for other in (running.staff(StaffRole.AUDITOR, Permission), platform):
        assert (agreed(other, proposal).status, agreed(other, proposal).code) == (403, "permission-missing")
    assert protection.get(path).json["state"] == "open"
    assert agreed(running.operator, proposal).status == 200
    assert (agreed(running.operator, proposal).status, agreed(running.operator, proposal).code) == (409, "state-conflict")


def test_whoever_left_counts_no_more(running: RunningExchange, protection: Caller, second: Caller) -> None:
    proposal = proposed(protection, opened(protection), "lookup")
    assert running.operator.post(f"persons/{proposal['proposed_by']}/departure").status == 200
    assert agreed(second, proposal).status == 409
    assert protection.get("subject-requests").status == 401


def test_refusals_repeat_no_value(protection: Caller, second: Caller) -> None:
    path = opened(protection)
    wrong: list[tuple[str, Any, int]] = [
        ("subject-requests", WANTED | {"selectors": [{"kind": "ip", "value": ADDRESS}]}, 400),
        ("subject-requests", WANTED | {"selectors": [{"kind": "handle", "value": ADDRESS}]}, 400),
        ("subject-requests", WANTED | {"reference": ADDRESS + " "}, 400),
        ("subject-requests", WANTED | {"received_at": "2999-01-01T00:00:00Z"}, 400),
        (f"{path}/acts", {"act": "answer", "reason": "R.", "ground": "held"}, 409),
        (f"{path}/acts", {"act": "erasure", "reason": "R."}, 409),
        (f"{path}/acts", {"act": "lookup", "reason": "R.", "ground": "held"}, 409),
        (f"{path}/acts", {"act": "lookup", "reason": "R.", "findings": [1]}, 400),
        (f"{path}/extension", {"ground": "held"}, 400),
        (f"{path}/extension", {"ground": "complex"}, 409),
        (f"{path}/closure", {}, 409),
        ("subject-requests/nonsense/acts", {"act": "lookup", "reason": "R."}, 404),
        ("subject-requests/nonsense/extension", {"ground": "complex"}, 404),
        ("subject-requests/nonsense/closure", {}, 404),
    ]
    for where, body, status in wrong:
        answer = protection.post(where, body)
        assert answer.status == status, (where, body, answer.json)
        assert ADDRESS not in answer.body.decode()
    for letter, status in (("answer", 409), ("poem", 404)):
        assert second.get(f"{path}/letters/{letter}").status == status
    assert second.get("subject-requests/nonsense").status == 404


def test_selectors_are_for_data_protection_and_findings_for_operators(
    running: RunningExchange, platform: FakePartner, protection: Caller, second: Caller
) -> None:
    platform.submit(indicator(pattern=f"[email-addr:value = '{ADDRESS}']"))
    path = opened(protection)
    agreed(second, proposed(protection, path, "lookup"))
    running.do_all_work()
    operators = running.operator.get(path)
    auditors = running.staff(StaffRole.AUDITOR, Permission).get(path)
    assert second.get(path).json["selectors"][0]["value"] == ADDRESS
    assert ADDRESS not in operators.body.decode() + auditors.body.decode()
    assert (operators.json["selectors"], auditors.json["selectors"], auditors.json["findings"]) == (None, None, None)
    assert len(operators.json["findings"]) >= 1
    assert running.operator.get("subject-requests/figures").json["months"][0]["acts"]["lookup"] >= 1
    listed = running.operator.get("subject-requests", query={"limit": "1"})
    assert listed.json["more"] in {True, False}
    assert ADDRESS not in listed.body.decode()


def test_a_deadline_is_extended_in_time(running: RunningExchange, protection: Caller) -> None:
    path = opened(protection, received_at=instant_text(running.clock()))
    longer = protection.post(f"{path}/extension", {"ground": "many-requests"})
    assert (longer.status, longer.json["extension_ground"]) == (200, "many-requests")
    assert "many requests" in protection.get(f"{path}/letters/extension").json["text"]
    assert protection.post(f"{path}/extension", {"ground": "many-requests"}).status == 409
