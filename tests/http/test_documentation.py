from __future__ import annotations

import re

import pytest

from app.http.documentation import _ASSETS, as_text
from app.http.openapi import openapi_text
from tests.factories.exchanges import RunningExchange


def test_the_document_that_is_served_is_the_one_of_the_tree(running: RunningExchange) -> None:
    answer = running.anybody.get("openapi.json")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.body.decode() == openapi_text()


def test_the_page_allows_its_own_scripts_and_styles_and_nothing_else(running: RunningExchange) -> None:
    policy = running.anybody.get("docs").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "script-src 'self';" in policy
    assert policy.endswith("style-src 'self'")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_page_has_no_inline_script_or_style_and_no_other_host(running: RunningExchange) -> None:
    page = running.anybody.get("docs").body.decode()
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert "<style" not in page
    assert re.findall(r"\bon\w+=|style=", page) == []
    assert re.findall(r"(?:https?:)?//", page.replace("<!doctype html>", "")) == []


def test_the_page_loads_only_what_there_is(running: RunningExchange) -> None:
    page = running.anybody.get("docs").body.decode()
    sources = re.findall(r'(?:src|href)="(?!data:)([^"]+)"', page)
    assert len(sources) == 4
    for source in sources:
        assert running.anybody.get(f"/api/v1/{source}").status == 200


def test_the_script_asks_no_validator(running: RunningExchange) -> None:
    script = running.anybody.get("docs/page.js")
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert b"validatorUrl: null" in script.body
    assert b"http" not in script.body


@pytest.mark.parametrize(
    "name", ["nothing", "index.html", "page.html", "oauth2-redirect.html", "..%2fapi.py", "%2e%2e", "swagger-ui.js"]
)
def test_nothing_else_of_the_folders_is_served(running: RunningExchange, name: str) -> None:
    assert running.anybody.get(f"docs/{name}").status in {401, 404}


@pytest.mark.parametrize("name", _ASSETS)
def test_every_asset_comes_out_of_an_installed_package_or_our_own_folder(running: RunningExchange, name: str) -> None:
    answer = running.anybody.get(f"docs/{name}")
    assert answer.status == 200
    assert len(answer.body) > 100


def test_text_beyond_ascii_stays_readable() -> None:
    assert as_text({"a": "é"}) == '{\n  "a": "é"\n}\n'
