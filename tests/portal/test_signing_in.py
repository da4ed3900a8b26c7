"""Signing in as people do it, over the pages; what needs a device is in ``tests/browser``."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.read_only import ReadOnlyReason
from app.domain.sign_in import SESSION_IDLES, SESSION_LASTS, STEP_UP_HOLDS
from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import Caller, FakePartner, RunningExchange
from tests.factories.portal_visitors import PASSWORD, Visitor, invitation, invited


@pytest.fixture
def administrator(running: RunningExchange, platform: FakePartner) -> Caller:
    return running.person(platform, running.operator, MemberRole.ADMINISTRATOR)


@pytest.fixture
def analyst(running: RunningExchange, administrator: Caller) -> Visitor:
    return invited(running, administrator, MemberRole.ANALYST, "analyst.a")


def test_an_invited_person_signs_in_out_and_in_again(running_on_both: RunningExchange) -> None:
    partner = running_on_both.enrol("Platform A")
    administrator = running_on_both.person(partner, running_on_both.operator, MemberRole.ADMINISTRATOR)
    analyst = invited(running_on_both, administrator, MemberRole.ANALYST, "analyst.a")
    assert analyst.get("/").status == 200
    assert analyst.post("/sign-out").headers["Location"] == "/portal/sign-in"
    assert analyst.get("/").headers["Location"] == "/portal/sign-in?back=/"
    assert analyst.sign_in().status == 303
    assert "Synthetic analyst, Platform A" in analyst.get("/").words


def test_a_session_that_was_signed_out_opens_nothing_for_whoever_kept_it(analyst: Visitor) -> None:
    analyst.get("/")
    kept = analyst.client.get_cookie("breakwater")
    assert kept is not None
    analyst.post("/sign-out")
    analyst.client.set_cookie("breakwater", kept.value)
    assert analyst.get("/").status == 303


@pytest.mark.parametrize("wrong", ["login", "password", "code"])
def test_every_wrong_part_is_answered_alike(analyst: Visitor, wrong: str) -> None:
    answers = []
    for _ in range(2):
        page = analyst.sign_in(**{wrong: "000000" if wrong == "code" else "somebody else entirely"})
        answers.append((page.status, page.words.replace("somebody else entirely", "")))
    assert {status for status, _ in answers} == {403}
    assert all("That did not sign you in." in words for _, words in answers)


def test_a_code_counts_once(running: RunningExchange, analyst: Visitor) -> None:
    earlier, newest = analyst.code(), analyst.code(timedelta(seconds=30))  # of this moment: half a minute may begin meanwhile
    assert analyst.sign_in(code=newest).status == 303
    assert Visitor(running).get("/sign-in").status == 200
    assert analyst.sign_in(code=newest).status == 403
    assert analyst.sign_in(code=earlier).status == 403, "a code before the newest one counts no more"


def test_no_stranger_keeps_anybody_out_by_wrong_passwords(running: RunningExchange, analyst: Visitor) -> None:
    for _ in range(7):
        stranger = {"login": str(analyst.login), "password": "not the password, nor near it", "code": "000000", "back": ""}
        assert Visitor(running).send("/sign-in", stranger).status == 403
    assert analyst.sign_in().status == 303


def test_after_five_wrong_codes_not_even_the_right_one_is_looked_at_for_a_while(
    running: RunningExchange, analyst: Visitor
) -> None:
    for _ in range(5):
        assert analyst.sign_in(code="000000").status == 403
    assert analyst.sign_in().status == 403
    running.clock.shift += timedelta(minutes=3)
    assert analyst.sign_in().status == 303


def test_a_session_ends_when_nobody_comes_and_at_the_latest_after_ten_hours(running: RunningExchange, analyst: Visitor) -> None:
    running.clock.shift += SESSION_IDLES - timedelta(minutes=1)
    assert analyst.get("/").status == 200
    running.clock.shift += SESSION_IDLES - timedelta(minutes=1)
    assert analyst.get("/").status == 200, "it was seen in between"
    running.clock.shift += SESSION_IDLES
    assert analyst.get("/").status == 303
    assert analyst.sign_in().status == 303
    for _ in range(int(SESSION_LASTS / (SESSION_IDLES / 2))):
        running.clock.shift += SESSION_IDLES / 2
        analyst.get("/")
    assert analyst.page.status == 303


def test_neither_a_departure_nor_a_suspension_waits_for_the_session_to_end(
    running: RunningExchange, platform: FakePartner, administrator: Caller, analyst: Visitor
) -> None:
    other = invited(running, administrator, MemberRole.REVIEWER, "reviewer.b")
    [person_id] = [one["id"] for one in administrator.get("persons").json["persons"] if one["member_roles"] == ["reviewer"]]
    administrator.post(f"persons/{person_id}/departure")
    assert other.get("/").status == 303
    running.suspend(platform)
    assert analyst.get("/").status == 403
    assert "not active" in analyst.page.words


def test_forms_of_other_sites_do_nothing(analyst: Visitor) -> None:
    analyst.get("/account")
    assert analyst.post("/sign-out", site="cross-site").status == 403
    assert analyst.post("/sign-out", site="same-site").status == 403
    assert analyst.post("/sign-out", site=None).status == 403, "a browser that says nothing at all"
    assert analyst.post("/sign-out", site=None, Origin="https://attacker.example.org").status == 403
    assert analyst.post("/sign-out", {"forgery_word": ""}).status == 403
    assert analyst.post("/sign-out", {"forgery_word": "0" * 64}).status == 403
    assert analyst.get("/").status == 200
    analyst.get("/account")
    assert analyst.post("/sign-out", site=None, Origin="http://127.0.0.1:8000").status == 303


def test_one_is_led_back_to_where_one_wanted_to_go_and_nowhere_else(analyst: Visitor) -> None:
    for number, (back, leads) in enumerate(
        {
            "/account": "/portal/account",
            "//attacker.example.org/": "/portal/",
            "https://attacker.example.org/": "/portal/",
            "/\\attacker.example.org": "/portal/",
            "javascript:alert(1)": "/portal/",
            "/account\r\nSet-Cookie: x=y": "/portal/",
        }.items()
    ):
        analyst.running.clock.shift += timedelta(minutes=1)
        page = analyst.sign_in(ahead=timedelta(0), back=back)
        assert (page.status, page.headers["Location"]) == (303, leads), number


def test_who_signs_in_gets_a_new_session_whatever_cookie_was_there(analyst: Visitor) -> None:
    planted = "bws_" + "A" * 43
    analyst.client.set_cookie("breakwater", planted)
    assert analyst.sign_in().status == 303
    given = analyst.client.get_cookie("breakwater")
    assert given is not None
    assert given.value != planted
    assert {given.http_only, given.same_site == "Strict"} == {True}


def test_a_session_is_no_token_and_a_token_no_session(running: RunningExchange, platform: FakePartner, analyst: Visitor) -> None:
    session = analyst.client.get_cookie("breakwater")
    assert session is not None
    assert running.anybody.get("policy/mine", headers={"Authorization": f"Bearer {session.value}"}).status == 401
    assert running.anybody.get("policy/mine", headers={"Cookie": f"breakwater={session.value}"}).status == 401
    visitor = Visitor(running)
    visitor.client.set_cookie("breakwater", str(platform.token))
    assert visitor.get("/").status == 303
    assert visitor.get("/", headers={"Authorization": f"Bearer {platform.token}"}).status == 303


def test_showing_again_holds_for_five_minutes(running: RunningExchange, analyst: Visitor) -> None:
    assert "Add a passkey" in analyst.get("/account").words
    running.clock.shift += STEP_UP_HOLDS
    assert "Show that it is you to add" in analyst.get("/account").words
    assert analyst.post("/account/passkeys/options").status == 403
    analyst.get("/show-again?back=/account")
    assert analyst.post("/show-again", {"password": "wrong", "code": analyst.code(), "back": "/account"}).status == 403
    again = analyst.post("/show-again", {"password": PASSWORD, "code": analyst.code(), "back": "/account"})
    assert (again.status, again.headers["Location"]) == (303, "/portal/account")
    assert "Add a passkey" in analyst.get("/account").words


def test_an_invitation_serves_once_and_three_days(running: RunningExchange, administrator: Caller) -> None:
    link = invitation(administrator, MemberRole.ANALYST)
    first = Visitor(running)
    assert first.accept(link, "analyst.b").status == 303
    assert Visitor(running).get(link.partition("/portal")[2]).status == 404
    late = invitation(administrator, MemberRole.ANALYST)
    running.clock.shift += timedelta(hours=72)
    assert Visitor(running).get(late.partition("/portal")[2]).status == 404
    assert Visitor(running).get("/invitations/bws_" + "A" * 43).status == 404


@pytest.mark.usefixtures("analyst")
def test_a_name_that_is_taken_or_a_weak_password_uses_no_invitation_up(running: RunningExchange, administrator: Caller) -> None:
    link = invitation(administrator, MemberRole.ANALYST)
    visitor = Visitor(running)
    for login, password, sentence in (
        ("analyst.a", PASSWORD, "Somebody has this sign-in name already"),
        ("analyst.c", "short", "14 to 200 characters"),
        ("analyst.c", "a" * 20, "too easy to guess"),
        ("<script>", PASSWORD, "3 to 100 characters"),
    ):
        page = visitor.accept(link, login, password)
        assert page.status == 422
        assert sentence in page.words
    assert visitor.accept(link, "analyst.c").status == 303


def test_while_the_exchange_takes_nothing_in_people_still_sign_in(running: RunningExchange, analyst: Visitor) -> None:
    running.exchange.database.read_only = ReadOnlyReason.NOT_COMPARED
    assert analyst.sign_in().status == 303
    assert analyst.get("/").status == 200
