"""The queue as second readers see it; the services' rules are kept by ``tests/services/drafting/test_queue.py``."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.domain.draft import Draft
from app.domain.vocabulary import MemberRole
from app.services.drafting.freeze import hand_over
from app.services.drafting.keep import begin_draft
from app.services.signing_in.sessions import find_session
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.observation_forms import form
from tests.factories.portal_visitors import Visitor, entered

URL = {"kind": "url", "value": "hxxps://files.example[.]org/a"}


@dataclass
class Office:
    """An analyst of a platform who hands drafts over, and a reviewer."""

    running: RunningExchange
    platform: FakePartner
    author: Visitor
    reviewer: Visitor

    def handed_over(self) -> Draft:
        exchange = self.running.exchange
        principal = find_session(exchange, self.author.secret).principal
        whole = form(URL, who_may_know={"audience_id": self.platform.audience_id})
        document = {name: value for name, value in whole.items() if name not in {"type", "review"}}
        begun = begin_draft(exchange, principal, document)
        return hand_over(exchange, principal, begun.draft_id, begun.revision)


@pytest.fixture
def office(running: RunningExchange, platform: FakePartner) -> Office:
    author = entered(running, platform, MemberRole.ANALYST, name="Synthetic Author")
    return Office(running, platform, author, entered(running, platform, MemberRole.REVIEWER))


def test_an_empty_queue_says_what_comes_here(office: Office) -> None:
    assert "Nothing waits for you" in office.reviewer.get("/review").words


def test_what_waits_is_shown_in_kinds_and_taken_by_one(office: Office) -> None:
    draft = office.handed_over()
    shown = office.reviewer.get("/review")
    assert "1 web address" in shown.words
    assert "Synthetic Author" in shown.words
    assert "files" not in shown.words
    taken = office.reviewer.post(f"/review/drafts/{draft.draft_id}/taking")
    assert (taken.status, taken.headers["Location"]) == (303, f"/portal/review/drafts/{draft.draft_id}")
    other = entered(office.running, office.platform, MemberRole.REVIEWER)
    assert "reads it now" in other.get("/review").words
    assert other.post(f"/review/drafts/{draft.draft_id}/taking").status == 409
    assert "Somebody reads this now" in other.page.words
    office.reviewer.get("/review")
    assert office.reviewer.post(f"/review/drafts/{draft.draft_id}/letting-go").status == 303
    assert "Take and read" in other.get("/review").words


def test_the_author_and_another_organisation_are_not_offered_it(office: Office, hotline: FakePartner) -> None:
    draft = office.handed_over()
    assert "Nothing waits for you" in office.author.get("/review").words
    stranger = entered(office.running, hotline, MemberRole.REVIEWER)
    stranger.get("/review")
    assert stranger.post(f"/review/drafts/{draft.draft_id}/taking").status == 404


def test_administrators_set_limits_which_hold_and_are_shown(office: Office) -> None:
    administrator = entered(office.running, office.platform, MemberRole.ADMINISTRATOR)
    assert "protect them and measure nobody" in administrator.get("/review/limits").words
    assert "1 to 500." in administrator.page.words
    wrong = administrator.post("/review/limits", {"items_a_day": "many", "break_after_items": "1", "break_after_minutes": "9"})
    assert (wrong.status, "whole number" in wrong.words, 'value="many"' in wrong.text) == (422, True, True)
    right = administrator.post("/review/limits", {"items_a_day": "2", "break_after_items": "1", "break_after_minutes": "9"})
    assert right.status == 303
    office.reviewer.get("/review")
    office.reviewer.post(f"/review/drafts/{office.handed_over().draft_id}/taking")
    assert "good moment for a break" in office.reviewer.get("/review").words
    assert "1 of 2" in office.reviewer.page.words
    assert office.reviewer.post("/review/break").status == 303
    assert "good moment for a break" not in office.reviewer.get("/review").words
    assert office.reviewer.get("/review/limits").status == 403


def test_what_one_read_is_shown_to_nobody_else(office: Office) -> None:
    administrator = entered(office.running, office.platform, MemberRole.ADMINISTRATOR, name="Synthetic Administrator")
    office.reviewer.get("/review")
    office.reviewer.post(f"/review/drafts/{office.handed_over().draft_id}/taking")
    for path in ("/review", "/review/limits"):
        assert "1 of" not in administrator.get(path).words
    assert "0 of 40" in administrator.get("/review").words
