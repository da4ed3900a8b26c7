"""Three platforms meet the same reported account; none of them knows that the others do.

The first lists it, the second finds it on its own service and acts, the third looks and finds nothing, a fourth lists it itself.
The first learns what became of its report: one confirmed and acted upon, one not found. Whoever sees both listings counts two
publishers and never one; whoever may see the first alone counts one, and learns of the second by nothing, not by a count either.
The fourth lets the second and third know that it has something, and no more: the second asks and is given its lead, the third
asks for nothing and is given nothing, the first and the agency are not told that anybody was asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.vocabulary import Purpose, Role
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.feedback import DETECTION, feedback_on_mine, give, submit
from tests.factories.partner_requests import offer_of
from tests.factories.stix_objects import context, indicator, marking, newer, user_account

# How many independent publishers of the account each counts.
GROUND_TRUTH = {"first": 2, "second": 1, "third": 1, "fourth": 2, "agency": 2}


@dataclass
class Story:
    """Who is in it, the two listings, and the indicator that comes with each."""

    cast: dict[str, FakePartner]
    lead: dict[str, Any]
    listed: dict[str, Any]
    listed_again: dict[str, Any]
    lead_again: dict[str, Any]


def listing(partner: FakePartner, *readers: FakePartner) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let a partner list the account for some others by name; give the account and the indicator of it."""
    label = marking(partner.register_audience(partners_in=[one.partner_id for one in readers]))
    marked = {"object_marking_refs": [label["id"]]}
    stated = context(harm_types=["sexual-extortion-financial"], behaviours=["OP-013"], sensitivity="identifying")
    pattern = "[user-account:account_login = 'reported_55']"
    account, lead = user_account("reported_55") | marked, indicator(stated=stated, pattern=pattern, pattern_type="stix") | marked
    for one in (label, account, lead):
        submit(partner, one)
    return account, lead


@pytest.fixture
def story(running_on_both: RunningExchange) -> Story:
    roles = {"agency": Role.LAW_ENFORCEMENT}
    cast = {name: running_on_both.enrol(f"The {name}", role=roles.get(name, Role.PLATFORM)) for name in GROUND_TRUTH}
    listed, lead = listing(cast["first"], cast["second"], cast["third"], cast["fourth"], cast["agency"])
    listed_again, lead_again = listing(cast["fourth"], cast["first"], cast["agency"])
    return Story(cast, lead, listed, listed_again, lead_again)


def counted(partner: FakePartner, stix_id: str) -> int:
    answer = partner.get(f"objects/{stix_id}/assertions", headers=DETECTION)
    assert answer.status == 200, answer.body
    number: int = answer.json["publishers"]
    return number


def test_what_became_of_it_goes_back_to_whoever_listed_it(story: Story) -> None:
    cast = story.cast
    for name in ("second", "third"):
        assert story.lead["id"] in {one["id"] for one in replace(cast[name], purpose=Purpose.DETECTION).pull_all()}
    acted = give(cast["second"], story.lead["id"], "outcome", "actioned")
    nothing = give(cast["third"], story.lead["id"], "outcome", "no-match")
    assert {one["id"] for one in feedback_on_mine(cast["first"])} >= {acted["id"], nothing["id"]}
    assert not {one["id"] for one in feedback_on_mine(cast["fourth"])} & {acted["id"], nothing["id"]}


def test_listings_are_counted_apart_and_hidden_ones_by_nobody(story: Story) -> None:
    told = {name: counted(story.cast[name], story.listed["id"]) for name in GROUND_TRUTH}
    assert told == GROUND_TRUTH
    assert story.listed["id"] == story.listed_again["id"]  # its id follows from the account: what is told must not
    for name, publishers in GROUND_TRUTH.items():
        assert len(story.cast[name].object(story.listed["id"]).json["objects"]) == publishers


def inbox(partner: FakePartner) -> list[Any]:
    asked: list[Any] = partner.get("requests", headers=DETECTION).json["asked"]
    return asked


def test_who_may_know_that_there_is_something_asks_and_who_asks_is_given_it(story: Story) -> None:
    cast, lead = story.cast, story.lead_again
    fourth, second, third = cast["fourth"], cast["second"], cast["third"]
    assert [one.object(lead["id"]).status for one in (second, third)] == [404, 404]
    label = marking(fourth.register_audience(partners_in=[second.partner_id, third.partner_id]))
    offer = offer_of(datetime.now(UTC), object_marking_refs=[label["id"]])
    for one in (label, offer):
        submit(fourth, one)
    may_ask = {name: one.get("search?surface=direct-message", headers=DETECTION).json["may_ask"] for name, one in cast.items()}
    assert may_ask == {"first": [], "second": [offer["id"]], "third": [offer["id"]], "fourth": [], "agency": []}
    asking = {"offer_id": offer["id"], "purpose": "detection", "legal_basis": "contract"}
    statuses = {
        name: cast[name].post("access-requests", asking, headers=DETECTION).status for name in ("first", "second", "agency")
    }
    assert statuses == {"first": 404, "second": 201, "agency": 404}
    [asked] = inbox(fourth)
    assert (asked["asker"], asked["purpose"]) == (second.identity_id, "detection")
    wider = marking(fourth.register_audience(partners_in=[cast[name].partner_id for name in ("first", "second", "agency")]))
    for one in (wider, newer(lead, offer["modified"]) | {"object_marking_refs": [wider["id"]]}):
        submit(fourth, one)
    granted = {"outcome": "granted", "way": "handling", "object_ids": [lead["id"]]}
    assert fourth.post(f"requests/{asked['id']}/answer", granted, headers=DETECTION).status == 200
    [own] = second.get("requests", headers=DETECTION).json["own"]
    assert own["parties"][0]["answer"]["object_ids"] == [lead["id"]]
    assert [one.object(lead["id"]).status for one in (second, third)] == [200, 404]
    assert [inbox(cast[name]) for name in ("first", "third", "agency")] == [[], [], []]
