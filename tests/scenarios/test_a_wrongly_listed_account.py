"""A platform lists an account by mistake, and the person turns to a hotline.

The platform states the account and an indicator about it, and names whom it shares the account with: another platform, the
hotline and an agency. The other platform takes both in and says so. A third platform is shared the indicator alone; an outsider
is no part of any of this. The hotline speaks with the person, looks at it with two people, and disputes both; it chooses that
nobody but the listing platform knows that the hotline does. Everybody who was given either must learn at once that it is
disputed, and from nobody who disputes it. Somebody who is given the indicator afterwards must learn it too. In the end the
platform withdraws both.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from app.domain.vocabulary import Role
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.feedback import DETECTION, compose, feedback_on_mine, give, marks, submit
from tests.factories.stix_objects import context, indicator, marking, newer, user_account
from tests.factories.taxii import of, pages

CAST = ("lister", "platform", "third", "newcomer", "outsider", "agency", "hotline")
ONLY_NOTICES = {"match[type]": "recall-notice"}  # whoever asks for more is given more, and would have to be told
UNTOUCHED = dict.fromkeys(CAST, (False, False))
# By step: who is told that the account, and that the indicator, is disputed.
GROUND_TRUTH = {
    "listed": UNTOUCHED,
    "disputed": UNTOUCHED | {"lister": (True, True), "platform": (True, True), "third": (False, True), "agency": (True, True)},
    "given to a newcomer": UNTOUCHED
    | {
        "lister": (True, True),
        "platform": (True, True),
        "third": (False, True),
        "agency": (True, True),
        "newcomer": (False, True),
    },
    "disputed no more": UNTOUCHED,
}


@dataclass
class Story:
    """Who is in it, and what it is about."""

    running: RunningExchange
    cast: dict[str, FakePartner]
    account: dict[str, Any]
    lead: dict[str, Any]
    disputes: list[dict[str, Any]] = field(default_factory=list)

    def is_marked(self, name: str) -> tuple[bool, bool]:
        """Whether somebody knows of account and indicator that they are disputed; every way in must say the same."""
        partner = self.cast[name]
        by_rest = [_stands(marks(partner, one["id"])) for one in (self.account, self.lead)]
        notices = [one for page in pages(partner, of("exchange"), **ONLY_NOTICES) for one in page]
        for one, told in zip((self.account, self.lead), by_rest, strict=True):
            about = [notice for notice in notices if one["id"] in [each["stix_id"] for each in notice["recalled"]]]
            assert _stands([not notice.get("revoked", False) for notice in about]) == told
        return by_rest[0], by_rest[1]

    def told(self) -> dict[str, tuple[bool, bool]]:
        """Ask everybody."""
        self.running.do_all_work()
        return {name: self.is_marked(name) for name in CAST}


def _stands(told: list[bool]) -> bool:
    return bool(told) and told[-1]


@pytest.fixture
def story(running_on_both: RunningExchange) -> Story:
    running, roles = running_on_both, {"agency": Role.LAW_ENFORCEMENT, "hotline": Role.HOTLINE}
    cast = {name: running.enrol(f"The {name}", role=roles.get(name, Role.PLATFORM)) for name in CAST}
    named = [cast[name].partner_id for name in ("platform", "hotline", "agency")]
    everybody = [*named, *(cast[name].partner_id for name in ("third", "newcomer"))]
    lister = cast["lister"]
    narrow, wide = (marking(lister.register_audience(partners_in=some)) for some in (named, everybody))
    account = user_account("listed-by-mistake") | {"object_marking_refs": [narrow["id"]]}
    stated = context(behaviours=["OP-012"], sensitivity="behavioural")
    lead = indicator(stated=stated, confidence=80) | {"object_marking_refs": [wide["id"]]}
    for one in (narrow, wide, account, lead):
        submit(lister, one)
    for name in ("platform", "third", "agency", "hotline"):
        cast[name].pull_all()
    return Story(running, cast, account, lead)


def dispute_quietly(story: Story) -> None:
    """Let the hotline dispute both so that the lister alone may know that it does."""
    hotline = story.cast["hotline"]
    label = marking(hotline.register_audience(partners_in=[story.cast["lister"].partner_id]))
    submit(hotline, label)
    for about in (story.account, story.lead):
        composed = compose(hotline, about["id"], "dispute", "mistaken-identity", evidence="account-holder-statement")
        said = composed.json["object"] | {"object_marking_refs": [label["id"]]}
        submit(hotline, said)
        story.disputes.append(said)


def test_everybody_who_has_it_learns_that_it_is_disputed_and_nobody_by_whom(story: Story) -> None:
    cast, hotline = story.cast, story.cast["hotline"]
    assert story.told() == GROUND_TRUTH["listed"]
    dispute_quietly(story)
    assert story.told() == GROUND_TRUTH["disputed"]
    cast["newcomer"].pull_all()
    story.running.clock.shift = timedelta(minutes=11)
    assert story.told() == GROUND_TRUTH["given to a newcomer"]
    for name in CAST:
        everything = json.dumps(
            [
                cast[name].pull_all(),
                *(_assertions(cast[name], one["id"]) for one in (story.account, story.lead)),
                _disputes(cast[name]),
            ]
        )
        knows = [said["id"] in everything for said in story.disputes]
        assert knows == [name in {"lister", "hotline"}] * 2, name
        if name not in {"lister", "hotline"}:
            assert hotline.partner_id not in everything
            assert hotline.identity_id not in everything
    for said in story.disputes:
        submit(hotline, newer(said, "2099-01-01T00:00:00.000Z", revoked=True))
    assert story.told() == GROUND_TRUTH["disputed no more"]


def test_the_list_of_what_is_disputed_says_the_same_as_the_notices(story: Story) -> None:
    dispute_quietly(story)
    story.running.do_all_work()
    by_list = {
        name: tuple(
            one["id"] in {each["id"] for each in _disputes(story.cast[name])["disputes"]} for one in (story.account, story.lead)
        )
        for name in CAST
    }
    # Who sees it and was not given it yet, and who disputes it, find it there as well.
    seeing = {"newcomer": (False, True), "hotline": (True, True)}
    assert by_list == GROUND_TRUTH["disputed"] | seeing


def test_its_publisher_hears_from_everybody_and_withdraws_and_everybody_is_told(story: Story) -> None:
    lister, platform = story.cast["lister"], story.cast["platform"]
    give(platform, story.lead["id"], "mark", "ingested")
    give(platform, story.account["id"], "mark", "ingested")
    give(platform, story.lead["id"], "outcome", "match-not-violating")
    dispute_quietly(story)
    assert {one["type"] for one in feedback_on_mine(lister)} == {"note", "sighting", "opinion"}
    assert len(feedback_on_mine(lister)) == 5
    counts = lister.get("feedback/statistics", headers=DETECTION).json["counts"]
    assert ("OP-012", "match-not-violating", 1) in {(one["behaviour"], one["word"], one["givers"]) for one in counts}
    assert _assertions(platform, story.lead["id"])["disputed"] is True
    story.running.do_all_work()
    for about in (story.account, story.lead):
        assert lister.post(f"objects/{about['id']}/withdrawal", {"reason": "contested", "act": "delete"}).status == 201
    story.running.clock.shift = timedelta(minutes=11)
    story.running.do_all_work()
    for name, had in (("platform", 2), ("agency", 2), ("third", 1), ("newcomer", 0), ("outsider", 0)):
        gone = [one for one in story.cast[name].pull_all(type="recall-notice") if one["act"] == "delete"]
        assert len({one["recalled"][0]["stix_id"] for one in gone}) == had, name
        assert not any(story.cast[name].object(one["id"]).status == 200 for one in (story.account, story.lead))
        standing = [one for one in story.cast[name].get("notices").json["notices"] if one["answered_at"] is None]
        assert {one["kind"] for one in standing} <= {"withdrawal"}
        assert [one for one in _disputes(story.cast[name])["disputes"] if one["ended_at"] is None] == []


def test_whoever_is_no_part_of_it_cannot_tell_it_from_nothing(story: Story) -> None:
    outsider, absent = story.cast["outsider"], user_account("nobody")["id"]
    dispute_quietly(story)
    for stix_id in (story.account["id"], absent):
        asked = compose(outsider, stix_id, "dispute", "outdated", evidence="none-given")
        weighed = outsider.get(f"objects/{stix_id}/assertions", headers=DETECTION)
        assert [(one.status, one.code) for one in (asked, weighed)] == [(404, "not-found")] * 2
    assert _disputes(outsider)["disputes"] == []
    assert outsider.get("feedback/statistics", headers=DETECTION).json == {"counts": [], "cut": False}


def _assertions(partner: FakePartner, stix_id: str) -> dict[str, Any]:
    found: dict[str, Any] = partner.get(f"objects/{stix_id}/assertions", headers=DETECTION).json
    return found


def _disputes(partner: FakePartner) -> dict[str, Any]:
    found: dict[str, Any] = partner.get("disputes", headers=DETECTION).json
    return found
