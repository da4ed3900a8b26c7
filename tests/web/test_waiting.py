"""Who waited too long for a thread is turned away, on every interface, before anything is looked up."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

import pytest

from app.web.refusals import RETRY_AFTER_SECONDS
from app.web.waiting import LONGEST_WAIT_SECONDS, WAITED
from tests.factories.exchanges import RunningExchange


@pytest.fixture
def waited() -> Iterator[None]:
    token = WAITED.set(LONGEST_WAIT_SECONDS + 0.001)
    yield
    WAITED.reset(token)


@pytest.mark.usefixtures("waited")
@pytest.mark.parametrize("path", ["/api/v1/objects", "/api/v1/exchange", "/taxii2/", "/nowhere", "/readyz", "/portal/sign-in"])
def test_who_waited_too_long_is_told_to_come_back(empty: RunningExchange, path: str) -> None:
    answer = empty.app.test_client().get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, str(RETRY_AFTER_SECONDS))
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("waited")
def test_the_refusal_has_a_code_of_its_own_and_no_database_is_asked(
    empty: RunningExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(type(empty.exchange.database), "look")
    monkeypatch.delattr(type(empty.exchange.database), "begin", raising=False)
    answer = empty.operator.get("/api/v1/objects")
    assert (answer.status, answer.json["code"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "exchange-overloaded")


@pytest.mark.usefixtures("waited")
def test_whether_it_lives_is_always_said(empty: RunningExchange) -> None:
    assert empty.anybody.get("/livez").status == HTTPStatus.OK


def test_who_waited_exactly_so_long_is_served(empty: RunningExchange) -> None:
    token = WAITED.set(LONGEST_WAIT_SECONDS)
    try:
        assert empty.anybody.get("/readyz").status == HTTPStatus.OK
    finally:
        WAITED.reset(token)
