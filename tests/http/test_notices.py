"""Answering notices over HTTP, and every refusal of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.object_vocabulary import RecallOutcome
from breakwater_client.signing.acknowledgement import Acknowledgement, Answered, sign_acknowledgement
from breakwater_client.trust.keys import PrivateKey
from tests.factories.exchanges import Answer, FakePartner, RunningExchange
from tests.factories.stix_objects import indicator


@pytest.fixture
def notice(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> dict[str, Any]:
    """A notice to the hotline of what the platform withdrew."""
    value = indicator()
    platform.submit(value)
    hotline.pull()
    platform.post(f"objects/{value['id']}/withdrawal", {"reason": "error", "act": "delete"})
    running.do_all_work()
    [one] = hotline.get("notices", query={"open": "true"}).json["notices"]
    return dict(one)


def signed(
    partner: FakePartner, notice: dict[str, Any], key: PrivateKey | None = None, outcome: str = "deleted"
) -> dict[str, Any]:
    lines = [Answered(one["stix_id"], one["version"], RecallOutcome(outcome)) for one in notice["versions"]]
    said = Acknowledgement(notice["id"], partner.partner_id, datetime.now(UTC), lines)
    return sign_acknowledgement(said, key or partner.key)


def answer(partner: FakePartner, notice: dict[str, Any], document: Any = None) -> Answer:
    return partner.post(f"notices/{notice['id']}/acknowledgements", signed(partner, notice) if document is None else document)


def test_a_notice_is_answered_and_the_owner_sees_it(platform: FakePartner, hotline: FakePartner, notice: dict[str, Any]) -> None:
    assert (notice["kind"], notice["reason"], notice["act"], notice["if_overdue"]) == ("withdrawal", "error", "delete", "alarm")
    assert [one["outcome"] for one in notice["versions"]] == [None]
    [seen] = hotline.pull_all(type="recall-notice")
    assert (seen["id"], seen["acknowledge_by"]) == (notice["id"], notice["due_at"])
    answered = answer(hotline, notice)
    assert (answered.status, [one["outcome"] for one in answered.json["versions"]]) == (201, ["deleted"])
    assert [one["keyid"] for one in answered.json["answers"]] == [hotline.key.public.keyid]
    assert hotline.get("notices", query={"open": "true"}).json["notices"] == []
    [recall] = platform.get("recalls").json["recalls"]
    [told] = recall["told"]
    assert (told["outcomes"], told["answered_at"]) == ({"deleted": 1}, answered.json["answered_at"])


def test_every_refusal(running: RunningExchange, platform: FakePartner, hotline: FakePartner, notice: dict[str, Any]) -> None:
    good = signed(hotline, notice)
    refused = {
        "another's key": answer(hotline, notice, signed(hotline, notice, platform.key)),
        "no envelope": answer(hotline, notice, {}),
        "another kind": answer(hotline, notice, good | {"payloadType": "application/vnd.breakwater.receipt+json"}),
        "another's notice": answer(platform, notice),
        "no notice": answer(hotline, notice | {"id": "nonsense"}),
        "no answer": answer(hotline, notice, signed(hotline, notice | {"versions": []})),
        "an operator's": running.operator.post(f"notices/{notice['id']}/acknowledgements", good),
        "entered for the active": running.operator.post(
            f"notices/{notice['id']}/partners/{hotline.partner_id}/answer",
            {"outcomes": [{name: notice["versions"][0][name] for name in ("stix_id", "version")} | {"outcome": "deleted"}]},
        ),
        "entered by a partner": hotline.post(
            f"notices/{notice['id']}/partners/{hotline.partner_id}/answer", {"outcomes": [{"outcome": "deleted"}]}
        ),
        "another's list": hotline.get("notices", query={"partner_id": platform.partner_id}),
    }
    assert {what: (one.status, one.code) for what, one in refused.items()} == {
        "another's key": (422, "signature-invalid"),
        "no envelope": (400, "request-invalid"),
        "another kind": (422, "signature-invalid"),
        "another's notice": (404, "not-found"),
        "no notice": (404, "not-found"),
        "no answer": (400, "request-invalid"),
        "an operator's": (403, "permission-missing"),
        "entered for the active": (409, "state-conflict"),
        "entered by a partner": (403, "permission-missing"),
        "another's list": (404, "not-found"),
    }
    assert hotline.get("notices").json["notices"] == [notice]


def test_an_old_answer_is_refused(hotline: FakePartner, notice: dict[str, Any]) -> None:
    old = signed(hotline, notice, outcome="stopped-using")
    assert answer(hotline, notice).status == 201
    late = answer(hotline, notice, old)
    assert (late.status, late.code) == (409, "state-conflict")


def test_an_operator_enters_what_a_suspended_partner_told(
    running: RunningExchange, hotline: FakePartner, notice: dict[str, Any]
) -> None:
    running.suspend(hotline)
    line = {name: notice["versions"][0][name] for name in ("stix_id", "version")} | {"outcome": "deleted"}
    path = f"notices/{notice['id']}/partners/{hotline.partner_id}/answer"
    entered = running.operator.post(path, {"outcomes": [line]})
    assert (entered.status, [one["keyid"] for one in entered.json["answers"]]) == (201, [None])
    assert running.operator.post(path, {"outcomes": [line | {"outcome": "burnt"}]}).status == 400
    [seen] = running.operator.get("notices", query={"partner_id": hotline.partner_id}).json["notices"]
    assert seen == entered.json
