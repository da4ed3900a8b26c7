"""An operator brings a partner in, in a real browser, from nothing to what may exchange; another operator approves."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from app.domain.vocabulary import StaffRole
from tests.factories.browsers import PHONE, Desk, desk
from tests.factories.exchanges import RunningExchange
from tests.factories.portal_onboarding import with_key
from tests.factories.portal_visitors import entered


def _see(one: Desk, pictures: Path, name: str) -> None:
    one.check_accessible()
    one.picture(pictures, name)


def _enrol(operator: Desk) -> str:
    page = operator.open("/exchange")
    operator.choose("Enrol an organisation")
    operator.fill("Name", "Synthetic Hotline")
    page.get_by_label("What it is").select_option("hotline")
    operator.fill("Country", "NL")
    operator.choose("Enrol")
    return page.url.rpartition("/")[2]


def test_an_operator_brings_a_partner_in_and_another_one_agrees(
    browser: Browser, url: str, running: RunningExchange, pictures: Path
) -> None:
    with desk(browser, url) as operator:
        operator.enter(entered(running, None, StaffRole.OPERATOR, name="Operator A"))
        partner_id = _enrol(operator)
        page = operator.page
        _see(operator, pictures, "partner-begun")
        operator.fill("Name of the administrator", "Administrator A")
        operator.choose("Add and make the link")
        expect(page.locator("code.secret")).to_contain_text("/portal/invitations/")
        operator.check_accessible()
        operator.choose("I have kept it: go on")
        partner, keyid = with_key(running, partner_id)
        page.reload()
        operator.choose("Compare and activate")
        operator.fill("The id as the partner told it", keyid)
        _see(operator, pictures, "key")
        operator.choose("It is the same: activate it")
        audience = partner.register_audience(roles=["any"], jurisdictions=["any"])
        page.reload()
        operator.choose("Write its agreement")
        page.get_by_label("Audience").select_option(audience)
        _see(operator, pictures, "draft")
        operator.choose("See what this changes")
        operator.fill("Why", "As was talked over.")
        _see(operator, pictures, "preview")
        operator.choose("Propose it")
        proposal = page.url.removeprefix(f"{url}/portal")
        expect(page.get_by_role("heading", name="You proposed this")).to_be_visible()
    with desk(browser, url, viewport=PHONE, java_script_enabled=False) as second:
        second.enter(entered(running, None, StaffRole.OPERATOR, name="Operator B"))
        page = second.open(proposal)
        second.picture(pictures, "approval-phone")
        second.fill("Why you decide so", "It is what was talked over.")
        second.choose("Approve exactly this")
        expect(page.get_by_text("Approved", exact=True)).to_be_visible()
        page = second.open(f"/exchange/partners/{partner_id}")
        expect(page.get_by_text("This organisation may exchange.")).to_be_visible()
        second.picture(pictures, "partner-phone")
