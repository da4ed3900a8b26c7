from __future__ import annotations

import re

import pytest

from tests.factories.exchanges import RunningExchange


def test_a_request_keeps_the_id_it_came_with(running: RunningExchange) -> None:
    given = "walk.2026_01-31"
    answer = running.anybody.get("/livez", headers={"X-Request-Id": given})
    assert answer.headers["X-Request-Id"] == given
    refused = running.anybody.get("objects", headers={"X-Request-Id": given})
    assert refused.headers["X-Request-Id"] == refused.json["request_id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a/b", "a,b", "é", "<script>", 'a"b', "a%0d%0ab"])
def test_other_ids_are_replaced(running: RunningExchange, given: str) -> None:
    answer = running.anybody.get("objects", headers={"X-Request-Id": given})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-Id"])
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_two_requests_have_two_ids(running: RunningExchange) -> None:
    assert running.anybody.get("/livez").headers["X-Request-Id"] != running.anybody.get("/livez").headers["X-Request-Id"]


def test_two_applications_answer_for_their_own_exchange(running: RunningExchange, empty: RunningExchange) -> None:
    assert len(running.operator.get("partners").json["partners"]) == 2
    assert empty.operator.get("partners").json["partners"] == []
