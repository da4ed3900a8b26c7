"""A form that comes too late: it waits in the page that asks, and is done with what shows who sent it, once and as it was."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.domain.sign_in import MOST_FAILURES_AGAIN, Passkey
from app.domain.vocabulary import MemberRole
from app.storage import sign_ins
from tests.factories.authenticators import Authenticator
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.page_forms import forms_of
from tests.factories.portal_visitors import PASSWORD, Visitor, entered, with_password

LABEL = "Duty desk & <night>\r\nsecond line"
CONTACT = {"label": "Duty desk, nights", "email": "duty@platform.example.org", "phone": "+1 202 555 0123"}
CONTACTS = "/organisation/contacts"


@pytest.fixture
def administrator(running: RunningExchange, platform: FakePartner) -> Visitor:
    """Somebody with a password, whose confirmation is too old, and whose page of contacts is open."""
    visitor = with_password(entered(running, platform, MemberRole.ADMINISTRATOR))
    visitor.get(CONTACTS)
    running.clock.shift += timedelta(minutes=6)
    return visitor


def contacts(platform: FakePartner) -> list[str]:
    return [one["label"] for one in platform.get("contacts").json["contacts"]]


def test_nothing_is_done_before_and_then_once_however_often_it_is_sent(platform: FakePartner, administrator: Visitor) -> None:
    asked = administrator.post(CONTACTS, CONTACT | {"once": None})
    assert asked.asks_again
    assert asked.headers["Cache-Control"] == "no-store"
    assert CONTACT["label"] not in contacts(platform)
    sent = administrator.again()
    assert administrator.send(CONTACTS, sent).status == 303
    assert administrator.send(CONTACTS, sent).status == 303
    assert contacts(platform).count(CONTACT["label"]) == 1


def test_a_wrong_answer_does_nothing_and_loses_nothing(platform: FakePartner, administrator: Visitor) -> None:
    administrator.post(CONTACTS, CONTACT)
    for wrong in ({"again_password": "not the password"}, {"again_code": "000000"}, {"again_answer": "{}"}):
        answer = administrator.send(CONTACTS, administrator.again(**wrong))
        assert answer.asks_again
        assert "That did not sign you in." in answer.words
        assert PASSWORD not in answer.text
        [kept, *_] = [one for one in forms_of(answer.text) if one.action == f"/portal{CONTACTS}"]
        assert {one.name: one.value for one in kept.fields if one.name in CONTACT} == CONTACT
    assert CONTACT["label"] not in contacts(platform)
    assert administrator.send(CONTACTS, administrator.again()).status == 303
    assert CONTACT["label"] in contacts(platform)


def test_after_several_wrong_answers_the_session_ends_and_what_was_typed_is_shown(administrator: Visitor) -> None:
    administrator.post(CONTACTS, CONTACT)
    for _ in range(MOST_FAILURES_AGAIN):
        administrator.send(CONTACTS, administrator.again(again_code="000000"))
    ended = administrator.send(CONTACTS, administrator.again())
    assert ended.status == 403
    assert "Your session has ended" in ended.words
    assert CONTACT["label"] in ended.words
    assert PASSWORD not in ended.text


def test_a_passkey_serves_as_well(running: RunningExchange, platform: FakePartner, administrator: Visitor) -> None:
    device = Authenticator()
    with running.exchange.database.write() as connection:
        known = Passkey(device.passkey_id, administrator.person_id, "Device", device.cose_key, 0, running.clock())
        sign_ins.add_passkey(connection, known)
    administrator.post(CONTACTS, CONTACT)
    form = next(one for one in forms_of(administrator.page.text) if any(of.name == "again_answer" for of in one.fields))
    options = administrator.post("/show-again/passkey/options").text
    shown = {"again_answer": [device.show(options)], "again_challenge": [json.loads(options)["challenge"]]}
    assert administrator.send(CONTACTS, form.filled("") | shown).status == 303
    assert CONTACT["label"] in contacts(platform)


def test_who_showed_it_in_another_window_sends_it_from_here(platform: FakePartner, administrator: Visitor) -> None:
    waits = administrator.post(CONTACTS, CONTACT)
    [form] = [one for one in forms_of(waits.text) if not any(of.name.startswith("again_") for of in one.fields)][1:]
    assert administrator.send(CONTACTS, form.filled("")).asks_again, "not before"
    administrator.get("/show-again")
    assert administrator.post("/show-again", {"password": PASSWORD, "code": administrator.code(), "back": ""}).status == 303
    assert administrator.send(CONTACTS, form.filled("")).status == 303
    assert CONTACT["label"] in contacts(platform)


def test_an_answer_alone_is_no_word_of_the_session(platform: FakePartner, administrator: Visitor) -> None:
    administrator.post(CONTACTS, CONTACT)
    sent = administrator.again()
    assert administrator.send(CONTACTS, sent | {"forgery_word": ["0" * 64]}).status == 403
    assert administrator.send(CONTACTS, sent, site="cross-site").status == 403
    assert CONTACT["label"] not in contacts(platform)
    assert administrator.send(CONTACTS, sent).status == 303, "and it used no code up"


def test_an_answer_that_comes_twice_or_is_no_text_is_refused(administrator: Visitor) -> None:
    administrator.post(CONTACTS, CONTACT)
    sent = administrator.again()
    assert administrator.send(CONTACTS, sent | {"again_code": ["000000", "111111"]}).status == 400
    assert administrator.send(CONTACTS, sent | {"again_password": ["a\0b"]}).status == 400


def test_a_text_arrives_letter_by_letter(running: RunningExchange, platform: FakePartner) -> None:
    administrator = with_password(entered(running, platform, MemberRole.ADMINISTRATOR))
    administrator.get(CONTACTS)
    running.clock.shift += timedelta(minutes=6)
    asked = administrator.post(CONTACTS, CONTACT | {"label": LABEL})
    form = next(one for one in forms_of(asked.text) if any(of.name == "again_password" for of in one.fields))
    assert next(one.value for one in form.fields if one.name == "label") == LABEL
