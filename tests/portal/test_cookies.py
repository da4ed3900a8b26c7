from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.paging import Duty
from app.domain.vocabulary import MemberRole
from app.web.context import attach
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, invited


@pytest.fixture
def analyst(running: RunningExchange, platform: FakePartner) -> Visitor:
    administrator = running.person(platform, running.operator, MemberRole.ADMINISTRATOR)
    return invited(running, administrator, MemberRole.ANALYST, "analyst.a")


def test_over_plain_http_the_cookie_is_for_this_machine(analyst: Visitor) -> None:
    given = analyst.page.headers["Set-Cookie"]
    assert given.startswith("breakwater=bws_")
    assert all(term in given for term in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=36000"))
    assert "Secure" not in given
    assert "Domain" not in given


def test_over_https_it_is_secure_and_bound_to_the_host(running: RunningExchange, analyst: Visitor) -> None:
    attach(running.app, replace(running.exchange, duty=Duty(origin="https://exchange.example.org")))
    try:
        given = analyst.sign_in().headers["Set-Cookie"]
        assert given.startswith("__Host-breakwater=bws_")
        assert all(term in given for term in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"))
        assert analyst.page.headers["Strict-Transport-Security"] == "max-age=31536000"
    finally:
        attach(running.app, running.exchange)


def test_each_session_has_a_word_of_its_own(analyst: Visitor) -> None:
    analyst.get("/account")
    mine = analyst.page.text.partition('name="forgery_word" value="')[2][:64]
    analyst.sign_in()
    analyst.get("/account")
    assert analyst.page.text.partition('name="forgery_word" value="')[2][:64] != mine
    assert analyst.post("/sign-out", {"forgery_word": mine}).status == 403


def test_what_is_no_secret_is_nobodys(running: RunningExchange) -> None:
    for value in ("x", "bws_", "bws_" + "A" * 43, "x" * 2_000):
        visitor = Visitor(running)
        visitor.client.set_cookie("breakwater", value)
        assert visitor.get("/").status == 303
