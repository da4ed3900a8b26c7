"""Overlap checks over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.factories.blinded import NOBODY, element, token
from tests.factories.exchanges import Answer, FakePartner, RunningExchange

FOR = {"Breakwater-Purpose": "detection"}
EPOCH = "0" * 64


@pytest.fixture
def group_id(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> str:
    members = [{"partner_id": one.partner_id, "can_read": True, "can_write": True} for one in (platform, hotline)]
    document = {"title": "Two who share", "description": "For tests", "shares_history": True, "members": members}
    answer = running.operator.post("sharing-groups", document)
    assert answer.status == 201, answer.body
    made: str = answer.json["id"]
    return made


def registered(running: RunningExchange, partner: FakePartner, group_id: str, *values: str, **changes: Any) -> Answer:
    until = (running.clock() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return partner.post("overlap/tokens", question(running, partner, group_id, *values) | {"until": until} | changes, headers=FOR)


def question(running: RunningExchange, partner: FakePartner, group_id: str, *values: str) -> dict[str, Any]:
    tokens = [token(running.exchange.keys.overlap, value, group_id) for value in values]
    return {"group_id": group_id, "epoch": partner.get("overlap/key").json["epoch"], "tokens": tokens}


def test_the_key_and_what_is_left_are_told(platform: FakePartner) -> None:
    terms = platform.get("overlap/key").json
    assert terms == {**terms, "suite": "ristretto255-SHA512", "mode": "VOPRF", "most_at_once": 100, "left_today": 1_000}
    sent = [element("15550100"), element("15550101")]
    answer = platform.post("overlap/evaluations", {"epoch": terms["epoch"], "elements": sent}, headers=FOR)
    assert answer.status == 200, answer.body
    assert [len(one) for one in answer.json["elements"]] == [43, 43]
    assert (answer.json["public_key"], len(answer.json["proof"])) == (terms["public_key"], 86)
    assert platform.get("overlap/key").json["left_today"] == 998


def test_another_member_is_told_that_it_is_held(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, group_id: str
) -> None:
    contact = platform.post("contacts", {"label": "Desk", "email": "desk@example.org"}).json["id"]
    assert registered(running, platform, group_id, "1", contact_id=contact).status == 201
    answer = registered(running, platform, group_id, "2")
    assert [one["count"] for one in answer.json["registered"]] in ([2], [1, 1])
    assert platform.get("overlap/tokens").json == answer.json
    asked = hotline.post("overlap/matches", question(running, hotline, group_id, "1", "2", "3"), headers=FOR)
    assert asked.json == {
        "matches": [
            {"held": True, "contacts": ["desk@example.org"]},
            {"held": True, "contacts": []},
            {"held": False, "contacts": []},
        ]
    }
    assert platform.post("overlap/tokens/removal", {"group_id": group_id}).json == {"registered": []}


def test_a_hidden_group_and_an_absent_one_answer_alike(running: RunningExchange, group_id: str) -> None:
    stranger = running.enrol("Stranger")
    headers = FOR | {"X-Request-Id": "same"}
    for path, more in (("overlap/matches", {}), ("overlap/tokens", {"until": "2026-12-24T00:00:00Z"})):
        answers = [
            stranger.post(path, question(running, stranger, one, "1") | more, headers=headers) for one in (group_id, NOBODY)
        ]
        assert [one.status for one in answers] == [404, 404]
        assert answers[0].body == answers[1].body


def test_refusals_over_http(running: RunningExchange, platform: FakePartner, group_id: str) -> None:
    own = platform.get("overlap/key").json["epoch"]
    hostile = "A" * 43  # the identity
    for answer, status, code in (
        (platform.post("overlap/evaluations", {"epoch": own, "elements": [hostile]}, headers=FOR), 400, "request-invalid"),
        (platform.post("overlap/evaluations", {"epoch": EPOCH, "elements": [element()]}, headers=FOR), 409, "state-conflict"),
        (platform.post("overlap/evaluations", {"epoch": own, "elements": [element()]}), 400, "purpose-missing"),
        (platform.post("overlap/matches", question(running, platform, group_id, "1")), 400, "purpose-missing"),
        (running.operator.get("overlap/key"), 403, "permission-missing"),
        (running.anybody.get("overlap/key"), 401, "unauthenticated"),
    ):
        assert (answer.status, answer.code) == (status, code)
    other = {"Breakwater-Purpose": "research-aggregate"}
    answer = platform.post("overlap/evaluations", {"epoch": own, "elements": [element()]}, headers=other)
    assert (answer.status, answer.code) == (403, "purpose-not-permitted")
