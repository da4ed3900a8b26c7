"""A lost passkey, in browsers: two administrators let a colleague in anew; the queue, help and the keys."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from app.domain.sign_in import SignIn
from app.domain.vocabulary import MemberRole
from app.storage import sign_ins
from tests.factories.browsers import PHONE, desk
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import entered


def test_two_administrators_let_a_colleague_in_anew_who_lost_a_passkey(
    browser: Browser, url: str, running: RunningExchange, platform: FakePartner, pictures: Path
) -> None:
    lost = entered(running, platform, MemberRole.ANALYST, name="Synthetic Analyst")
    with running.exchange.database.write() as connection:
        sign_ins.save_sign_in(connection, SignIn(lost.person_id, "analyst.a"))
    first, second = (entered(running, platform, MemberRole.ADMINISTRATOR, name=f"Synthetic admin {one}") for one in "ab")
    with desk(browser, url) as one:
        one.enter(first)
        one.open("/recoveries")
        one.choose("Propose a recovery")
        one.page.get_by_label("Who lost what they sign in with").select_option(label="Synthetic Analyst")
        one.fill("What was lost", "The phone with the passkey.")
        one.fill("How you recognised them", "In person, at the office.")
        one.check_accessible()
        one.picture(pictures, "recovery-new")
        one.choose("Propose it")
        expect(one.page.get_by_text("Waits for a second person")).to_be_visible()
    with desk(browser, url, viewport=PHONE) as two:
        two.enter(second)
        two.open("/recoveries")
        two.check_accessible()
        two.picture(pictures, "recoveries-phone")
        two.choose("Synthetic Analyst")
        two.check_accessible()
        two.picture(pictures, "recovery-phone")
        two.choose("Agree and show the link")
        two.check_accessible()
        two.picture(pictures, "recovery-link-phone")
        link = two.page.locator("code.secret").inner_text()
    with desk(browser, url) as anew:
        anew.add_authenticator()
        anew.page.goto(link)
        expect(anew.page.locator("#passkey-login")).to_have_value("analyst.a")
        anew.choose("Make a passkey")
        expect(anew.page).to_have_url(f"{url}/portal/")
        anew.open("/account")
        expect(anew.page.get_by_text("Done: set up anew")).to_be_visible()
        anew.check_accessible()
        anew.picture(pictures, "recovery-account")


def test_keys_lead_through_the_portal_until_they_are_switched_off(
    browser: Browser, url: str, running: RunningExchange, platform: FakePartner, pictures: Path
) -> None:
    with desk(browser, url) as one:
        one.enter(entered(running, platform, MemberRole.ADMINISTRATOR))
        page = one.open("/review")
        one.check_accessible()
        one.picture(pictures, "review")
        one.open("/review/limits")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        one.check_accessible()
        one.picture(pictures, "keys")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        page.get_by_label("Drafts a day").focus()
        page.keyboard.type("?g1")
        expect(page.get_by_role("dialog")).to_be_hidden()
        page.locator("h1").click()
        page.keyboard.press("g")
        page.keyboard.press("1")
        expect(page).to_have_url(f"{url}/portal/")
        one.open("/help")
        one.check_accessible()
        one.picture(pictures, "help")
        page.get_by_label("Single keys do something").first.uncheck()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_hidden()
        one.open("/account")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_hidden()
