"""A real browser on a real server: Debian's Chromium, driven by Playwright, and an exchange that answers over a socket.

Every page is watched: an error of a script, a violation of the content security policy or a request to any other host fails the
test.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from app.web.context import attach
from tests.factories.exchanges import RunningExchange
from tests.factories.portal_visitors import Visitor

_SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
PICTURES = os.environ.get("BREAKWATER_PICTURES")
"""The folder where pictures are wanted (``make pictures``), None in a test that is for itself."""
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
_PATIENCE_MILLISECONDS = 60_000  # of whoever looks at a page, which a busy machine takes its time for


class _Silent(WSGIRequestHandler):
    """Logs no request: paths hold secrets of invitations."""

    def log(self, *_args: object) -> None:  # type: ignore[override]  # nothing is logged, whatever it is
        """Log nothing."""


class NoBrowserError(Exception):
    """Chromium is not installed."""


def launch(playwright: Playwright) -> Browser:
    """Start Debian's Chromium; raises ``NoBrowserError`` where there is none."""
    path = shutil.which("chromium")
    if path is None:
        raise NoBrowserError("Browser tests need Chromium (Debian: apt-get install chromium).")
    return playwright.chromium.launch(executable_path=path, args=list(_SWITCHES))


@contextmanager
def serving(running: RunningExchange) -> Iterator[str]:
    """Let an exchange answer on a port of this machine, and give its address. Passkeys need a name, so it is ``localhost``."""
    server = make_server("127.0.0.1", 0, running.app, threaded=True, request_handler=_Silent)
    url = f"http://localhost:{server.server_port}"
    attach(running.app, replace(running.exchange, duty=replace(running.exchange.duty, origin=url)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        attach(running.app, running.exchange)


@dataclass
class Desk:
    """One person's browser, and what went wrong in it."""

    context: BrowserContext
    url: str
    page: Page = field(init=False)
    wrong: list[str] = field(default_factory=list)
    also: list[str] = field(default_factory=list)
    """Where else this person may go: the beginnings of addresses."""

    def __post_init__(self) -> None:
        """Open a page and watch it."""
        self.page = self.context.new_page()
        self.page.on("console", self._heed_console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error.name}"))
        self.page.on("request", self._heed_request)

    def open(self, path: str) -> Page:
        """Open a page of the portal and give it."""
        self.page.goto(f"{self.url}/portal{path}")
        return self.page

    def choose(self, name: str) -> None:
        """Press the button, or follow the link, of this name."""
        found = self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name))
        found.first.click()
        self.page.wait_for_load_state()

    def enter(self, visitor: Visitor) -> None:
        """Take over the session of somebody who has ``entered``."""
        self.context.add_cookies([{"name": "breakwater", "value": visitor.secret, "url": self.url}])

    def fill(self, label: str, value: str) -> None:
        """Type into the field of this label."""
        self.page.get_by_label(label, exact=True).last.fill(value)

    def add_authenticator(self) -> None:
        """Let this browser have a device that makes passkeys and says yes."""
        session = self.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def check_accessible(self) -> None:
        """Fail if axe finds something on the open page against WCAG 2.2 AA."""
        options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
        found = Axe().run(self.page, options=options)
        told = [(one["id"], one["help"], [node["html"][:160] for node in one["nodes"]]) for one in found.response["violations"]]
        assert told == [], f"{self.page.url}: {told}"

    def picture(self, folder: Path, name: str) -> None:
        """Take pictures if they are wanted (``PICTURES``): what the window shows; the whole page in the light and the dark."""
        if PICTURES is None:
            return
        self.page.screenshot(path=folder / f"{name}.png")
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of Playwright's words
            self.page.screenshot(path=folder / f"{name}-{scheme}.png", full_page=True)
        self.page.emulate_media(color_scheme="light")

    def _heed_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "the server responded with a status of" not in message.text:
            self.wrong.append(f"console: {message.text}")

    def _heed_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/portal/", *self.also)):
            self.wrong.append(f"outside: {request.url}")


@contextmanager
def desk(browser: Browser, url: str, **options: Any) -> Iterator[Desk]:
    """Give a person's browser without cookies; what went wrong in it fails the test at the end."""
    context = browser.new_context(viewport=options.pop("viewport", DESK), reduced_motion="reduce", **options)
    context.set_default_timeout(_PATIENCE_MILLISECONDS)
    expect.set_options(timeout=_PATIENCE_MILLISECONDS)
    made = Desk(context, url)
    try:
        yield made
        assert made.wrong == []
    finally:
        context.close()
