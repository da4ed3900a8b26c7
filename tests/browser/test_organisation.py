"""An administrator adds and invites a member, and issues and revokes a credential, in a real browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from app.domain.vocabulary import MemberRole
from tests.factories.browsers import PHONE, desk
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import entered


def test_an_administrator_keeps_members_and_credentials(
    browser: Browser, url: str, running: RunningExchange, platform: FakePartner, pictures: Path
) -> None:
    with desk(browser, url) as administrator:
        administrator.enter(entered(running, platform, MemberRole.ADMINISTRATOR))
        administrator.open("/organisation")
        administrator.check_accessible()
        administrator.picture(pictures, "organisation")
        administrator.choose("Members and roles")
        administrator.choose("Add a member")
        administrator.fill("Name", "Synthetic newcomer")
        administrator.page.get_by_label("Analyst", exact=True).check()
        administrator.page.get_by_role("button", name="Add", exact=True).click()
        expect(administrator.page.get_by_role("heading", name="Synthetic newcomer", exact=True)).to_be_visible()
        administrator.choose("Make a link")
        expect(administrator.page.locator("code.link")).to_contain_text("/portal/invitations/")
        administrator.check_accessible()
        administrator.picture(pictures, "invited")
        administrator.choose("Credentials")
        administrator.choose("Issue a token")
        administrator.fill("Service account", "feed reader")
        administrator.page.get_by_role("checkbox").first.check()
        administrator.choose("Issue, and show it once")
        expect(administrator.page.locator("code.token")).to_contain_text("bw_")
        administrator.check_accessible()
        administrator.picture(pictures, "issued")
        administrator.choose("To the credentials")
        administrator.page.get_by_role("link", name="feed reader").click()
        expect(administrator.page.locator("code.token")).to_have_count(0)
        administrator.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # Playwright's own shape
        administrator.picture(pictures, "credential-phone")
        administrator.fill("Why", "It is not used any more.")
        administrator.choose("Revoke it")
        expect(administrator.page.get_by_text("Revoked", exact=True)).to_be_visible()


def test_a_long_list_is_gone_through_and_back_by_keyboard_and_without_scripts_on_a_phone(
    browser: Browser, url: str, running: RunningExchange, platform: FakePartner
) -> None:
    for number in range(55):
        entered(running, platform, MemberRole.ANALYST, name=f"Newcomer {number:02}")
    visitor = entered(running, platform, MemberRole.ADMINISTRATOR)
    for options in ({}, {"viewport": PHONE, "java_script_enabled": False}):
        with desk(browser, url, **options) as administrator:
            administrator.enter(visitor)
            administrator.open("/organisation/members")
            more = administrator.page.get_by_role("navigation", name="More members")
            expect(more).to_contain_text("1 to 50 of 56")
            if not options:
                administrator.check_accessible()
            more.get_by_role("link", name="Show more").focus()
            administrator.page.keyboard.press("Enter")
            expect(more).to_contain_text("51 to 56 of 56")
            expect(administrator.page.get_by_role("rowheader")).to_have_count(6)
            if not options:
                administrator.check_accessible()
            more.get_by_role("link", name="Go back").focus()
            administrator.page.keyboard.press("Enter")
            expect(more).to_contain_text("1 to 50 of 56")
            width = administrator.page.locator("html").bounding_box()
            assert width is not None
            assert width["width"] <= administrator.page.viewport_size["width"]  # type: ignore[index]  # it was set
