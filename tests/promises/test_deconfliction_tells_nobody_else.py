"""Deconfliction tells nobody but the agencies that match.

Three agencies have an interest each in something else; then two of them meet. The third, a platform, and each kind of staff ask
all that there is about it before and after: their transcripts must be equal.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.domain.permissions import Permission
from app.domain.vocabulary import Role, StaffRole
from tests.factories.blinded import NOBODY, epoch, token
from tests.factories.exchanges import Caller, FakePartner, RunningExchange, running_exchange

FOR = {"Breakwater-Purpose": "investigation", "X-Request-Id": "same"}
THIRD = "15550102"


def register(running: RunningExchange, agency: FakePartner, value: str) -> dict[str, Any]:
    evaluator = running.exchange.keys.overlap
    document = {
        "epoch": epoch(evaluator),
        "tokens": [token(evaluator, value)],
        "kind": "investigation",
        "until": (running.clock() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "contact_id": agency.post("contacts", {"label": "Desk", "email": "desk@example.org"}).json["id"],
    }
    answer = agency.post("deconfliction/interests", document, headers=FOR)
    assert answer.status == 201, answer.body
    made: dict[str, Any] = answer.json["interests"][0]
    return made


def transcript(caller: Caller, own_id: str) -> list[tuple[int, bytes]]:
    answers = [
        caller.get("deconfliction/interests", headers=FOR),
        caller.get("deconfliction/matches", headers=FOR),
        *(caller.post(f"deconfliction/interests/{one}/withdrawal", {}, headers=FOR) for one in (NOBODY, own_id)),
        caller.get("questions", headers=FOR),
        caller.get("overlap/tokens", headers=FOR),
        caller.get("jobs", headers=FOR),
    ]
    return [(one.status, one.body) for one in answers]


def test_whoever_does_not_match_is_told_the_same_whether_two_others_do(sqlite_url: str) -> None:
    with running_exchange(sqlite_url) as running:
        north, south, west = (running.enrol(f"Agency {name}", role=Role.LAW_ENFORCEMENT) for name in ("North", "South", "West"))
        mine = register(running, west, THIRD)
        register(running, north, "15550100")
        register(running, south, "15550101")
        staff = [running.staff(role, Permission) for role in StaffRole]
        callers = [west, running.enrol("Platform"), running.operator, *staff]
        apart = [transcript(one, NOBODY) for one in callers]
        register(running, south, "15550100")
        assert len(north.get("deconfliction/matches", headers=FOR).json["matches"]) == 1, "they must have met"
        assert [transcript(one, NOBODY) for one in callers] == apart
        assert west.get("deconfliction/interests", headers=FOR).json["interests"] == [mine]
