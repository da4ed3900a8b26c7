from __future__ import annotations

import pytest

from app.domain.errors import Code, ConflictError, ForbiddenError, MalformedInputError
from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole, StaffRole
from app.portal.refusing import plain_sentence
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import entered
from tests.factories.portal_world import portal_of


@pytest.mark.parametrize(
    ("role", "asks"),
    [
        (MemberRole.READ_ONLY, "ask an administrator of your organisation"),
        (MemberRole.DATA_PROTECTION, "ask an administrator of your organisation"),
    ],
)
def test_a_member_learns_which_roles_may_and_whom_to_ask(
    running: RunningExchange, platform: FakePartner, role: MemberRole, asks: str
) -> None:
    page = entered(running, platform, role).get("/organisation/members/new")
    assert page.status == 403
    assert "people of your organisation with another role than yours: administrator." in page.words
    assert asks in page.words
    assert "<title>You may not do this" in page.text


def test_staff_ask_an_operator(running: RunningExchange) -> None:
    page = entered(running, None, StaffRole.AUDITOR).get("/exchange/partners/new")
    assert "people of the exchange with another role than yours: operator." in page.words
    assert "ask an operator of the exchange" in page.words


def test_what_is_the_other_sides_is_said_to_be_theirs(running: RunningExchange, platform: FakePartner) -> None:
    theirs = entered(running, None, StaffRole.OPERATOR).get("/answer")
    assert "organisations that take part, and for nobody of the exchange" in theirs.words
    assert "ask an administrator of that organisation" in theirs.words
    ours = entered(running, platform, MemberRole.ANALYST).get("/exchange/jobs")
    assert (ours.status, "the exchange's own people" in ours.words) == (404, False), "pages of the staff are not there for others"


def test_a_page_that_opens_with_several_rights_names_the_roles_of_all(running: RunningExchange) -> None:
    named = ForbiddenError(f"It takes {Permission.DISCLOSURES_SEARCH}.")
    with portal_of(running).test_request_context("/patterns/flows"):
        assert plain_sentence(named).endswith("another role than yours: administrator, data protection, reviewer.")
    with portal_of(running).test_request_context("/account"):
        assert plain_sentence(named) == "This is for the exchange's own people."


def test_an_organisation_that_is_not_active_asks_whoever_runs_the_exchange(
    running: RunningExchange, platform: FakePartner
) -> None:
    analyst = entered(running, platform, MemberRole.ANALYST)
    running.suspend(platform)
    page = analyst.get("/")
    assert (page.status, "Your organisation is not active here." in page.words) == (403, True)
    assert "Ask whoever runs the exchange why" in page.words


def test_nothing_about_requests_is_said(running: RunningExchange, platform: FakePartner) -> None:
    analyst = entered(running, platform, MemberRole.ANALYST)
    for answer, sentence in (
        (analyst.get("/account?next=1"), "This page does not know what was asked of it."),
        (analyst.get("/sign-out"), "This address shows no page, or takes no form."),
    ):
        assert sentence in answer.words
        assert "route" not in answer.words
    analyst.get("/account")
    too_large = analyst.post("/sign-out", {"more": "x" * 70_000})
    assert (too_large.status, "larger than this page takes" in too_large.words) == (413, True)


def test_a_sentence_for_people_stays_as_it_is(running: RunningExchange) -> None:
    with portal_of(running).test_request_context("/"):
        assert plain_sentence(ConflictError("This export is paused; let it go on first.")) == (
            "This export is paused; let it go on first."
        )
        assert plain_sentence(ConflictError("See breakwater log check.")) == "This could not be done here."
        assert plain_sentence(ConflictError("The log differs: see breakwater log check.")) == "The log differs."
        assert plain_sentence(MalformedInputError("There is no such clock; see GET /api/v1/x.")) == "There is no such clock."
        broken = MalformedInputError("The cursor is not one to continue from.", code=Code.CURSOR_INVALID)
        assert plain_sentence(broken) == "This address leads to no place in this list. Open the list from its beginning."
        assert plain_sentence(MalformedInputError("The header is not there.")).startswith("This page does not know")
        named = ForbiddenError(f"It takes {Permission.WORK_WRITE}.", code=Code.PERMISSION_MISSING)
        assert plain_sentence(named) == "This is for the exchange's own people."
        read = ForbiddenError(f"It takes {Permission.KEYS_WRITE}.", code=Code.PERMISSION_MISSING)
        assert plain_sentence(read) == "This is for people of your organisation with another role than yours: administrator."
