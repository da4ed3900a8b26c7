"""The matrix of patterns in a real browser: with released numbers and with sightings, on a desk, on a phone, in the dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.domain.vocabulary import MemberRole
from tests.factories.browsers import PHONE, desk
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.patterns import publish, released, reported, sighted
from tests.factories.portal_readers import let_read
from tests.factories.portal_visitors import Visitor, entered


@pytest.fixture
def analyst(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> Visitor:
    let_read(running, platform)
    for codes, weekly in ((("OP-017", "OP-016"), (1, 0, 2, 1, 3)), (("OP-012",), (2, 1, 1, 0, 1)), (("OP-003",), (1,))):
        sighted(running, hotline, publish(platform, *codes), weekly)
    reported(running, 14, "OP-017", "OP-012", "OP-011", "OP-003", "OP-021")
    released(running)
    return entered(running, platform, MemberRole.ANALYST)


def test_somebody_looks_up_what_happens_and_what_helps(browser: Browser, url: str, analyst: Visitor, pictures: Path) -> None:
    with desk(browser, url) as one:
        one.enter(analyst)
        one.open("/patterns")
        expect(one.page.get_by_text("7 sightings").first).to_be_visible()
        one.check_accessible()
        one.picture(pictures, "matrix")
        one.page.locator("#surface").select_option("live-stream")
        one.page.locator("#numbers").select_option("released")
        one.choose("Show")
        expect(one.page.get_by_text(re.compile(r"^[0-9]+ organisations")).first).to_be_visible()
        one.check_accessible()
        one.picture(pictures, "matrix-released")
        one.choose("Repeated short-lived rooms")
        expect(one.page.get_by_role("heading", level=1)).to_have_text("Repeated short-lived rooms")
        one.check_accessible()
        one.picture(pictures, "behaviour")
        one.page.get_by_role("link", name="CM-007").first.click()
        one.check_accessible()
        one.picture(pictures, "countermeasure")
        with one.page.expect_download():
            one.page.goto(f"{url}/portal/patterns")
            one.page.get_by_role("link", name="Picture").click()
    with desk(browser, url, viewport=PHONE, java_script_enabled=False) as phone:
        phone.enter(analyst)
        phone.open("/patterns?numbers=released")
        phone.picture(pictures, "matrix-phone")
        phone.open("/patterns/behaviours/OP-017?surface=live-stream")
        phone.picture(pictures, "behaviour-phone")
