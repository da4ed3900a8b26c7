from __future__ import annotations

import pytest

from tests.factories.exchanges import RunningExchange

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize("target", ["/livez", "/readyz", "/metrics", "/api/v1/partners", "/api/v1/nothing", "/nothing"])
def test_answers_are_for_nobody_else_and_allow_nothing(running: RunningExchange, target: str) -> None:
    for caller in (running.operator, running.anybody):
        headers = caller.get(target).headers
        assert {name: headers[name] for name in EVERYWHERE} == EVERYWHERE
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("target", ["/api/v1/docs", "/api/v1/docs/page.js", "/api/v1/openapi.json"])
def test_the_public_documentation_may_be_kept_by_caches(running: RunningExchange, target: str) -> None:
    headers = running.anybody.get(target).headers
    assert headers["Cache-Control"] == "public, max-age=300"
    assert {name: headers[name] for name in EVERYWHERE} == EVERYWHERE


def test_refusals_of_public_routes_are_not_kept(running: RunningExchange) -> None:
    assert running.anybody.get("/api/v1/docs/nothing").headers["Cache-Control"] == "no-store"
