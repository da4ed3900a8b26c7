"""Every page of the portal in a real browser: axe finds nothing, nothing runs or loads that should not, a phone shows it whole.

What a page's path names is made by ``tests/factories/portal_world.py``. Where pictures are wanted (``make pictures``), those of
all of them are left there: on a desk in the light and in the dark, and on a phone.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.portal.application import BLUEPRINTS
from tests.factories.browsers import PHONE, PICTURES, Desk, desk
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_world import PortalPage, PortalWorld, portal_pages

PARTS = sorted({one.name for one in BLUEPRINTS} - {"assets"})


@pytest.fixture
def world(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> PortalWorld:
    return PortalWorld(running, platform, hotline)


@pytest.mark.parametrize("part", PARTS)
def test_every_page_is_accessible_and_fits_a_phone(browser: Browser, url: str, world: PortalWorld, part: str) -> None:
    for page in portal_pages(world.running):
        if page.endpoint.partition(".")[0] != part or not _is_a_page(world, page):
            continue
        [kind, *_] = page.kinds()
        with desk(browser, url) as one:
            if not page.is_public:
                one.enter(world.visitor(kind))
            one.open(world.path(page))
            one.check_accessible()
            _take_picture(one, page, "light")
            one.page.emulate_media(color_scheme="dark")
            one.check_accessible()
            _take_picture(one, page, "dark")
            _check_fits(one)
            one.page.emulate_media(color_scheme="light")
            _take_picture(one, page, "phone")


def _is_a_page(world: PortalWorld, page: PortalPage) -> bool:
    """Whether this is shown as a page: not a file, and not what leads on."""
    answer = world.visitor(page.kinds()[0]).get(world.path(page))
    return answer.status == 200 and answer.headers["Content-Type"].startswith("text/html")


def _check_fits(one: Desk) -> None:
    one.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # Playwright's own shape
    wide = one.page.evaluate("document.scrollingElement.scrollWidth")
    assert wide <= PHONE["width"], f"{one.page.url} is {wide} wide"


def _take_picture(one: Desk, page: PortalPage, kind: str) -> None:
    if PICTURES:
        one.page.screenshot(path=Path(PICTURES) / f"{page.endpoint}-{kind}.png", full_page=True)
