from __future__ import annotations

import pytest

from app.domain.read_only import ReadOnlyReason
from tests.factories.exchanges import RunningExchange
from tests.factories.portal_visitors import Visitor


def test_all_staff_see_how_the_log_stands_and_operators_have_it_signed(
    running: RunningExchange, operator: Visitor, auditor: Visitor, protection: Visitor
) -> None:
    for visitor in (auditor, protection):
        shown = visitor.get("/exchange/log")
        assert (shown.status, "Make a checkpoint" in shown.words) == (200, False)
        assert visitor.post("/exchange/log/checkpoints").status == 403
    operator.get("/exchange/log")
    assert operator.post("/exchange/log/checkpoints").status == 303
    assert "Waiting to be signed 0" in operator.get("/exchange/log").words
    assert "Nothing waits to be signed" in operator.page.words
    assert "Make a checkpoint" not in operator.page.words
    assert running.operator.get("log/checkpoint").status == 200


@pytest.mark.parametrize("reason", ReadOnlyReason)
def test_what_to_do_is_said_while_nothing_is_taken_in(
    running: RunningExchange, operator: Visitor, reason: ReadOnlyReason
) -> None:
    running.exchange.database.read_only = reason
    shown = operator.get("/exchange/log")
    assert "Nothing is taken in." in shown.words
    assert "breakwater log accept-loss" in shown.words
    assert "Make a checkpoint" not in shown.words
    running.exchange.database.read_only = None
