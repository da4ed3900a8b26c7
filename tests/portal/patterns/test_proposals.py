from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.vocabulary import MemberRole, StaffRole
from tests.factories.catalogue_changes import House, house, retirement, text_of
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Page, Visitor, entered


@pytest.fixture
def changing(running: RunningExchange) -> House:
    return house(running)


@pytest.fixture
def reviewer(running: RunningExchange, platform: FakePartner) -> Visitor:
    return entered(running, platform, MemberRole.REVIEWER)


def judge(visitor: Visitor, proposal_id: str, verdict: str, reason: str = "We looked at it together.") -> Page:
    visitor.get(f"/patterns/proposals/{proposal_id}")
    return visitor.post(f"/patterns/proposals/{proposal_id}/review", {"verdict": verdict, "reason": reason})


def test_a_proposal_is_shown_with_what_it_changes_and_nobody_is_told_whose_it_is(changing: House, reviewer: Visitor) -> None:
    proposal_id = changing.propose()
    listed = reviewer.get("/patterns/proposals").words
    assert "Change of OP-001" in listed
    assert "waits for your review" in listed
    page = reviewer.get(f"/patterns/proposals/{proposal_id}")
    assert text_of("OP-001")["name"] in page.text.partition("<del>")[2].partition("</del>")[0]
    assert "in other words" in page.text.partition("<ins>")[2].partition("</ins>")[0]
    assert "Analysts read it in two ways." in page.words
    assert changing.proposer.partner_id not in page.text
    assert "Proposer" not in page.words


def test_two_organisations_approve_and_each_is_heard_once(
    running: RunningExchange, changing: House, reviewer: Visitor, hotline: FakePartner
) -> None:
    proposal_id = changing.propose()
    assert judge(reviewer, proposal_id, "approve").status == 303
    page = reviewer.get(f"/patterns/proposals/{proposal_id}")
    assert "Approved by your organisation" in page.words
    assert 'name="verdict"' not in page.text
    assert judge(reviewer, proposal_id, "approve").status == 403
    other = entered(running, hotline, MemberRole.ADMINISTRATOR)
    assert judge(other, proposal_id, "approve").status == 303
    assert "Accepted" in other.get(f"/patterns/proposals/{proposal_id}").words
    assert "Approved by another organisation" in other.page.words


def test_a_review_that_was_refused_shows_what_was_typed_and_where_it_is_wrong(changing: House, reviewer: Visitor) -> None:
    proposal_id = changing.propose(retirement("OP-003", "OP-001"))
    page = judge(reviewer, proposal_id, "", "Because of this.")
    assert page.status == 422
    assert "Say whether your organisation approves." in page.words
    assert "Because of this." in page.text
    assert judge(reviewer, proposal_id, "reject", " ").status == 422
    page = judge(reviewer, proposal_id, "reject", "Ask somebody@example.org about it.")
    assert page.status == 422
    assert 'href="#reason"' in page.text
    assert judge(reviewer, proposal_id, "reject").status == 303
    assert "Rejected" in reviewer.get(f"/patterns/proposals/{proposal_id}").words
    assert judge(reviewer, proposal_id, "reject").status in {403, 422}


def test_whoever_proposed_takes_it_back_and_does_not_review_it(running: RunningExchange, changing: House) -> None:
    proposal_id = changing.propose()
    own = entered(running, changing.proposer, MemberRole.REVIEWER)
    page = own.get(f"/patterns/proposals/{proposal_id}")
    assert "by your organisation" in page.words
    assert 'name="verdict"' not in page.text
    assert judge(own, proposal_id, "approve").status == 403
    own.get(f"/patterns/proposals/{proposal_id}")
    assert own.post(f"/patterns/proposals/{proposal_id}/withdrawal").status == 303
    assert "Taken back" in own.get(f"/patterns/proposals/{proposal_id}").words
    assert "Change of" not in own.get("/patterns/proposals?state=open").words


def test_it_is_shown_again_first_that_it_is_they(running: RunningExchange, changing: House, reviewer: Visitor) -> None:
    proposal_id = changing.propose()
    reviewer.get(f"/patterns/proposals/{proposal_id}")
    running.clock.shift += timedelta(minutes=6)
    answer = reviewer.post(f"/patterns/proposals/{proposal_id}/review", {"verdict": "reject", "reason": "No."})
    assert answer.asks_again
    page = reviewer.get(f"/patterns/proposals/{proposal_id}")
    assert "Show that it is you, then review" in page.words
    assert 'name="verdict"' not in page.text


def test_analysts_read_and_do_not_review_and_others_do_not_read(
    running: RunningExchange, changing: House, platform: FakePartner
) -> None:
    proposal_id = changing.propose()
    analyst = entered(running, platform, MemberRole.ANALYST)
    assert "waits for your review" not in analyst.get("/patterns/proposals").words
    assert judge(analyst, proposal_id, "approve").status == 403
    for outsider in (entered(running, platform, MemberRole.READ_ONLY), entered(running, None, StaffRole.AUDITOR)):
        assert outsider.get("/patterns/proposals").status == 403
        assert outsider.get(f"/patterns/proposals/{proposal_id}").status == 403
        assert "/patterns/proposals" not in outsider.get("/patterns").text
    absent = "00000000-0000-4000-8000-000000000000"
    assert analyst.get(f"/patterns/proposals/{absent}").status == 404


def test_lists_are_narrowed_by_state(changing: House, reviewer: Visitor) -> None:
    changing.propose()
    assert "Change of OP-001" in reviewer.get("/patterns/proposals?state=open").words
    assert "No proposal here" in reviewer.get("/patterns/proposals?state=released").words
    assert reviewer.get("/patterns/proposals?state=lost").status == 400
    assert reviewer.get("/patterns/proposals?next=forged").status == 400
