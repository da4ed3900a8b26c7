"""A recall arrives, the first page says so, somebody answers it, the partner's key signs, and its owner sees it: in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.domain.vocabulary import MemberRole
from tests.factories.browsers import PHONE, desk
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.feedback import give
from tests.factories.portal_readers import let_read, recall, sign_as_partner
from tests.factories.portal_visitors import entered
from tests.factories.stix_objects import indicator


@pytest.fixture
def partners(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> tuple[FakePartner, FakePartner]:
    """The platform and the hotline, which read at the portal."""
    let_read(running, platform, hotline)
    return platform, hotline


def test_a_recall_is_answered_signed_and_seen_by_its_owner(
    browser: Browser, url: str, running: RunningExchange, partners: tuple[FakePartner, FakePartner], pictures: Path
) -> None:
    platform, hotline = partners
    notice = recall(running, platform, hotline)
    with desk(browser, url) as reviewer:
        reviewer.enter(entered(running, hotline, MemberRole.REVIEWER))
        reviewer.open("/")
        expect(reviewer.page.get_by_text("recall or second look to answer")).to_be_visible()
        reviewer.check_accessible()
        reviewer.picture(pictures, "home")
        reviewer.choose("Answer recalls")
        reviewer.check_accessible()
        reviewer.picture(pictures, "recalls")
        reviewer.choose("It was taken back")
        reviewer.page.get_by_label("Deleted", exact=True).check()
        reviewer.picture(pictures, "recall")
        reviewer.page.get_by_role("button", name="Answer").click()
        expect(reviewer.page.get_by_text("Waits for your organisation's signature").first).to_be_visible()
        reviewer.check_accessible()
        reviewer.picture(pictures, "recall-waits")
        sign_as_partner(running, hotline, notice["id"])
        reviewer.open("/")
        expect(reviewer.page.get_by_text("Nothing waits for you.")).to_be_visible()
    with desk(browser, url, viewport=PHONE) as owner:
        owner.enter(entered(running, platform, MemberRole.ADMINISTRATOR))
        owner.open("/answer/own-recalls")
        owner.check_accessible()
        owner.choose("It was taken back")
        expect(owner.page.get_by_text("Deleted (1)")).to_be_visible()
        owner.check_accessible()
        owner.picture(pictures, "own-recall-phone")


def test_home_shows_what_came_of_ones_own_and_feedback_is_given_on_a_phone(
    browser: Browser, url: str, running: RunningExchange, partners: tuple[FakePartner, FakePartner], pictures: Path
) -> None:
    platform, hotline = partners
    values = [indicator(name=f"Repeated rooms {number}") for number in range(3)]
    platform.submit(*values)
    give(hotline, values[0]["id"], "outcome", "actioned")
    give(hotline, values[1]["id"], "sighting", count=4)
    with desk(browser, url) as owner:
        owner.enter(entered(running, platform, MemberRole.ANALYST))
        owner.open("/")
        expect(owner.page.get_by_text("1 time acted on, after a review by people")).to_be_visible()
        owner.check_accessible()
        owner.picture(pictures, "home-followed")
        owner.open(f"/objects/{values[2]['id']}/recall")
        owner.check_accessible()
        owner.picture(pictures, "recall-own")
    with desk(browser, url, viewport=PHONE) as analyst:
        analyst.enter(entered(running, hotline, MemberRole.ANALYST))
        analyst.open("/")
        analyst.check_accessible()
        analyst.picture(pictures, "home-phone")
        analyst.open(f"/objects/{values[2]['id']}/feedback")
        analyst.check_accessible()
        analyst.picture(pictures, "feedback-phone")
        analyst.page.get_by_label("What happened?").select_option("reported")
        analyst.choose("Say what happened")
        expect(analyst.page.get_by_text("Waits for your organisation's signature").first).to_be_visible()
