from __future__ import annotations

import pytest

from app.services.exchange import Exchange
from app.web.context import exchange
from tests.factories.exchanges import RunningExchange


def test_whatever_is_added_later_stands_behind_the_gate(empty: RunningExchange) -> None:
    empty.app.add_url_rule("/later", "later", lambda: "open")
    answer = empty.anybody.get("/later")
    assert (answer.status, answer.headers["Cache-Control"]) == (401, "no-store")


def test_the_application_answers_for_its_exchange(empty: RunningExchange) -> None:
    with empty.app.app_context():
        assert isinstance(exchange(), Exchange)
        assert exchange() is empty.exchange


def test_what_is_mounted_is_counted_and_logged_under_its_prefix(
    empty: RunningExchange, capfd: pytest.CaptureFixture[str]
) -> None:
    assert empty.app.test_client().get("/portal/sign-in").status_code == 200
    text = empty.operator.get("/metrics").body.decode()
    assert 'breakwater_requests_total{method="GET",route="/portal/sign-in",status="200"} 1.0' in text
    assert capfd.readouterr().err == "", "requests in order are below the level of these tests"


def test_a_browser_that_opens_the_root_is_led_to_the_portal_and_a_program_is_not(empty: RunningExchange) -> None:
    client = empty.app.test_client()
    led = client.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (led.status_code, led.headers["Location"], led.headers["Cache-Control"]) == (303, "/portal", "no-store")
    for accept in ("*/*", "application/json"):
        assert client.get("/", headers={"Accept": accept}).status_code == 401
    assert client.post("/", headers={"Accept": "text/html"}).status_code == 401
    assert client.get("/anything", headers={"Accept": "text/html"}).status_code == 401
