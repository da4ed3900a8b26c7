"""Whoever may not do something is told so in plain words: every page and form of the url map, as everybody without the right."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from app.domain.permissions import Permission
from app.policy.scopes import SCOPES, PrincipalKind
from app.portal.application import BLUEPRINTS
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.furnished import furnished, hotline, platform, running
from tests.factories.portal_visitors import Page, Visitor
from tests.factories.portal_world import FOR_STAFF, KINDS, STAFF, PortalPage, PortalWorld, portal_pages

__all__ = ["furnished", "hotline", "platform", "running"]
PARTS = sorted(one.name for one in BLUEPRINTS)
ENDS_SESSIONS = frozenset({"account.end_others", "signing_in.leave"})
_INTERNAL = re.compile(
    r"\b(?:[a-z-]+:(?:read|write|answer|ask|decide|enter|propose|review|search|sign|submit|acknowledge|activate|checkpoint)"
    r"|breakwater [a-z]|[Pp]ermissions?|[Rr]outes?|query parameters?|[Ss]copes?|endpoint|[Pp]rincipal|[Ii]dempotency|JSON)\b"
    r"|/api/v1"
)
"""Words of whoever writes or runs a program."""


@pytest.fixture
def world(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> PortalWorld:
    return PortalWorld(running, platform, hotline)


def without_the_right(page: PortalPage) -> list[str]:
    """Give the kinds of people who do not pass a page's gate, or to whom a page of the exchange's own does not exist."""
    if page.is_public:
        return []
    holding = {kind for kind in KINDS if page.terms.for_everybody or set(page.terms.permissions) & _scopes(kind)}
    outside = set(KINDS) - STAFF if page.rule.rule.startswith(FOR_STAFF) else set()
    return [kind for kind in KINDS if kind in outside or kind not in holding]


def _scopes(kind: str) -> frozenset[Permission]:
    return SCOPES[PrincipalKind(kind)]


def refused(world: PortalWorld, part: str, method: str) -> Iterator[tuple[str, Page]]:
    """Open every page of a part, or send every form, as everybody who may not."""
    words: dict[str, str] = {}
    for page in portal_pages(world.running, method):
        if page.endpoint.partition(".")[0] != part:
            continue
        for kind in without_the_right(page):
            visitor, path = world.visitor(kind), _path(page)
            if method == "POST" and kind not in words:
                words[kind] = _word(visitor)
            answer = visitor.get(path) if method == "GET" else visitor.send(path, {"forgery_word": words[kind]})
            yield f"{page.rule.rule} as {kind}", answer


def _word(visitor: Visitor) -> str:
    return visitor.get("/account").text.partition('name="forgery_word" value="')[2].partition('"')[0]


def _path(page: PortalPage) -> str:
    """Give a path of a page: whose thing it names does not matter to whoever may open none."""
    return "/".join("x" if part.startswith("<") else part for part in page.rule.rule.split("/"))


def assert_plain(answer: Page, where: str) -> None:
    """Fail if a page names a permission, a command, or a part of a request."""
    assert _INTERNAL.search(answer.words) is None, (where, _INTERNAL.search(answer.words), answer.words[:800])
    assert not any(permission in answer.text for permission in Permission), where
    title = answer.text.partition("<title>")[2].partition("</title>")[0]
    assert _INTERNAL.search(title) is None, (where, title)


@pytest.mark.parametrize("part", PARTS)
def test_who_may_not_is_told_so_in_plain_words_and_whom_to_ask(world: PortalWorld, part: str) -> None:
    for method in ("GET", "POST"):
        for where, answer in refused(world, part, method):
            assert answer.status in {403, 404}, (where, answer.status)
            assert_plain(answer, where)
            if answer.status == 403:
                assert re.search(r"This is for (people of|the exchange's own people)", answer.words), (where, answer.words[:600])
                assert re.search(r"ask (an|another) (administrator|operator)", answer.words), where


def test_the_walk_meets_most_pages_and_forms(world: PortalWorld) -> None:
    met = [page.endpoint for method in ("GET", "POST") for page in portal_pages(world.running, method) if without_the_right(page)]
    assert len(met) > 150


@pytest.mark.parametrize("part", PARTS)
def test_a_form_that_is_not_understood_names_nothing_internal_either(world: PortalWorld, part: str) -> None:
    for form in portal_pages(world.running, "POST"):
        if form.endpoint.partition(".")[0] != part or form.is_public or form.endpoint in ENDS_SESSIONS:
            continue
        for kind in form.kinds():
            visitor = world.visitor(kind)
            given = {"forgery_word": _word(visitor), "unknown": "x"}
            answer = visitor.send(_path(form), given)
            assert answer.status in {400, 403, 404, 422}, (form.rule.rule, kind, answer.status)
            assert_plain(answer, f"{form.rule.rule} as {kind}")
