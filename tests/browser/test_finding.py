"""From words to a case file, in a real browser: search, narrow, keep, open, check the proofs, change a byte, print."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.domain.vocabulary import KeyAlgorithm
from breakwater_client.trust.keys import PrivateKey
from tests.factories.browsers import PHONE, Desk, desk
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_finders import analyst_of, publish, reads_in_the_portal
from tests.factories.portal_visitors import Visitor
from tests.factories.stix_objects import context, indicator, newer, report
from tests.portal.finding.test_neighbours import connection
from tests.portal.finding.test_proof_page import checkpoint

HOLDS = "Everything holds: signed by its publisher's key, and in the log."


@pytest.fixture
def publisher(running: RunningExchange, platform: FakePartner) -> FakePartner:
    return reads_in_the_portal(running, platform)


def world(running: RunningExchange, publisher: FakePartner) -> str:
    """Publish rooms that others refer to, in two versions, with a checkpoint of the log. Gives their id."""
    rooms, others = indicator(confidence=80, stated=context(behaviours=["OP-017"])), indicator(name="Invite links that are sold")
    publish(publisher, rooms, others, report([rooms["id"], others["id"]]), connection(others["id"], rooms["id"], "related-to"))
    publish(publisher, newer(rooms, description="Rooms that open and close; see https://rooms.example.org/1.", confidence=90))
    checkpoint(running)
    stix_id: str = rooms["id"]
    return stix_id


def expect_outcomes(one: Desk, *outcomes: str) -> None:
    """Wait until the steps have these outcomes."""
    for place, outcome in enumerate(outcomes):
        expect(one.page.locator("[data-step]").nth(place)).to_have_attribute("data-outcome", outcome)


@pytest.fixture
def reader(running: RunningExchange, publisher: FakePartner, hotline: FakePartner) -> Visitor:
    world(running, publisher)
    return analyst_of(running, reads_in_the_portal(running, hotline))


def test_somebody_finds_an_object_keeps_the_search_and_proves_it(
    browser: Browser, url: str, reader: Visitor, pictures: Path
) -> None:
    with desk(browser, url) as one:
        one.enter(reader)
        one.open("/search")
        one.check_accessible()
        one.picture(pictures, "search-empty")
        one.page.get_by_role("search").get_by_label("Words", exact=True).fill("rooms")
        one.page.get_by_role("search").get_by_role("button").click()
        one.page.get_by_role("link", name="Indicator", exact=True).click()
        expect(one.page.get_by_role("link", name="leave out")).to_have_count(2)
        one.check_accessible()
        one.picture(pictures, "search")
        one.page.get_by_text("Keep this search").click()
        one.fill("What you call it", "Short rooms")
        one.choose("Keep it")
        one.check_accessible()
        one.picture(pictures, "kept")
        one.choose("Search again")
        one.page.get_by_role("link", name="Repeated short-lived rooms", exact=True).click()
        one.check_accessible()
        one.picture(pictures, "object")
        one.choose("Versions")
        one.check_accessible()
        one.picture(pictures, "versions")
        one.choose("Proofs")
        expect(one.page.locator("[data-verdict]")).to_have_text(HOLDS)
        expect_outcomes(one, *["holds"] * 6)
        one.check_accessible()
        one.picture(pictures, "proofs")
        text = one.page.get_by_label("The object, byte for byte")
        text.fill(text.input_value().replace("open and close", "open and shut"))
        one.choose("Check again")
        expect_outcomes(one, "holds", "holds", "fails", "skipped")
        expect(one.page.locator("[data-verdict]")).to_contain_text("This does not hold")
        one.picture(pictures, "proofs-changed")
        one.choose("Print")
        one.check_accessible()
        one.page.emulate_media(media="print")
        one.page.pdf(path=pictures / "print.pdf")
        one.picture(pictures, "print")


def test_every_part_of_a_proof_that_is_changed_fails_at_its_step(
    browser: Browser, url: str, running: RunningExchange, publisher: FakePartner
) -> None:
    stix_id = world(running, publisher)
    with desk(browser, url) as one:
        one.enter(analyst_of(running, publisher))
        one.open(f"/objects/{stix_id}/proofs")
        expect(one.page.locator("[data-verdict]")).to_have_text(HOLDS)
        form = one.page.locator("form[data-given]")
        given, keys = form.get_attribute("data-given") or "", form.get_attribute("data-keys") or ""
        changed = [
            ('"log_index": ', '"log_index": 1', "data-given", 3),
            ('"salt": "', '"salt": "00', "data-given", 3),
            ("\\n2", "\\n3", "data-given", 3),
            ("breakwater-exchange/", "breakwater-exchange/0", "data-given", 4),
            (f'"owner": "{publisher.identity_id}', '"owner": "identity--0', "data-keys", 1),
            ('"usage": "checkpoint-signing"', '"usage": "statement-signing"', "data-keys", 4),
        ]
        for before, after, name, step in changed:
            whole = {"data-given": given, "data-keys": keys}
            if before not in whole[name]:
                continue
            for each, value in (whole | {name: whole[name].replace(before, after, 1)}).items():
                form.evaluate("(form, [name, value]) => form.setAttribute(name, value)", [each, value])
            one.choose("Check again")
            expect_outcomes(one, *["holds"] * step, "fails")


def test_a_key_of_the_other_kind_verifies_as_well_and_a_phone_shows_it(
    browser: Browser, url: str, running: RunningExchange, publisher: FakePartner, pictures: Path
) -> None:
    partner = running.enrol("Synthetic Platform B", has_key=False)
    partner.key = PrivateKey.generate(KeyAlgorithm.P256)
    keyid = partner.register_key().json["keyid"]
    assert running.operator.post(f"keys/{keyid}/activation").status == 200
    partner.audience_id = partner.register_audience(roles=["any"], jurisdictions=["any"])
    reads_in_the_portal(running, partner)
    stix_id = publish(partner, indicator(description="Räume, \N{SNOWMAN} and \u2028 lines"))
    checkpoint(running)
    running.do_all_work()
    assert publisher.partner_id != partner.partner_id
    with desk(browser, url, viewport=PHONE) as one:
        one.enter(analyst_of(running, partner))
        one.open(f"/objects/{stix_id}/proofs")
        expect(one.page.locator("[data-verdict]")).to_have_text(HOLDS)
        one.picture(pictures, "proofs-phone")
        one.open(f"/objects/{stix_id}")
        one.picture(pictures, "object-phone")
        one.open("/search?show=newest")
        one.picture(pictures, "search-phone")
