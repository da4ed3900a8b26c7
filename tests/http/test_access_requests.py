"""Access that is offered, from outside: found, asked for, granted or declined; and who learns none of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.factories.exchanges import Answer, FakePartner, RunningExchange
from tests.factories.observation_forms import form
from tests.factories.partner_requests import offer_of
from tests.factories.stix_objects import indicator, marking, stix_id


@pytest.fixture
def publisher(hotline: FakePartner) -> FakePartner:
    return hotline


READING = {"Breakwater-Purpose": "detection"}
NOW = datetime.now(UTC)
NOBODY = "00000000-0000-4000-8000-000000000000"


def label_for(publisher: FakePartner, *readers: FakePartner) -> list[str]:
    """Give the marking, as an object refers to it, that lets these alone see it."""
    label = marking(publisher.register_audience(partners_in=[one.partner_id for one in readers]))
    assert publisher.submit(label).status == 201
    return [label["id"]]


def offered(publisher: FakePartner, **changes: Any) -> str:
    offer = offer_of(NOW, **changes)
    sent = publisher.submit(offer)
    assert sent.status == 201, sent.text
    offer_id: str = offer["id"]
    return offer_id


def ask(who: FakePartner, offer_id: str, **changes: Any) -> Answer:
    given = {"offer_id": offer_id, "purpose": "investigation", "legal_basis": "national-law:synthetic"} | changes
    return who.post("access-requests", given, headers=READING)


def answer(who: FakePartner, request_id: str, **given: Any) -> Answer:
    return who.post(f"requests/{request_id}/answer", given, headers=READING)


def inbox(who: FakePartner) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = who.get("requests", headers=READING).json["asked"]
    return found


def found(who: FakePartner, query: str = "type=access-offer") -> Any:
    return who.get(f"search?{query}", headers=READING).json


def test_an_offer_is_found_asked_for_and_granted_by_a_wider_handling(
    running: RunningExchange, publisher: FakePartner, platform: FakePartner
) -> None:
    kept = indicator(object_marking_refs=label_for(publisher, publisher))
    assert publisher.submit(kept).status == 201
    assert platform.object(kept["id"]).status == 404
    offer_id = offered(publisher)
    seen = found(platform, "behaviour=OP-012&surface=direct-message")
    assert ([one["id"] for one in seen["objects"]], seen["may_ask"]) == ([offer_id], [offer_id])
    asked = ask(platform, offer_id)
    assert asked.status == 201, asked.text
    request = asked.json
    assert (request["kind"], request["stix_id"], request["purpose"]) == ("access-request", offer_id, "investigation")
    assert request["parties"] == [{"identity_id": publisher.identity_id, "served_at": None, "answer": None}]
    [told] = inbox(publisher)
    assert (told["id"], told["asker"]) == (request["id"], platform.identity_id)
    assert told["legal_basis"] == "national-law:synthetic"
    assert platform.get(f"requests/{request['id']}").json["parties"][0]["served_at"] is not None
    wider = kept | {"modified": offer_of(datetime.now(UTC))["modified"], "object_marking_refs": label_for(publisher, platform)}
    assert publisher.submit(wider).status == 201
    granted = answer(publisher, request["id"], outcome="granted", way="handling", object_ids=[kept["id"]])
    assert granted.status == 200, granted.text
    [party] = platform.get(f"requests/{request['id']}").json["parties"]
    assert (party["answer"]["outcome"], party["answer"]["way"]) == ("granted", "handling")
    assert platform.object(party["answer"]["object_ids"][0]).status == 200
    # both can have the answer proved, nobody else
    other = running.enrol("Other")
    entry = f"log/entries/{party['answer']['log_index']}/proof"
    running.operator.post("log/checkpoints", {})
    assert [one.get(entry).status for one in (platform, publisher, other)] == [200, 200, 404]
    assert (inbox(other), other.get("requests", headers=READING).json["own"]) == ([], [])
    assert other.get(f"requests/{request['id']}").status == 404


def test_a_hidden_offer_is_an_absent_one(running: RunningExchange, publisher: FakePartner, platform: FakePartner) -> None:
    other = running.enrol("Other")
    hidden = offered(publisher, object_marking_refs=label_for(publisher, other))
    told = [ask(platform, one) for one in (hidden, stix_id("access-offer"))]
    assert [(one.status, one.code) for one in told] == [(404, "not-found")] * 2
    assert len({one.json["detail"] for one in told}) == 1
    assert (found(platform)["objects"], found(platform)["may_ask"]) == ([], [])
    assert inbox(publisher) == []
    assert found(other)["may_ask"] == [hidden]


def test_an_answer_says_how_or_why_and_nothing_else(publisher: FakePartner, platform: FakePartner) -> None:
    request_id = ask(platform, offered(publisher)).json["id"]
    refused = (
        {"outcome": "provided"},
        {"outcome": "granted"},
        {"outcome": "granted", "way": "handling"},
        {"outcome": "granted", "way": "sharing-group", "reason": "not-now"},
        {"outcome": "declined"},
        {"outcome": "declined", "reason": "because"},
        {"outcome": "declined", "reason": "not-now", "way": "handling"},
    )
    assert [answer(publisher, request_id, **one).status for one in refused] == [400] * len(refused)
    assert answer(platform, request_id, outcome="granted", way="sharing-group").status == 404
    declined = answer(publisher, request_id, outcome="declined", reason="need-not-shown")
    assert declined.status == 200, declined.text
    [party] = platform.get(f"requests/{request_id}").json["parties"]
    assert party["answer"]["reason"] == "need-not-shown"


def test_what_is_refused(publisher: FakePartner, platform: FakePartner) -> None:
    offer_id = offered(publisher)
    assert ask(publisher, offer_id).json["pointer"] == "/offer_id"
    assert found(publisher)["may_ask"] == []
    assert ask(platform, offer_id, purpose="audit").json["pointer"] == "/purpose"
    assert ask(platform, offer_id, legal_basis="a sentence about somebody").status == 400
    first = ask(platform, offer_id)
    assert ask(platform, offer_id).json == first.json
    assert ask(platform, offer_id, purpose="detection").status == 409
    assert len(inbox(publisher)) == 1


def test_what_was_revoked_or_withdrawn_is_asked_for_no_more(publisher: FakePartner, platform: FakePartner) -> None:
    offer = offer_of(NOW - timedelta(minutes=1))
    publisher.submit(offer)
    publisher.submit(offer | {"modified": offer_of(NOW)["modified"], "revoked": True})
    refused = ask(platform, offer["id"])
    assert (refused.status, refused.json["pointer"]) == (400, "/offer_id")
    assert found(platform)["may_ask"] == []
    withdrawn = offered(publisher)
    request_id = ask(platform, withdrawn).json["id"]
    assert publisher.post(f"objects/{withdrawn}/withdrawal", {"reason": "error"}).status == 201
    assert ask(platform, withdrawn).status == 404
    # what was asked is still answered
    assert answer(publisher, request_id, outcome="declined", reason="not-held").status == 200


def test_an_offer_is_composed_beside_what_it_stands_for(publisher: FakePartner, platform: FakePartner) -> None:
    to_nobody = publisher.register_audience(partners_in=[publisher.partner_id])
    to_platform = publisher.register_audience(partners_in=[platform.partner_id])
    offer = {"who_may_know": {"audience_id": to_platform}, "considered_purposes": ["investigation"]}
    document = form({"kind": "handle", "value": "somebody_17"}, who_may_know={"audience_id": to_nobody}, offer=offer)
    composed = publisher.post("compose", document).json
    assert composed["refusals"] == []
    sent = publisher.submit(*composed["objects"])
    assert {one["status"] for one in sent.json["results"]} == {"stored"}
    others = [one["id"] for one in composed["objects"] if one["type"] not in ("access-offer", "marking-definition")]
    assert [platform.object(one).status for one in others] == [404] * len(others)
    [offered_id] = found(platform)["may_ask"]
    assert ask(platform, offered_id).status == 201
    strange = document | {"offer": offer | {"who_may_know": {"audience_id": f"audience--{NOBODY}"}}}
    assert [one["pointer"] for one in publisher.post("compose", strange).json["refusals"]] == ["/offer/who_may_know/audience_id"]
