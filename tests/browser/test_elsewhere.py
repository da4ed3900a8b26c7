"""Adding an account elsewhere, and signing in with it, by a person's hands; with scripts and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.domain.vocabulary import MemberRole
from tests.factories.browsers import PHONE, Desk, desk, serving
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.openid_providers import Simulator, offer, simulator
from tests.factories.portal_visitors import entered


@pytest.fixture
def provider(running: RunningExchange, tmp_path: Path) -> Iterator[Simulator]:
    with simulator(tmp_path / "provider") as started:
        offer(running, started)
        yield started


@pytest.fixture
def address(running: RunningExchange, provider: Simulator) -> Iterator[str]:
    """Where the exchange answers that offers the provider."""
    assert running.exchange.providers[0].issuer == provider.issuer
    with serving(running) as url:
        yield url


def at_provider(person: Desk) -> None:
    """Say at the provider that it is oneself."""
    expect(person.page.get_by_role("heading", name="Provider")).to_be_visible()
    person.page.get_by_role("link", name="It is me").click()


def test_a_person_adds_an_account_and_signs_in_with_it(
    browser: Browser, address: str, running: RunningExchange, platform: FakePartner, provider: Simulator
) -> None:
    visitor = entered(running, platform, MemberRole.ANALYST)
    with desk(browser, address, ignore_https_errors=True) as analyst:
        analyst.also.append(provider.issuer)
        analyst.enter(visitor)
        analyst.open("/account")
        analyst.check_accessible()
        analyst.choose("Add my account of Example sign-in")
        at_provider(analyst)
        expect(analyst.page).to_have_url(f"{address}/portal/account")
        expect(analyst.page.get_by_role("row", name="Example sign-in")).to_contain_text("subject-1")
        analyst.check_accessible()
        analyst.choose("Sign out")
        expect(analyst.page).to_have_url(f"{address}/portal/sign-in")
        analyst.open("/sign-in?back=/account")
        analyst.check_accessible()
        analyst.choose("Sign in with Example sign-in")
        at_provider(analyst)
        expect(analyst.page).to_have_url(f"{address}/portal/account")
        expect(analyst.page.get_by_role("link", name="Show that it is you to add or remove accounts")).to_be_visible()
        analyst.check_accessible()


def test_without_javascript_on_a_phone_it_works_by_two_buttons(
    browser: Browser, address: str, running: RunningExchange, platform: FakePartner, provider: Simulator
) -> None:
    visitor = entered(running, platform, MemberRole.ANALYST)
    with desk(browser, address, ignore_https_errors=True, viewport=PHONE, java_script_enabled=False) as analyst:
        analyst.also.append(provider.issuer)
        analyst.enter(visitor)
        analyst.open("/account")
        analyst.choose("Add my account of Example sign-in")
        at_provider(analyst)
        analyst.choose("Go on")
        expect(analyst.page).to_have_url(f"{address}/portal/account")
        analyst.choose("Sign out")
        analyst.choose("Sign in with Example sign-in")
        at_provider(analyst)
        analyst.choose("Go on")
        expect(analyst.page).to_have_url(f"{address}/portal/")


def test_the_page_that_leads_on_is_accessible(
    browser: Browser, address: str, provider: Simulator, running: RunningExchange
) -> None:
    with desk(browser, address, ignore_https_errors=True) as somebody:
        somebody.also.append(provider.issuer)
        somebody.page.route(f"{provider.issuer}/**", lambda route: route.abort())
        somebody.open("/sign-in")
        form = somebody.page.locator("form[action$='/sign-in/elsewhere/example']")
        word = form.locator("[name=forgery_word]").input_value()
        answer = somebody.page.request.post(
            f"{address}/portal/sign-in/elsewhere/example",
            form={"forgery_word": word, "back": ""},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        page = answer.text().replace("http-equiv", "data-equiv")  # so that it stays open to be looked at
        somebody.page.route(f"{address}/portal/sign-in", lambda route: route.fulfill(body=page, content_type="text/html"))
        somebody.open("/sign-in")
        expect(somebody.page.get_by_role("link", name="Go on to Example sign-in")).to_be_visible()
        somebody.check_accessible()
    assert len(running.exchange.providers) == 1
