from __future__ import annotations

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
