from __future__ import annotations

from tests.factories.exchanges import RunningExchange
from tests.factories.portal_visitors import Visitor


def test_no_page_lets_anything_from_elsewhere_run_show_or_frame_it(running: RunningExchange) -> None:
    for path in ("/sign-in", "/account", "/assets/portal.css", "/invitations/x"):
        headers = Visitor(running).get(path).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none';")
        assert not {"unsafe-inline", "unsafe-eval", "data:", "http:", "https:", "*"} & set(policy.replace("'", "").split())
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Strict-Transport-Security" not in headers
    assert Visitor(running).get("/sign-in").headers["Cache-Control"] == "no-store"
