from __future__ import annotations

from typing import Any

import pytest

from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
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
