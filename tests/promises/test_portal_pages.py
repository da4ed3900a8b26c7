"""Every page of the portal, whoever opens it: inert, light, and another's things are absent things.

Walks the url map; ``tests/factories/portal_world.py`` says how to make what a page's path names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus

import pytest

from app.portal.application import BLUEPRINTS
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.furnished import furnished, hotline, platform, running
from tests.factories.page_forms import elements_of, forms_of
from tests.factories.portal_visitors import Page, Visitor
from tests.factories.portal_world import FOR_STAFF, PortalPage, PortalWorld, portal_pages

__all__ = ["furnished", "hotline", "platform", "running"]
MOST_BYTES = 100 * 1024
PARTS = sorted(one.name for one in BLUEPRINTS)
SHOWS_FILES = frozenset({"assets.asset"})
PROBES = (
    "<xss-probe onload=alert(1)>",
    "\"'><xss-probe onerror=alert(1)>",
    "</textarea></option></title><xss-probe>",
    "javascript:alert(1)//<xss-probe>",
    "{{ 7919*7907 }}${7919*7907}<xss-probe style=x:expression(alert(1))>",
    "\N{RIGHT-TO-LEFT OVERRIDE}<svg><xss-probe/onload=alert(1)>",
)
"""What inserts an element wherever a page forgets to escape."""
ENDS_SESSIONS = ("/sign-out", "/account/sessions/end")
_OF_EVENTS = re.compile(r"on[a-z]+")


@pytest.fixture
def world(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> PortalWorld:
    return PortalWorld(running, platform, hotline)


def shown(world: PortalWorld, part: str) -> Iterator[tuple[PortalPage, str, Visitor, Page]]:
    """Open every page of a part as everybody who may."""
    for page in portal_pages(world.running):
        if page.endpoint.partition(".")[0] == part and page.endpoint not in SHOWS_FILES:
            for kind in page.kinds():
                visitor = world.visitor(kind)
                yield page, kind, visitor, visitor.get(world.path(page, kind=kind))


def assert_inert(text: str, where: str) -> None:
    """Fail if a page holds an element that we did not write, or anything that a script could hide in."""
    for tag, attributes in elements_of(text):
        assert tag != "xss-probe", where
        assert tag != "script" or attributes.get("src"), where
        assert tag not in {"style", "iframe", "object", "embed", "base"}, (where, tag)
        for name, value in attributes.items():
            assert name != "style", (where, tag)
            assert not _OF_EVENTS.fullmatch(name), (where, tag, name)
            leads = name in {"href", "src", "action", "formaction", "xlink:href"}
            assert not leads or not (value or "").strip().lower().startswith(("javascript:", "data:", "//")), (where, tag, value)
    assert "62615533" not in text, where  # 7919 * 7907: a template evaluated what was typed


@pytest.mark.parametrize("part", PARTS)
def test_every_page_opens_and_is_light_and_inert(world: PortalWorld, part: str) -> None:
    for page, kind, _, answer in shown(world, part):
        where = f"{page.rule.rule} as {kind}"
        if answer.status == 303:
            continue
        assert answer.status == 200, (where, answer.words[:600])
        if answer.headers["Content-Type"].startswith("text/html"):
            assert len(answer.text.encode()) < MOST_BYTES, where
            assert_inert(answer.text, where)
            assert answer.text.count("<h1") == 1, where


def test_of_every_part_something_is_shown_rather_than_led_on(world: PortalWorld) -> None:
    open_pages = {page.endpoint for part in PARTS for page, _, _, answer in shown(world, part) if answer.status == 200}
    led_on = {page.endpoint for page in portal_pages(world.running)} - open_pages - SHOWS_FILES
    assert led_on == set(), "pages that this world shows to nobody: make their things in portal_world.py"


@pytest.mark.parametrize("part", PARTS)
def test_what_is_anothers_is_answered_like_what_is_not_there(world: PortalWorld, part: str) -> None:
    for page in portal_pages(world.running):
        is_for_staff = page.rule.rule.startswith(FOR_STAFF)  # whose people see all; tests/portal/operating/test_room.py
        if page.endpoint.partition(".")[0] != part or world.fixed(page) or page.endpoint in SHARED or is_for_staff:
            continue
        for kind in page.kinds():
            stranger = world.visitor(kind, world.hotline)
            absent = {name: _absent(world.argument(page.endpoint, name)) for name in page.rule.arguments}
            theirs, none = stranger.get(world.path(page)), stranger.get(world.path(page, absent))
            where = f"{page.rule.rule} as {kind}"
            assert none.status in {303, 404}, (where, none.status)
            assert (theirs.status, _plain(theirs)) == (none.status, _plain(none)), where


def _absent(value: str) -> str:
    """Give an id of the same form that nobody has."""
    half = len(value) // 2
    other = str.maketrans("01ab", "10ba")
    return value[:half] + value[half:].translate(other)


def _plain(answer: Page) -> str:
    if answer.status == HTTPStatus.SEE_OTHER:
        return answer.headers["Location"]
    return re.sub(r"[0-9a-f-]{32,36}|value=\"[0-9a-f]{64}\"", "", answer.text)


SHARED = frozenset({"assets.asset", "behaviours.show", "catalogue_releases.show", "countermeasures.show", "proposals.show"})
"""Pages of what everybody may know, or of what the platform shares with the hotline: each with its own tests."""


@pytest.mark.parametrize("part", PARTS)
def test_whatever_is_typed_into_any_field_stays_text(world: PortalWorld, part: str) -> None:
    for page, kind, visitor, answer in list(shown(world, part)):
        if answer.status != 200 or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        for form in forms_of(answer.text):
            for probe in PROBES[:: 1 if kind in {"nobody", "partner-analyst", "operator"} else len(PROBES)]:
                given = form.filled(probe)
                if form.action.endswith(ENDS_SESSIONS):
                    continue
                _send(visitor, form.action or f"/portal{world.path(page, kind=kind)}", form.method, given)
                assert visitor.page.status < 500, (form.action, probe)
                assert_inert(visitor.page.text, f"{form.action} as {kind}")
    for page, kind, _, answer in shown(world, part):
        assert_inert(answer.text, f"{page.rule.rule} as {kind}, afterwards")


def _send(visitor: Visitor, action: str, method: str, given: dict[str, list[str]]) -> None:
    path = action.removeprefix("/portal")
    if method == "get":
        visitor.get(path, query_string=given)
    else:
        visitor.send(path, given)
