from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.domain.vocabulary import MemberRole
from tests.factories.authenticators import Authenticator, challenge_of
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


def test_bytes_that_show_again_who_one_is_make_no_passkey_nor_the_reverse(running: RunningExchange, analyst: Visitor) -> None:
    analyst.get("/account")
    options = analyst.post("/show-again/passkey/options").text
    device = Authenticator(running.exchange.duty.portal_origin)
    made = {"answer": device.make(options), "challenge": challenge_of(options), "name": "A device"}
    analyst.get("/account")
    assert analyst.post("/account/passkeys", made).status == 400
    assert "No passkey yet" in analyst.get("/account").words
    options = analyst.post("/account/passkeys/options").text
    analyst.get("/account")
    made = {"answer": device.make(options), "challenge": challenge_of(options), "name": "A device"}
    assert analyst.post("/account/passkeys", made).status == 303
    analyst.get("/account")
    creating = analyst.post("/account/passkeys/options").text
    analyst.get("/show-again")
    shown = {"answer": device.show(creating), "challenge": json.loads(creating)["challenge"], "back": ""}
    assert analyst.post("/show-again/passkey", shown).status == 403, "nor the other way round"


def test_whoever_finds_the_screen_open_leaves_no_passkey_to_be_added_by_its_owner(
    running: RunningExchange, analyst: Visitor
) -> None:
    analyst.get("/account")
    options = analyst.post("/account/passkeys/options").text
    device = Authenticator(running.exchange.duty.portal_origin)
    analyst.get("/account")
    running.clock.shift += timedelta(minutes=6)
    made = {"answer": device.make(options), "challenge": challenge_of(options), "name": "A device of somebody"}
    staged = analyst.post("/account/passkeys", made)
    assert staged.asks_again
    assert "Show that it is you: Add a passkey" in staged.words
    assert "A device of somebody" in staged.words
    assert made["challenge"] not in staged.text
    shown = analyst.send("/account/passkeys", analyst.again())
    assert "Nothing has been done yet: Add a passkey." in shown.words
    assert "No passkey yet" in analyst.get("/account").words
