"""No form that asks to show who one is does anything before, or loses what was typed: each of the url map is tried over HTTP.

Each says what it does, and with what, so that nobody confirms what somebody else left at their screen; and those in ``ANEW`` do
not wait at all: their sender is led back to the form.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from markupsafe import escape

from app.domain.sign_in import STEP_UP_HOLDS
from app.storage import portal_sessions
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.furnished import furnished, hotline, platform, running
from tests.factories.page_forms import PageForm, forms_of
from tests.factories.portal_visitors import Page, Visitor, with_password
from tests.factories.portal_world import PortalPage, PortalWorld, portal_pages

__all__ = ["furnished", "hotline", "platform", "running"]
LATE = STEP_UP_HOLDS + timedelta(seconds=31)
TYPED = 'A long reason, <b>in "two"</b> lines & more:\r\n\r\n  the second, which \N{SNOWMAN} nobody writes twice. '
SENT = {"reason": [TYPED], "boxes": ["one", "two"], "again": ["", TYPED]}
ANEW = {
    "account.add_passkey",
    "account.begin_passkey",
    "account.drop_passkey",
    "browser_keys.register",
    "elsewhere.add",
    "elsewhere.remove",
    "one_draft.agree",
    "operating_administrators.add",
    "operating_administrators.invite",
    "operating_approvals.agree",
    "operating_keys.activate",
    "operating_keys.recover",
    "operating_people.change",
    "own_credentials.issue",
    "own_members.add",
    "own_members.change",
    "own_members.invite",
    "own_webhooks.add",
    "own_webhooks.rotate",
    "recovering.agree",
    "recovering.propose",
    "recovering.refuse",
    "recovering.stop",
}
"""What lets somebody in, gives rights or keys, or is a second person's word."""
"""What no form knows, so that it is refused once it is looked at: nothing that is tried here changes anything for the next."""


@pytest.fixture
def world(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> PortalWorld:
    return PortalWorld(running, platform, hotline)


def asking(world: PortalWorld) -> list[PortalPage]:
    return [form for form in portal_pages(world.running, "POST") if form.is_fresh]


def entered_with_passwords(world: PortalWorld, forms: list[PortalPage]) -> None:
    for kind in {form.kinds()[0] for form in forms}:
        with_password(world.visitor(kind))


def word_of(visitor: Visitor) -> str:
    return visitor.get("/account").text.partition('name="forgery_word" value="')[2].partition('"')[0]


def kept(form: PageForm) -> dict[str, list[str]]:
    """Give what of a form was there before it was asked who sends it."""
    given: dict[str, list[str]] = {}
    for one in form.fields:
        if one.name != "forgery_word" and not one.name.startswith("again_"):
            given.setdefault(one.name, []).append(one.value)
    return given


def told(page: Page) -> tuple[int, str, str]:
    """Give an answer but for what differs each time."""
    return page.status, page.headers.get("Location", ""), page.words.partition("name this id")[0]


def show(visitor: Visitor, moment: timedelta = timedelta(0)) -> None:
    """Let a session count as if its person had shown who they are, ``moment`` from now."""
    running = visitor.running
    with running.exchange.database.write() as connection:
        [session] = portal_sessions.open_sessions(connection, visitor.person_id, running.clock())
        portal_sessions.note_shown(connection, session.credential_id, running.clock() + moment)


def test_every_form_that_asks_says_what_it_does_in_the_heading_and_in_the_button_and_whose(world: PortalWorld) -> None:
    forms = asking(world)
    assert {form.endpoint for form in forms if form.act and form.act.anew} == ANEW
    entered_with_passwords(world, forms)
    said = [form.act.does for form in forms if form.act]
    assert len(said) == len(forms)
    paths = [world.path(form) for form in forms]
    for form, path in zip(forms, paths, strict=True):
        assert form.act is not None
        visitor = world.visitor(form.kinds()[0])
        show(visitor, -LATE)
        asked = visitor.send(path, {"forgery_word": [word_of(visitor)], "of_whom": ["Somebody & others"], "once": ["o" * 40]})
        does = str(escape(form.act.does))
        assert 3 < len(form.act.does) < 70, form.endpoint
        assert f"<h1>Show that it is you: {does}</h1>" in asked.text, form.endpoint
        assert (f"<button>{does}</button>" in asked.text) is not form.act.anew, form.endpoint
        assert "<dt>of whom</dt><dd>Somebody &amp; others</dd>" in asked.text, form.endpoint
        assert f"<dd>{'o' * 40}</dd>" not in asked.text, "a mark of the form says nothing to anybody"
        for value in form.rule.arguments:
            assert f"<dt>{value.replace('_', ' ')}</dt><dd>" in asked.text, form.endpoint


def test_what_lets_somebody_in_waits_nowhere_and_no_answer_carries_it_out(world: PortalWorld) -> None:
    forms = [form for form in asking(world) if form.endpoint in ANEW]
    entered_with_passwords(world, forms)
    paths = [world.path(form) for form in forms]
    for form, path in zip(forms, paths, strict=True):
        visitor = world.visitor(form.kinds()[0])
        sent = {"reason": [TYPED], "person_id": ["somebody"], "provider": ["example"], "forgery_word": [word_of(visitor)]}
        show(visitor, -LATE)
        asked = visitor.send(path, sent)
        assert asked.asks_again, (path, asked.status)
        ways = [one for one in forms_of(asked.text) if one.action == f"/portal{path}"]
        assert [kept(one) for one in ways] == [{"reason": [TYPED]}] * 2, path
        answer = visitor.again()
        world.running.clock.shift += timedelta(seconds=30)
        show(visitor, -LATE)
        shown = visitor.send(path, sent | answer | {"again_code": [visitor.code()]})
        assert (shown.status, "Nothing has been done yet" in shown.words) == (200, True), (path, shown.status, shown.words[:300])
        assert str(escape(TYPED)) in shown.text, "to be copied"
        assert visitor.send(path, sent | {"again_anew": ["yes"]}).status == 200, "nor where they showed it in another window"
        bare = visitor.send(path, {"forgery_word": [word_of(visitor)], "again_anew": ["yes"]})
        assert bare.status == 303, "without anything typed at once"
        assert bare.headers["Location"].startswith("/portal/"), path


def test_every_form_that_asks_waits_with_all_that_was_typed_and_then_is_done_as_if_it_had_come_alone(world: PortalWorld) -> None:
    forms = [form for form in asking(world) if form.endpoint not in ANEW]
    entered_with_passwords(world, forms)
    for form in forms:
        visitor, path = world.visitor(form.kinds()[0]), world.path(form)
        sent = SENT | {"forgery_word": [word_of(visitor)]}
        show(visitor)
        alone = told(visitor.send(path, sent))
        assert alone[0] in {400, 404, 422}, (path, alone)
        show(visitor, -LATE)
        asked = visitor.send(path, sent)
        assert asked.asks_again, (path, asked.status, asked.words[:300])
        ways = [one for one in forms_of(asked.text) if one.action == f"/portal{path}"]
        assert [kept(one) for one in ways] == [SENT] * 3, path
        world.running.clock.shift += timedelta(seconds=30)  # no code counts twice
        show(visitor, -LATE)
        assert told(visitor.send(path, visitor.again())) == alone, path
    assert len(forms) > 50
