"""The pages of leaving and coming back; what they let happen is in ``tests/promises/test_openid.py``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.exchanges import RunningExchange
from tests.factories.openid_providers import Simulator, offer, simulator
from tests.factories.portal_visitors import Visitor


@pytest.fixture
def other(running: RunningExchange, tmp_path: Path) -> Iterator[Simulator]:
    with simulator(tmp_path / "provider", title="Example & <b>Co</b>") as started:
        offer(running, started)
        yield started


def test_titles_are_text(running: RunningExchange, other: Simulator) -> None:
    visitor = Visitor(running)
    assert "Sign in with Example & <b>Co</b>" in visitor.get("/sign-in").words.replace("&lt;", "<").replace("&gt;", ">")
    assert "<b>Co" not in visitor.page.text
    assert visitor.post("/sign-in/elsewhere/example", {"back": ""}).status == 200
    assert "<b>Co" not in visitor.page.text
    assert other.issuer in visitor.page.text


@pytest.mark.parametrize("query", ["", "?state=", "?code=x&code=y&state=z", "?state=" + "x" * 9_000, "?state=a%00b", "?other=1"])
def test_an_address_that_says_nothing_that_fits_is_shown_as_one_that_says_nothing(
    running: RunningExchange, other: Simulator, query: str
) -> None:
    page = Visitor(running).get(f"/sign-in/elsewhere/{other.name}/answer{query}")
    assert page.status == 200
    for name in ("code", "state", "iss", "error"):
        assert f'name="{name}" value=""' in page.text


def test_what_the_address_says_is_text(running: RunningExchange, other: Simulator) -> None:
    page = Visitor(running).get(f'/sign-in/elsewhere/{other.name}/answer?state="><script>alert(1)</script>')
    assert "<script>alert" not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


def test_the_forms_take_what_they_know_alone(running: RunningExchange, other: Simulator) -> None:
    visitor = Visitor(running)
    visitor.get("/sign-in")
    assert visitor.post("/sign-in/elsewhere/example", {"back": "", "more": "x"}).status == 400
    assert visitor.post("/sign-in/elsewhere/example/answer", {"state": ["a", "b"]}).status == 400
    assert other.asked == []


def test_the_cookie_of_who_is_away_goes_when_they_are_back(running: RunningExchange, other: Simulator) -> None:
    visitor = Visitor(running)
    visitor.get("/sign-in")
    visitor.post("/sign-in/elsewhere/example", {"back": ""})
    assert visitor.client.get_cookie("breakwater-away") is not None
    visitor.get("/sign-in/elsewhere/example/answer")
    assert visitor.post("/sign-in/elsewhere/example/answer", {"state": "A" * 43}).status == 403
    assert visitor.client.get_cookie("breakwater-away") is None
    assert other.given == []
