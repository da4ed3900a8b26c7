from __future__ import annotations

import json
import logging as stdlib_logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from app.config.settings import Settings
from app.domain.errors import Code
from app.factory import create_app
from app.redaction.lines import Form, LineHandler
from app.web.access_log import log_of_breaking_off
from tests.factories.exchanges import Caller, FakePartner, RunningExchange, in_process
from tests.factories.stix_objects import indicator

Lines = Callable[[], list[dict[str, Any]]]


@contextmanager
def logging(
    running: RunningExchange, capsys: pytest.CaptureFixture[str], level: str
) -> Iterator[tuple[Callable[..., Caller], Lines]]:
    """Give a way to make callers of an application that logs at ``level``, and a way to read its lines."""
    capsys.readouterr()
    app = create_app(Settings.from_environment({"BREAKWATER_LOG_LEVEL": level}), running.exchange)

    def lines() -> list[dict[str, Any]]:
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    yield lambda token=None: Caller(in_process(app), token), lines


def test_a_request_is_one_line(running: RunningExchange, platform: FakePartner, capsys: pytest.CaptureFixture[str]) -> None:
    with logging(running, capsys, "info") as (caller, lines):
        caller(platform.token).get("policy/mine", headers={"X-Request-Id": "same"})
        [line] = lines()
    [credential] = [one["id"] for one in platform.get("credentials").json["credentials"]]
    assert line.pop("milliseconds") >= 0
    assert line.pop("time").endswith("Z")
    assert line == {
        "message": "request",
        "level": "info",
        "logger": "breakwater.access",
        "method": "GET",
        "route": "/api/v1/policy/mine",
        "status": 200,
        "code": None,
        "request_id": "same",
        "credential": credential,
    }


def test_a_refusal_is_logged_with_its_code(running: RunningExchange, capsys: pytest.CaptureFixture[str]) -> None:
    with logging(running, capsys, "info") as (caller, lines):
        caller().get("objects")
        [line] = lines()
    assert (line["status"], line["code"], line["credential"]) == (401, "unauthenticated", None)


def test_an_answer_that_is_broken_off_is_logged_though_its_request_is_over(
    running: RunningExchange, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    app = create_app(Settings.from_environment({"BREAKWATER_LOG_LEVEL": "info"}), running.exchange)
    with app.test_request_context("/api/v1/objects", headers={"X-Request-Id": "same"}):
        log = log_of_breaking_off()
    log(Code.PERMISSION_MISSING)
    line = json.loads(capsys.readouterr().err)
    assert (line["message"], line["level"], line["code"]) == ("broken-off", "info", "permission-missing")
    assert line["route"] == "/api/v1/objects"


def test_no_path_query_body_header_or_token_is_logged(
    running: RunningExchange, platform: FakePartner, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "s3cr3t"
    with logging(running, capsys, "debug") as (caller, lines):
        asking = caller(platform.token)
        asking.get(f"objects/email-addr--{secret}", headers={"Breakwater-Purpose": "detection"})
        asking.get(f"{secret}/no/route")
        asking.get("objects", query={"type": secret, secret: secret}, headers={"Breakwater-Purpose": secret})
        asking.send("POST", "submissions", body=secret.encode(), headers={"Idempotency-Key": secret, "User-Agent": secret})
        asking.post("submissions", {"objects": [indicator(name=secret)]})
        asking.send(secret.upper(), "objects")
        caller(secret).get("objects")
        found = lines()
    assert len(found) == 7
    assert secret not in json.dumps(found).lower()
    assert str(platform.token) not in json.dumps(found)
    assert [line["route"] for line in found[:2]] == ["/api/v1/objects/<stix_id>", "unmatched"]
    assert found[5]["method"] == "OTHER"


def test_a_failure_is_logged_by_kind_and_place_without_its_text(
    running: RunningExchange, platform: FakePartner, capsys: pytest.CaptureFixture[str]
) -> None:
    running.clock.shift = "s3cr3t"  # type: ignore[assignment]  # so that reading the time fails as nothing foresees
    with logging(running, capsys, "error") as (caller, lines):
        caller(platform.token).get("policy/mine")
        failure, request = lines()
    assert failure["exception"] == ["TypeError"]
    assert failure["request_id"] == request["request_id"]
    assert any("app/services/authenticate.py:" in place for place in failure["places"])
    assert (request["status"], request["level"]) == (500, "error")
    assert "s3cr3t" not in json.dumps([failure, request])


def test_a_database_that_is_away_is_logged_with_its_cause(
    running: RunningExchange, platform: FakePartner, capsys: pytest.CaptureFixture[str]
) -> None:
    with running.exchange.database.write() as connection:
        connection.execute(text("DROP TABLE credential"))
    with logging(running, capsys, "error") as (caller, lines):
        answer = caller(platform.token).get("policy/mine")
        failure, _ = lines()
    assert answer.status == 503
    assert failure["exception"] == ["UnavailableError", "OperationalError"]
    assert "SELECT" not in json.dumps(failure)


@pytest.mark.parametrize(("level", "expected"), [("debug", 1), ("info", 1), ("warning", 0), ("error", 0)])
def test_requests_are_logged_at_info(
    running: RunningExchange, capsys: pytest.CaptureFixture[str], level: str, expected: int
) -> None:
    with logging(running, capsys, level) as (caller, lines):
        caller().get("objects")
        assert len(lines()) == expected


def test_what_is_logged_below_says_of_which_request_and_afterwards_of_none(
    running: RunningExchange, platform: FakePartner, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = LineHandler(Form.JSON)
    below = stdlib_logging.getLogger("breakwater.alarm")
    below.addHandler(handler)
    try:
        with logging(running, capsys, "error") as (caller, lines):
            body = {"objects": [indicator(description="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA")]}
            caller(platform.token).post("submissions", body, headers={"X-Request-Id": "same"})
            below.error("afterwards")
            alarm, afterwards = lines()
    finally:
        below.removeHandler(handler)
    assert (alarm["logger"], alarm["request_id"]) == ("breakwater.alarm", "same")
    assert "request_id" not in afterwards


def test_text_is_written_where_it_is_asked_for(running: RunningExchange, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    app = create_app(Settings.from_environment({"BREAKWATER_LOG_FORMAT": "text"}), running.exchange)
    Caller(in_process(app)).get("objects", headers={"X-Request-Id": "same"})
    [line] = capsys.readouterr().err.splitlines()
    assert "info breakwater.access request  method=GET  route=/api/v1/objects  status=401  code=unauthenticated" in line
    assert line.endswith("request_id=same")
