"""Keeps the second reader's page: from outside, every way to approve what one may not."""

from __future__ import annotations

import hashlib

import pytest

from app.domain.draft import Draft, DraftState
from app.domain.sign_in import Method
from app.domain.vocabulary import MemberRole
from app.services.drafting.freeze import hand_over
from app.services.drafting.keep import own_draft, save_draft, take_back
from app.services.signing_in.sessions import open_session
from app.storage import members
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_drafts import begun, complete_form, handed_over, principal_of
from tests.factories.portal_visitors import COOKIE, Visitor, entered, invited
from tests.factories.standing import came_long_ago


@pytest.fixture
def handed(analyst: Visitor, platform: FakePartner) -> Draft:
    return handed_over(analyst, complete_form(platform))


def state_of(analyst: Visitor, draft: Draft) -> DraftState:
    return own_draft(analyst.running.exchange, principal_of(analyst), draft.draft_id).state


def approve(visitor: Visitor, draft: Draft, digest: str | None = None) -> int:
    visitor.get(f"/review/drafts/{draft.draft_id}")
    given = {"digest": draft.digest if digest is None else digest}
    return visitor.post(f"/review/drafts/{draft.draft_id}/approval", given).status


def another_session(running: RunningExchange, person_id: str) -> Visitor:
    with running.exchange.database.write() as connection:
        person = members.person_by_id(connection, person_id)
        assert person is not None
        secret = open_session(connection, person, Method.PASSKEY, running.clock())
    visitor = Visitor(running, person_id=person_id, secret=secret)
    visitor.client.set_cookie(COOKIE, secret)
    return visitor


def test_the_second_reader_sees_in_words_what_was_frozen_and_approves_it(
    analyst: Visitor, reviewer: Visitor, handed: Draft
) -> None:
    words = reviewer.get(f"/review/drafts/{handed.draft_id}").words
    assert "hxxps[:]//files[.]example[.]org/a" in words
    assert "What approving does" in words
    assert "Who would see it now" in words
    assert approve(reviewer, handed) == 303
    assert state_of(analyst, handed) is DraftState.APPROVED
    words = reviewer.get(f"/review/drafts/{handed.draft_id}").words
    assert "Approved: it waits for the signature" in words
    assert words.index("Nothing more is to be done here.") < words.index("What was seen")
    assert "will be signed" not in words


def test_the_file_is_what_the_digest_is_of(reviewer: Visitor, handed: Draft) -> None:
    text = reviewer.get(f"/review/drafts/{handed.draft_id}/objects").text
    assert hashlib.sha256(text.encode()).hexdigest() == handed.digest


def test_an_author_approves_nothing_of_their_own_in_no_session(running: RunningExchange, analyst: Visitor, handed: Draft) -> None:
    for who in (analyst, another_session(running, analyst.person_id)):
        words = who.get(f"/review/drafts/{handed.draft_id}").words
        assert "You entered this yourself" in words
        assert "What approving does" not in words
        assert approve(who, handed) == 409
        who.get(f"/review/drafts/{handed.draft_id}")
        given = {"digest": handed.digest, "remark": "Mine."}
        assert who.post(f"/review/drafts/{handed.draft_id}/return", given).status == 409
    assert state_of(analyst, handed) is DraftState.IN_REVIEW


def test_another_organisation_and_who_reads_no_drafts_are_refused(
    analyst: Visitor, stranger: Visitor, read_only: Visitor, handed: Draft
) -> None:
    for who, status in ((stranger, 404), (read_only, 403)):
        for path in (f"/review/drafts/{handed.draft_id}", f"/review/drafts/{handed.draft_id}/objects"):
            assert who.get(path).status == status
        who.get("/account")
        assert who.post(f"/review/drafts/{handed.draft_id}/approval", {"digest": handed.digest}).status == status
        who.get("/account")
        assert who.post(f"/review/drafts/{handed.draft_id}/return", {"digest": handed.digest, "remark": "No."}).status == status
    assert stranger.get("/review/drafts/0").status == 404
    assert state_of(analyst, handed) is DraftState.IN_REVIEW


