"""From the invitation to a session, in a real browser: with a passkey, and without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.domain.vocabulary import MemberRole
from tests.factories.browsers import PHONE, desk
from tests.factories.exchanges import Caller, FakePartner, RunningExchange
from tests.factories.portal_visitors import PASSWORD, Visitor, invitation


@pytest.fixture
def administrator(running: RunningExchange, platform: FakePartner) -> Caller:
    return running.person(platform, running.operator, MemberRole.ADMINISTRATOR)


def test_an_invited_person_makes_a_passkey_and_signs_in_with_it(
    browser: Browser, url: str, administrator: Caller, pictures: Path
) -> None:
    link = invitation(administrator, MemberRole.ANALYST)
    with desk(browser, url) as analyst:
        analyst.add_authenticator()
        analyst.page.goto(link)
        analyst.check_accessible()
        analyst.picture(pictures, "invitation")
        analyst.page.locator("#passkey-login").fill("analyst.a@example.org")
        analyst.choose("Make a passkey")
        expect(analyst.page).to_have_url(f"{url}/portal/")
        analyst.check_accessible()
        analyst.open("/account")
        expect(analyst.page.get_by_role("row", name="My device")).to_be_visible()
        analyst.check_accessible()
        analyst.picture(pictures, "account")
        analyst.choose("Sign out")
        expect(analyst.page).to_have_url(f"{url}/portal/sign-in")
        analyst.check_accessible()
        analyst.picture(pictures, "sign-in")
        analyst.choose("Sign in with a passkey")
        expect(analyst.page).to_have_url(f"{url}/portal/")
        analyst.open("/show-again?back=/account")
        analyst.check_accessible()
        analyst.choose("Use a passkey")
        expect(analyst.page).to_have_url(f"{url}/portal/account")
        analyst.open("/nothing-here")
        analyst.check_accessible()
        analyst.picture(pictures, "nothing")


def test_without_javascript_on_a_phone_a_password_and_codes_do(
    browser: Browser, url: str, running: RunningExchange, administrator: Caller, pictures: Path
) -> None:
    link = invitation(administrator, MemberRole.ANALYST)
    codes = Visitor(running)
    with desk(browser, url, viewport=PHONE, java_script_enabled=False) as analyst:
        analyst.page.goto(link)
        codes.codes = analyst.page.locator("code.secret").inner_text()
        analyst.page.locator("#login").fill("analyst.b")
        analyst.fill("Password", PASSWORD)
        analyst.fill("Code", codes.code())
        analyst.picture(pictures, "invitation-phone")
        analyst.choose("Set up and sign in")
        expect(analyst.page).to_have_url(f"{url}/portal/")
