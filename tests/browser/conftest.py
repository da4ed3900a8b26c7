"""A browser for each test process, and an exchange that serves its portal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.factories.browsers import PICTURES, NoBrowserError, launch, serving
from tests.factories.exchanges import RunningExchange
from tests.factories.furnished import furnished, hotline, platform, running

__all__ = ["furnished", "hotline", "platform", "running"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    with sync_playwright() as playwright:
        try:
            started = launch(playwright)
        except NoBrowserError as exc:
            pytest.fail(str(exc), pytrace=False)
        yield started
        started.close()


@pytest.fixture
def url(running: RunningExchange) -> Iterator[str]:
    """Where the exchange answers."""
    with serving(running) as address:
        yield address


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder for pictures of pages: where they are wanted, or one of this test."""
    return Path(PICTURES or tmp_path)
