"""An agency follows rooms that are opened and closed in quick succession, and the payments beside them.

A platform shares the rooms and the token of a payment handle with the agency and a payment provider. The agency asks the provider
what it holds, and the platform to preserve; both are served, answer, and the agency can show when. The regulator and the
researcher learn of none of it, another platform neither: for them requests, rooms and tokens are absent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.vocabulary import Purpose, Role
from breakwater_client.instant import instant_text
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.observation_forms import TOKEN, form
from tests.factories.partner_requests import request_of
from tests.factories.stix_objects import marking

CAST = {
    "platform": Role.PLATFORM,
    "agency": Role.LAW_ENFORCEMENT,
    "provider": Role.PAYMENT_PROVIDER,
    "other platform": Role.PLATFORM,
    "regulator": Role.REGULATOR,
    "researcher": Role.RESEARCHER,
}
INVESTIGATION = {"Breakwater-Purpose": "investigation"}
# Who is given the room, who the payment lead, whom the question asks, whom the preservation asks.
GROUND_TRUTH = {
    "platform": (True, True, False, True),
    "agency": (True, True, False, False),
    "provider": (True, True, True, False),
    "other platform": (False, False, False, False),
    "regulator": (False, False, False, False),
    "researcher": (False, False, False, False),
}


@dataclass
class Story:
    """Who is in it, and what they published."""

    cast: dict[str, FakePartner]
    rooms: set[str]
    payments: set[str]
    question: dict[str, Any]
    preservation: dict[str, Any]

    def given_to(self, name: str) -> tuple[bool, bool, bool, bool]:
        """Say what somebody is given, and what asks it."""
        partner = replace(self.cast[name], purpose=Purpose.INVESTIGATION)
        seen = {one["id"] for one in partner.pull_all()}
        asked = {one["id"] for one in partner.get("requests", headers=INVESTIGATION).json.get("asked", ())}
        return self.rooms <= seen, self.payments <= seen, self.question["id"] in asked, self.preservation["id"] in asked


def ask(agency: FakePartner, kind: str, of: FakePartner, clock: str, **changes: Any) -> dict[str, Any]:
    """Let the agency ask one partner, whom alone it shows the request."""
    label = marking(agency.register_audience(partners_in=[of.partner_id]), purposes=["investigation"])
    value = request_of(kind, [of.identity_id], datetime.now(UTC), **changes) | {"object_marking_refs": [label["id"]]}
    assert {one["status"] for one in agency.submit(label, value).json["results"]} == {"stored"}
    started = agency.post("requests", {"stix_id": value["id"], "clock": clock})
    assert started.status == 201, started.body
    made: dict[str, Any] = started.json
    return made


@pytest.fixture
def story(running_on_both: RunningExchange) -> Story:
    cast = {name: running_on_both.enrol(f"The {name}", role=role) for name, role in CAST.items()}
    audience = cast["platform"].register_audience(partners_in=[cast[name].partner_id for name in ("agency", "provider")])
    body = (
        cast["platform"]
        .post(
            "compose",
            form(
                {"kind": "room-or-stream-id", "value": "room-0117"},
                {"kind": "payment-handle-hmac", "payment_kind": "account", "service": "Example Pay", "token": TOKEN},
                what={"title": "Short-lived rooms", "behaviours": ["OP-017", "OP-018"], "harm_types": ["live-streamed-csa"]},
                who_may_know={"audience_id": audience, "purposes": ["investigation", "detection"]},
            ),
        )
        .json
    )
    assert body["refusals"] == []
    assert {one["status"] for one in cast["platform"].submit(*body["objects"]).json["results"]} == {"stored"}
    ids = {kind: {one["id"] for one in body["told"] if one["type"] == kind} for kind in ("live-room", "payment-handle")}
    until = instant_text(datetime.now(UTC) + timedelta(days=60))
    question = ask(cast["agency"], "information-request", cast["provider"], "eu-2023-1543-production")
    preservation = ask(cast["agency"], "preservation-request", cast["platform"], "us-2703-f", preserve_until=until)
    return Story(cast, ids["live-room"], ids["payment-handle"], question, preservation)


def test_each_learns_what_it_is_to_learn_and_nothing_else(story: Story) -> None:
    assert {name: story.given_to(name) for name in CAST} == GROUND_TRUTH


def test_both_are_served_and_answer_and_the_agency_can_show_when(story: Story) -> None:
    for name, request, outcome in (("provider", story.question, "not-held"), ("platform", story.preservation, "preserved")):
        partner = replace(story.cast[name], purpose=Purpose.INVESTIGATION)
        before = story.cast["agency"].get(f"requests/{request['id']}").json["parties"]
        assert [one["served_at"] for one in before] == [None]
        assert request["stix_id"] in {one["id"] for one in partner.pull_all()}
        answered = partner.post(f"requests/{request['id']}/answer", {"outcome": outcome}, headers=INVESTIGATION)
        assert answered.status == 200, answered.body
        [party] = story.cast["agency"].get(f"requests/{request['id']}").json["parties"]
        assert party["served_at"] is not None
        assert party["answer"]["outcome"] == outcome
    for name in ("other platform", "regulator", "researcher"):
        hidden = story.cast[name].post(f"requests/{story.question['id']}/answer", {"outcome": "not-held"}, headers=INVESTIGATION)
        assert hidden.status == 404