def test_a_draft_that_was_not_handed_over_is_not_there_for_colleagues(
    analyst: Visitor, reviewer: Visitor, platform: FakePartner
) -> None:
    draft = begun(analyst, complete_form(platform))
    assert reviewer.get(f"/review/drafts/{draft.draft_id}").status == 404


def test_what_was_changed_after_it_was_read_is_not_approved(analyst: Visitor, reviewer: Visitor, handed: Draft) -> None:
    exchange, author = analyst.running.exchange, principal_of(analyst)
    reviewer.get(f"/review/drafts/{handed.draft_id}")
    back = take_back(exchange, author, handed.draft_id)
    given = {"digest": handed.digest}
    assert reviewer.post(f"/review/drafts/{handed.draft_id}/approval", given).status == 404
    changed = save_draft(exchange, author, back.draft_id, back.revision, back.document | {"urgency": "historic"})
    again = hand_over(exchange, author, changed.draft_id, changed.revision)
    assert approve(reviewer, handed) == 409
    assert approve(reviewer, again, "0" * 64) == 409
    assert state_of(analyst, handed) is DraftState.IN_REVIEW
    assert approve(reviewer, again) == 303


def test_who_has_not_shown_a_moment_ago_who_they_are_is_asked_first(
    running: RunningExchange, platform: FakePartner, handed: Draft, analyst: Visitor
) -> None:
    reviewer = entered(running, platform, MemberRole.REVIEWER)
    reviewer.get(f"/review/drafts/{handed.draft_id}")
    running.clock.shift += running.clock.shift.__class__(minutes=6)
    answer = reviewer.post(f"/review/drafts/{handed.draft_id}/approval", {"digest": handed.digest})
    assert answer.asks_again
    assert state_of(analyst, handed) is DraftState.IN_REVIEW


def test_it_is_sent_back_with_what_is_to_be_changed(analyst: Visitor, reviewer: Visitor, handed: Draft) -> None:
    path = f"/review/drafts/{handed.draft_id}"
    for remark, shown in (("", ""), ("Ask anna.b@mail.example.org", "e-mail address")):
        reviewer.get(path)
        answer = reviewer.post(f"{path}/return", {"digest": handed.digest, "remark": remark})
        assert answer.status == 422
        assert shown in answer.words
        assert "anna.b" not in answer.text
    reviewer.get(path)
    assert reviewer.post(f"{path}/return", {"digest": handed.digest, "remark": "Which service?"}).status == 303
    assert state_of(analyst, handed) is DraftState.RETURNED
    assert "Came back" in analyst.get("/share").words
    assert "Which service?" in analyst.get(f"/share/drafts/{handed.draft_id}").words
    assert reviewer.get(path).status == 404


def test_whom_a_colleague_has_just_let_in_reads_along_and_approves_nothing(
    running: RunningExchange, platform: FakePartner, analyst: Visitor, handed: Draft
) -> None:
    administrator = running.person(platform, running.operator, MemberRole.ADMINISTRATOR)
    made = invited(running, administrator, MemberRole.REVIEWER, "made@example.org")
    words = made.get(f"/review/drafts/{handed.draft_id}").words
    assert "less than three days ago" in words
    assert "What approving does" not in words
    assert approve(made, handed) == 409
    assert state_of(analyst, handed) is DraftState.IN_REVIEW
    came_long_ago(running.exchange)
    assert "What approving does" in made.get(f"/review/drafts/{handed.draft_id}").words
    assert approve(made, handed) == 303


def test_what_came_back_waits_for_its_author_on_the_first_page(analyst: Visitor, reviewer: Visitor, handed: Draft) -> None:
    reviewer.get(f"/review/drafts/{handed.draft_id}")
    given = {"digest": handed.digest, "remark": "Say less."}
    assert reviewer.post(f"/review/drafts/{handed.draft_id}/return", given).status == 303
    assert "1 draft of yours came back" in analyst.get("/").words
    assert "of yours came back" not in reviewer.get("/").words
