from __future__ import annotations

from datetime import timedelta

from app.domain.read_only import ReadOnlyReason
from tests.factories.exchanges import RunningExchange
from tests.factories.portal_visitors import Visitor


def test_health_is_said_in_words(running: RunningExchange, operator: Visitor) -> None:
    shown = operator.get("/exchange/health")
    assert "It agrees with what was published." in shown.words
    assert "Nobody is called: set a mail server." in shown.words
    assert "Object versions stored since the exchange began." in shown.words
    running.exchange.database.read_only = ReadOnlyReason.LOG_BEHIND
    assert "The database is older than what was published" in operator.get("/exchange/health").words
    running.exchange.database.read_only = None


def test_what_waits_for_long_says_what_to_do(running: RunningExchange, operator: Visitor) -> None:
    running.clock.shift += timedelta(minutes=25)
    assert "Look at the page of work; start a worker." in operator.get("/exchange/health").words
