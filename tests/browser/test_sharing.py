"""From what somebody saw to the second reader, in a real browser: by keyboard alone, and without JavaScript on a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain.vocabulary import MemberRole
from tests.factories.browsers import PHONE, desk
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_drafts import begun, complete_form
from tests.factories.portal_visitors import Visitor, entered

_MOST_TABS = 120


@pytest.fixture
def analyst(running: RunningExchange, platform: FakePartner) -> Visitor:
    return entered(running, platform, MemberRole.ANALYST)


def reach(page: Page, selector: str) -> None:
    """Press Tab until what is meant has the focus."""
    for _ in range(_MOST_TABS):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} is not reached by keyboard")


def press(page: Page, selector: str, key: str = "Enter") -> None:
    """Go to something by keyboard and press a key there."""
    reach(page, selector)
    page.keyboard.press(key)


def follow(page: Page, selector: str) -> None:
    """Go to a link or button by keyboard and let it lead on."""
    reach(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, selector: str, text: str) -> None:
    """Go to a field by keyboard and type."""
    reach(page, selector)
    page.keyboard.type(text)


def test_a_report_is_entered_by_keyboard_alone_saved_as_one_types_and_handed_over(
    browser: Browser, url: str, analyst: Visitor, pictures: Path
) -> None:
    with desk(browser, url) as one:
        one.enter(analyst)
        page = one.open("/share")
        follow(page, "a.button.main")
        press(page, "#danger-1", "ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        follow(page, "form.card button.main")
        write(page, "#title", "Rooms that last minutes")
        press(page, "#harm_types-4", "Space")
        press(page, "#surfaces-6", "Space")
        write(page, "#find", "repeated short-lived")
        expect(page.locator("#behaviour-OP-017")).to_be_visible()
        expect(page.locator("#behaviour-OP-001")).to_be_hidden()
        press(page, "#behaviour-OP-017", "Space")
        write(page, "#paste", "hxxps://files.example[.]org/a?utm_source=post")
        expect(page.locator("#saved")).to_have_text(re.compile("^Saved:.*UTC$"))
        expect(page.locator("#readers")).to_contain_text("will see it")
        one.check_accessible()
        page.reload()
        expect(page.locator("#title")).to_have_value("Rooms that last minutes")
        expect(page.locator("#behaviour-OP-017")).to_be_checked()
        write(page, "#paste", "hxxps://files.example[.]org/a?utm_source=post")
        follow(page, "button[value=paste]")
        expect(page.locator("#row-0 code")).to_have_text("hxxps[:]//files[.]example[.]org/a")
        press(page, "#band-1", "ArrowDown")
        follow(page, "button[value=overview]")
        expect(page.get_by_role("heading", name="Who will see it")).to_be_visible()
        one.picture(pictures, "overview")
        follow(page, "main form button.main")
        expect(page.locator("main .badge")).to_have_text("With the second reader")


@pytest.mark.parametrize("words", ["blackmail", "Pretends to be", "fake profile", "zebra"])
def test_the_script_finds_the_behaviours_that_the_server_finds(browser: Browser, url: str, analyst: Visitor, words: str) -> None:
    with desk(browser, url) as one:
        one.enter(analyst)
        draft = begun(analyst, {}).draft_id
        page = one.open(f"/share/drafts/{draft}?find={words}")
        by_server = page.locator("[data-behaviour] input").evaluate_all("all => all.map(one => one.value)")
        page = one.open(f"/share/drafts/{draft}")
        page.locator("#find").fill(words)
        expect(page.locator("[data-behaviour]:not([hidden])")).to_have_count(len(by_server))
        by_script = page.locator("[data-behaviour]:not([hidden]) input").evaluate_all("all => all.map(one => one.value)")
        assert by_script == by_server
        assert (len(by_script) == 0) == (words == "zebra")
        assert page.locator("#found").inner_text() == ("No behaviour has these words." if words == "zebra" else "")
        page.locator("#find").fill("zebra blackmail")
        expect(page.locator("#behaviour-OP-013")).to_be_visible()
        expect(page.locator("#found")).to_have_text(re.compile("^No behaviour has all of these words"))


def test_what_must_not_be_here_is_told_while_one_types(browser: Browser, url: str, analyst: Visitor) -> None:
    with desk(browser, url) as one:
        one.enter(analyst)
        page = one.open(f"/share/drafts/{begun(analyst, {}).draft_id}")
        page.locator("#description").fill("Write to anna.b@mail.example.org")
        expect(page.locator("#saved")).to_contain_text("e-mail address")
        expect(page.locator("#description")).to_have_attribute("aria-invalid", "true")
        page.locator("#description").fill("Rooms that last minutes")
        expect(page.locator("#saved")).to_have_text(re.compile("^Saved:"))
        expect(page.locator("[data-autofault]")).to_have_count(0)
        page.locator("#urgency-1").click()
        expect(page.locator("h1")).to_have_text("Call first")


def test_without_javascript_on_a_phone_the_buttons_do_the_same(
    browser: Browser, url: str, analyst: Visitor, platform: FakePartner, pictures: Path
) -> None:
    draft = begun(analyst, complete_form(platform))
    with desk(browser, url, viewport=PHONE, java_script_enabled=False) as one:
        one.enter(analyst)
        page = one.open(f"/share/drafts/{draft.draft_id}")
        page.locator("#title").fill("Rooms on a phone")
        page.locator("#paste").fill("@Example.Account")
        page.locator("button[value=paste]").click()
        expect(page.locator("#row-1 code")).to_have_text("example.account")
        page.locator("button[value=preview]").click()
        expect(page.locator("#readers")).to_contain_text("will see it")
        one.picture(pictures, "draft-phone")
        page.locator("button[value=overview]").click()
        page.get_by_role("button", name="To the second reader").click()
        expect(page.locator("h1")).to_have_text("Rooms on a phone")
        expect(page.locator("main .badge")).to_have_text("With the second reader")
