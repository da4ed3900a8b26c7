"""A platform reports threats against an account that turns out to be the child's own.

The platform's team enters what a report showed: two accounts, one that made threats and one that it made them to. The form asks
first whose the accounts may be, and the team says that one may be a child's. What is composed goes out signed. Police and the
hotline that the audience names learn of both accounts; the other platform learns of the one that made threats, and what happened;
a platform that the audience does not name learns what happened and of no account; a safety-by-design team with no right to
personal data learns the same. Nobody, by any way in, is given anything that detects the child's account. Later the team finds
that the other account was taken over from its holder, and withdraws what it said; composed anew it goes to those who protect
alone, and whoever had it before is told to stop.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from app.domain.vocabulary import Purpose, Role
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.observation_forms import form
from tests.factories.taxii import of, pages

CHILD, REPORTED = "synthetic_one_17", "synthetic_two_55"
CAST = ("police", "hotline", "platform", "unnamed", "outsider")
PURPOSES = (Purpose.DETECTION, Purpose.VICTIM_PROTECTION)
ALL = frozenset({"child's account", "reported account", "what happened"})
HAPPENED = frozenset({"what happened"})
WITHOUT_CHILD = ALL - {"child's account"}
NOTHING: frozenset[str] = frozenset()
# By step: who knows what, by any way in and for any purpose.
GROUND_TRUTH = {
    "before": dict.fromkeys(CAST, NOTHING),
    "entered": {"police": ALL, "hotline": ALL, "platform": WITHOUT_CHILD, "unnamed": HAPPENED, "outsider": NOTHING},
    "taken over": {"police": ALL, "hotline": ALL, "platform": HAPPENED, "unnamed": HAPPENED, "outsider": NOTHING},
}


@dataclass
class Story:
    """Who is in it, and the audience that the reporting platform means."""

    running: RunningExchange
    reporter: FakePartner
    cast: dict[str, FakePartner]
    audience_id: str

    def enter(self, reported_status: str, **changes: Any) -> list[str]:
        """Fill in the form, have it composed, sign and submit it. Gives the ids of what points at the reported account."""
        document = form(
            {"kind": "handle", "value": CHILD},
            {"kind": "handle", "value": REPORTED, "subject_status": reported_status},
            subject_status="may-be-child",
            what={
                "title": "Threats of disclosure after contact",
                "behaviours": ["OP-014"],
                "harm_types": ["sexual-extortion-content"],
            },
            who_may_know={"audience_id": self.audience_id, "tlp": "amber"},
            **changes,
        )
        body = self.reporter.post("compose", document).json
        assert body["refusals"] == []
        answer = self.reporter.submit(*body["objects"], atomic=True)
        assert answer.status == 201, answer.body
        return [one["id"] for one in body["told"] if one["pointer"] in ("/observables/1", "")]

    def given(self, name: str) -> list[dict[str, Any]]:
        """Give everything that somebody is given, by REST and by TAXII; a notice of a recall is no knowledge."""
        partner, found = self.cast[name], []
        for purpose in PURPOSES:
            reader = FakePartner(partner.transport, partner.token, partner.partner_id, purpose=purpose)
            found += reader.pull_all()
            found += [one for page in pages(reader, of("exchange")) for one in page]
        return [one for one in found if one["type"] not in ("recall-notice", "attack-pattern")]

    def knows(self, name: str) -> frozenset[str]:
        """Give what somebody has learned."""
        given = self.given(name)
        text = json.dumps(
            [one for one in given if one.get("created_by_ref", self.reporter.identity_id) == self.reporter.identity_id]
        )
        learned = {"child's account": CHILD in text, "reported account": REPORTED in text}
        learned["what happened"] = any(one["type"] == "incident" for one in given)
        return frozenset(what for what, is_known in learned.items() if is_known)


@pytest.fixture
def story(running_on_both: RunningExchange) -> Story:
    roles = {"police": Role.LAW_ENFORCEMENT, "hotline": Role.HOTLINE}
    cast = {name: running_on_both.enrol(name, role=roles.get(name, Role.PLATFORM)) for name in CAST}
    reporter = running_on_both.enrol("Reporting platform")
    named = [cast["hotline"].partner_id, cast["platform"].partner_id]
    audience_id = reporter.register_audience(
        roles=["any"], jurisdictions=["any"], partners_in=named, partners_out=[cast["outsider"].partner_id]
    )
    return Story(running_on_both, reporter, cast, audience_id)


def test_a_childs_account_reaches_those_who_protect_and_is_detected_by_nobody(story: Story) -> None:
    def check(step: str) -> None:
        assert {name: story.knows(name) for name in CAST} == GROUND_TRUTH[step]
        for name in CAST:
            detecting = [one["pattern"] for one in story.given(name) if one["type"] == "indicator"]
            assert not any(CHILD in pattern for pattern in detecting)

    check("before")
    told = story.enter("adult-believed")
    check("entered")
    for stix_id in told:
        answer = story.reporter.post(f"objects/{stix_id}/withdrawal", {"reason": "error", "act": "delete"})
        assert answer.status == 201, answer.body
    story.running.do_all_work()
    assert {name for name in CAST if story.cast[name].get("notices").json["notices"]} == {"police", "hotline", "platform"}
    story.enter("compromised-account")
    check("taken over")


def test_whom_the_form_does_not_ask_about_is_not_let_in(story: Story) -> None:
    """Without a word about whose the accounts are, nothing is composed: the question cannot be passed over."""
    document = form({"kind": "handle", "value": CHILD}, subject_status=None)
    [refusal] = story.reporter.post("compose", document).json["refusals"]
    assert (refusal["code"], refusal["pointer"]) == ("subject-status-missing", "/subject_status")
    assert {name: story.knows(name) for name in CAST} == GROUND_TRUTH["before"]
