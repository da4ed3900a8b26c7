"""Deconfliction over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.vocabulary import Role
from tests.factories.blinded import NOBODY, epoch, token
from tests.factories.exchanges import FakePartner, RunningExchange

FOR = {"Breakwater-Purpose": "investigation"}


@pytest.fixture
def north(running: RunningExchange) -> FakePartner:
    return running.enrol("Agency North", role=Role.LAW_ENFORCEMENT)


@pytest.fixture
def south(running: RunningExchange) -> FakePartner:
    return running.enrol("Agency South", role=Role.LAW_ENFORCEMENT, jurisdiction="IE")


def document(running: RunningExchange, agency: FakePartner, *values: str) -> dict[str, Any]:
    evaluator = running.exchange.keys.overlap
    desk = {"label": "Desk", "email": f"desk-{agency.name[-5:].lower()}@example.org"}
    return {
        "epoch": epoch(evaluator),
        "tokens": [token(evaluator, value) for value in values],
        "kind": "investigation",
        "until": (running.clock() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "contact_id": agency.post("contacts", desk).json["id"],
    }


def test_two_agencies_are_told_each_others_contact(running: RunningExchange, north: FakePartner, south: FakePartner) -> None:
    [mine] = north.post("deconfliction/interests", document(running, north, "1"), headers=FOR).json["interests"]
    assert mine == {**mine, "kind": "investigation", "ended_at": None}
    answer = south.post("deconfliction/interests", document(running, south, "1", "2"), headers=FOR)
    assert answer.status == 201
    [to_north] = north.get("deconfliction/matches", headers=FOR).json["matches"]
    [to_south] = south.get("deconfliction/matches", headers=FOR).json["matches"]
    assert to_north == to_south | {"interest_id": mine["id"], "contact": "desk-south@example.org"}
    assert to_south["contact"] == "desk-north@example.org"
    ended = north.post(f"deconfliction/interests/{mine['id']}/withdrawal", {}).json
    assert ended["ended_at"] is not None
    assert north.get("deconfliction/interests").json == {"interests": [ended]}


def test_nobody_else_is_told_that_there_is_anything(
    running: RunningExchange, north: FakePartner, south: FakePartner, platform: FakePartner
) -> None:
    [mine] = north.post("deconfliction/interests", document(running, north, "1"), headers=FOR).json["interests"]
    south.post("deconfliction/interests", document(running, south, "1"), headers=FOR)
    for caller in (platform, running.operator):
        for answer in (
            caller.get("deconfliction/interests", headers=FOR),
            caller.get("deconfliction/matches", headers=FOR),
            caller.post(f"deconfliction/interests/{mine['id']}/withdrawal", {}),
            caller.post("deconfliction/interests", document(running, north, "1"), headers=FOR),
        ):
            assert (answer.status, answer.code) == (403, "permission-missing")
    headers = {"X-Request-Id": "same"}
    hidden, absent = (
        south.post(f"deconfliction/interests/{one}/withdrawal", {}, headers=headers) for one in (mine["id"], NOBODY)
    )
    assert (hidden.status, hidden.body) == (404, absent.body)


def test_reading_needs_a_purpose_of_the_agreement(running: RunningExchange, north: FakePartner) -> None:
    assert north.get("deconfliction/matches").code == "purpose-missing"
    assert north.get("deconfliction/matches", headers={"Breakwater-Purpose": "detection"}).code == "purpose-not-permitted"
    assert north.post("deconfliction/interests", document(running, north, "1")).code == "purpose-missing"
