from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

import app.portal
from app.domain.errors import Code
from app.domain.read_only import ReadOnlyReason
from app.domain.sign_in import SESSION_IDLES
from app.domain.vocabulary import MemberRole
from app.portal.typed import TEXTS, typed_before
from app.web.refusals import Refused
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.page_forms import elements_of
from tests.factories.portal_visitors import Page, Visitor, entered
from tests.factories.portal_world import portal_of

TYPED = "Two <b>words</b> & more,\r\nthat nobody types twice."
FORM = "/organisation/contacts"
SENT = {"label": TYPED, "email": "duty@platform.example.org", "password": "correct horse battery staple", "once": "abc"}
SECRETS = ("code", "again_code", "again_answer", "again_challenge", "sealed_secret", "answer", "challenge", "proof", "new_field")


@pytest.fixture
def administrator(running: RunningExchange, platform: FakePartner) -> Visitor:
    visitor = entered(running, platform, MemberRole.ADMINISTRATOR)
    visitor.get(FORM)
    return visitor


def shows_it(page: Page) -> bool:
    """Whether what was typed stands there to be copied, as text; nothing that is secret ever does."""
    assert SENT["password"] not in page.text
    assert not any(tag == "b" for tag, _ in elements_of(page.text))
    return "Two &lt;b&gt;words&lt;/b&gt; &amp; more,\r\nthat nobody types twice.</textarea>" in page.text


def test_a_session_that_has_ended_shows_what_was_typed_and_does_nothing(
    running: RunningExchange, platform: FakePartner, administrator: Visitor
) -> None:
    running.clock.shift += SESSION_IDLES
    ended = administrator.post(FORM, SENT)
    assert (ended.status, "Your session has ended" in ended.words) == (403, True)
    assert shows_it(ended)
    assert "Max-Age=0" in ended.headers["Set-Cookie"]
    assert "WWW-Authenticate" not in ended.headers
    assert ended.headers["Cache-Control"] == "no-store"
    assert "twice" not in str(platform.get("contacts").json)


def test_without_anything_typed_one_is_led_to_sign_in_as_ever(running: RunningExchange, administrator: Visitor) -> None:
    running.clock.shift += SESSION_IDLES
    answer = administrator.post(FORM, {"label": "word", "email": "duty@platform.example.org"})
    assert (answer.status, answer.headers["Location"]) == (303, "/portal/sign-in")


@pytest.mark.parametrize("path", [FORM, "/show-again", "/account/passkeys"])
def test_no_secret_is_shown_however_it_is_spelled_and_no_field_that_is_not_known(
    running: RunningExchange, administrator: Visitor, path: str
) -> None:
    running.clock.shift += SESSION_IDLES
    sent = {**SENT, **dict.fromkeys(SECRETS, "123 456"), "again_password": "correct horse"}
    ended = administrator.send(path, sent)
    assert (ended.status, shows_it(ended)) == (403, True)
    assert "123 456" not in ended.text
    assert "correct horse" not in ended.text


def test_every_area_of_the_pages_is_a_text_that_is_given_back() -> None:
    areas = set()
    for path in (Path(app.portal.__file__).parent / "templates").rglob("*.html"):
        areas |= set(re.findall(r'parts\.area\("(\w+)"|<textarea[^>]* name="(\w+)"', path.read_text(encoding="utf-8")))
    named = {one for pair in areas for one in pair if one}
    assert named <= TEXTS, named - TEXTS
    assert named


def test_a_word_of_an_earlier_session_refuses_the_form_and_shows_what_was_typed(administrator: Visitor) -> None:
    answer = administrator.post(FORM, SENT | {"forgery_word": "0" * 64})
    assert (answer.status, "copy it from here" in answer.words) == (403, True)
    assert shows_it(answer)


def test_what_another_site_sent_is_never_shown(running: RunningExchange, administrator: Visitor) -> None:
    for is_over in (False, True):
        running.clock.shift += SESSION_IDLES if is_over else timedelta(0)
        for site in ("cross-site", "same-site", "none"):
            assert not shows_it(administrator.post(FORM, SENT, site=site)), (is_over, site)
    stranger = Visitor(running)
    assert stranger.send(FORM, SENT).status == 303, "nobody who had no session here"


def test_a_form_that_comes_while_nothing_is_taken_in_is_shown_too(running: RunningExchange, administrator: Visitor) -> None:
    running.exchange.database.read_only = ReadOnlyReason.NOT_COMPARED
    answer = administrator.post(FORM, SENT)
    assert (answer.status, shows_it(answer)) == (503, True)


def test_a_field_that_no_page_knows_is_refused_and_the_text_is_shown(administrator: Visitor) -> None:
    answer = administrator.post(FORM, {"unknown": "x"} | SENT)
    assert (answer.status, shows_it(answer)) == (400, True)


@pytest.mark.parametrize(
    ("code", "shows"),
    [(Code.CONTENT_FORBIDDEN, False), (Code.PERSON_DATA_FORBIDDEN, False), (Code.STATE_CONFLICT, True)],
)
def test_what_was_refused_as_material_is_never_shown(running: RunningExchange, code: Code, *, shows: bool) -> None:
    sent_by_us = {"Sec-Fetch-Site": "same-origin"}
    with portal_of(running).test_request_context("/organisation/contacts", method="POST", data=SENT, headers=sent_by_us) as asked:
        assert asked.request.form["label"] == TYPED
        assert typed_before(Refused(422, code, "No.")) == ([TYPED] if shows else [])


def test_what_is_larger_than_the_form_may_be_is_not_read(running: RunningExchange, administrator: Visitor) -> None:
    running.clock.shift += SESSION_IDLES
    answer = administrator.post(FORM, {"label": TYPED + "x" * 100_000})
    assert (answer.status, answer.headers["Location"]) == (303, "/portal/sign-in")
