"""Nobody gets into the portal without a session: every page of its url map, every method, but for one written list."""

from __future__ import annotations

import re

from app.portal.application import PUBLIC
from app.web.context import MOUNTED
from app.web.gate import Terms
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.furnished import furnished, platform, running
from tests.factories.portal_visitors import Visitor

__all__ = ["furnished", "platform", "running"]
PUBLIC_PAGES = {
    ("GET", "/assets/<name>"),
    ("GET", "/invitations/<secret>"),
    ("GET", "/sign-in"),
    ("GET", "/sign-in/elsewhere/<provider>/answer"),
    ("POST", "/invitations/<secret>"),
    ("POST", "/invitations/<secret>/passkey"),
    ("POST", "/invitations/<secret>/passkey/options"),
    ("POST", "/sign-in"),
    ("POST", "/sign-in/elsewhere/<provider>"),
    ("POST", "/sign-in/elsewhere/<provider>/answer"),
    ("POST", "/sign-in/passkey"),
    ("POST", "/sign-in/passkey/options"),
}


def pages(running: RunningExchange) -> list[tuple[str, str, str]]:
    """Give method, rule and endpoint of every page."""
    [portal] = running.app.extensions[MOUNTED]
    return [
        (method, rule.rule, rule.endpoint)
        for rule in portal.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def test_the_public_list_is_the_written_one(running: RunningExchange) -> None:
    assert {(method, rule) for method, rule, endpoint in pages(running) if endpoint in PUBLIC} == PUBLIC_PAGES


def test_every_other_page_leads_nobody_further_than_to_sign_in(running: RunningExchange, platform: FakePartner) -> None:
    visitor = Visitor(running)
    for method, rule, endpoint in pages(running):
        path = re.sub(r"<[^>]*>", "x", rule)
        if endpoint in PUBLIC:
            continue
        for headers in ({}, {"Authorization": f"Bearer {platform.token}"}, {"Cookie": f"breakwater={platform.token}"}):
            answer = visitor.client.open(f"/portal{path}", method=method, headers={"Sec-Fetch-Site": "same-origin"} | headers)
            assert answer.status_code == 303, (method, rule)
            assert answer.headers["Location"].startswith("/portal/sign-in")


def test_every_page_says_for_whom_it_is(running: RunningExchange) -> None:
    [portal] = running.app.extensions[MOUNTED]
    for _, rule, endpoint in pages(running):
        terms: Terms = portal.view_functions[endpoint].terms  # type: ignore[attr-defined]  # the blueprint puts it there
        assert endpoint in PUBLIC or terms.for_everybody or terms.permissions, rule
