from __future__ import annotations

import pytest

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, invited


@pytest.fixture
def analyst(running: RunningExchange, platform: FakePartner) -> Visitor:
    administrator = running.person(platform, running.operator, MemberRole.ADMINISTRATOR)
    return invited(running, administrator, MemberRole.ANALYST, "analyst.a")


def test_the_page_says_how_one_signs_in_and_where_one_is(analyst: Visitor) -> None:
    words = analyst.get("/account").words
    assert "You sign in as analyst.a." in words
    assert "No passkey yet" in words
    assert "In 1 browser: this one." in words


def test_the_others_are_ended_and_this_one_stays(running: RunningExchange, analyst: Visitor) -> None:
    other = Visitor(running, login=analyst.login, codes=analyst.codes)
    assert other.sign_in().status == 303
    assert "In 2 browsers, this one among them." in analyst.get("/account").words
    assert analyst.post("/account/sessions/end").status == 303
    assert analyst.get("/account").status == 200
    assert other.get("/account").status == 303


def test_a_passkey_that_is_not_ones_own_is_not_there(analyst: Visitor) -> None:
    analyst.get("/account")
    assert analyst.post("/account/passkeys/removal", {"passkey_id": "AAAA"}).status == 404


def test_what_no_device_made_is_no_passkey(analyst: Visitor) -> None:
    analyst.get("/account")
    options = analyst.post("/account/passkeys/options")
    assert options.status == 200
    analyst.get("/account")
    given = {"answer": "{}", "challenge": "AAAA", "name": "A device"}
    assert analyst.post("/account/passkeys", given).status == 400
    assert "Your device made no passkey that counts here." in analyst.page.words
    assert "No passkey yet" in analyst.get("/account").words, "and the session goes on"
