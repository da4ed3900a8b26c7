from __future__ import annotations

import pytest

from app.domain.vocabulary import MemberRole
from app.web.context import MOUNTED
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, invited


@pytest.fixture
def analyst(running: RunningExchange, platform: FakePartner) -> Visitor:
    administrator = running.person(platform, running.operator, MemberRole.ADMINISTRATOR)
    return invited(running, administrator, MemberRole.ANALYST, "analyst.a")


def test_nobody_is_led_to_sign_in_and_back_whatever_is_there(running: RunningExchange) -> None:
    for path in ("/account", "/nothing-here", "/account?x=1"):
        page = Visitor(running).get(path)
        assert page.status == 303
        assert page.headers["Location"].startswith("/portal/sign-in?back=")
        assert "WWW-Authenticate" not in page.headers
    assert Visitor(running).post("/sign-out").headers["Location"] == "/portal/sign-in"


def test_a_link_from_elsewhere_comes_without_the_cookie_and_ends_no_session(running: RunningExchange) -> None:
    page = Visitor(running).get("/account")
    assert "Set-Cookie" not in page.headers
    visitor = Visitor(running)
    visitor.client.set_cookie("breakwater", "bws_" + "A" * 43)
    assert "Max-Age=0" in visitor.get("/account").headers["Set-Cookie"], "one that opens nothing is taken away"
    page = visitor.get("/sign-in?back=/account")
    assert 'href="/portal/account"' in page.text
    assert "Go on." not in visitor.get("/sign-in?back=//attacker.example.org").words


def test_a_page_says_what_happened_and_under_which_id_to_ask(analyst: Visitor) -> None:
    page = analyst.get("/nothing-here", headers={"X-Request-Id": "my-own-id"})
    assert page.status == 404
    assert "There is nothing here" in page.words
    assert "my-own-id" in page.words
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"


def test_other_methods_fields_and_parameters_are_refused_in_words(analyst: Visitor) -> None:
    analyst.get("/account")
    assert analyst.get("/sign-out").status == 405
    assert analyst.get("/account?next=1").status == 400
    assert analyst.get("/sign-in?back=%2F&back=%2F").status == 400
    analyst.get("/account")
    assert analyst.post("/sign-out", {"more": "x"}).status == 400
    assert analyst.post("/sign-out", {"forgery_word": "x" * 70_000}).status == 413


def test_a_mistake_of_ours_shows_its_id_and_nothing_else(running: RunningExchange, analyst: Visitor) -> None:
    [portal] = running.app.extensions[MOUNTED]
    kept = portal.view_functions["home.show"]

    def fail() -> str:
        raise RuntimeError("a value that nobody may see")

    fail.terms = kept.terms  # type: ignore[attr-defined]  # as the blueprint does
    portal.view_functions["home.show"] = fail
    try:
        page = analyst.get("/")
    finally:
        portal.view_functions["home.show"] = kept
    assert page.status == 500
    assert "Something went wrong here" in page.words
    assert "nobody may see" not in page.text


def test_a_page_whose_context_fails_too_shows_its_id_and_nothing_else(
    running: RunningExchange, analyst: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    [portal] = running.app.extensions[MOUNTED]

    def fail() -> dict[str, object]:
        raise RuntimeError("a value that nobody may see")

    monkeypatch.setitem(portal.template_context_processors, None, [fail])
    page = analyst.get("/account", headers={"X-Request-Id": "my-own-id"})
    assert page.status == 500
    assert "Something went wrong here" in page.words
    assert "my-own-id" in page.words
    assert "nobody may see" not in page.text
    assert "Content-Security-Policy" in page.headers
    monkeypatch.undo()
    [style] = [one.split('"')[0] for one in page.text.split('href="')[1:] if one.split('"')[0].endswith("portal.css")]
    assert analyst.get(style.removeprefix("/portal")).status == 200
