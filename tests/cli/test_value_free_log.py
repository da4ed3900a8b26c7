"""What gunicorn says by itself must not repeat what a request carried."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from gunicorn.config import Config

from app.cli.value_free_log import ValueFreeLog
from app.redaction.records import install
from tests.factories.prepared_sandboxes import PreparedSandboxes

SELECTOR = "email-addr--9f5a7e2b-7c6d-5c7e-9d7e-2f6b7a6d5c4b"


@pytest.fixture
def process(kept_hooks: None) -> None:  # noqa: ARG001  # afterwards the handlers are pytest's again
    """A process whose records are written as a server's are."""
    install("json")


@pytest.mark.usefixtures("process")
def test_a_warning_loses_what_stands_behind_its_colon(capfd: pytest.CaptureFixture[str]) -> None:
    ValueFreeLog(Config()).warning("Invalid request from ip=192.0.2.1: GET /" + SELECTOR)  # as gunicorn makes its messages
    written = capfd.readouterr().err
    assert json.loads(written)["logger"] == "gunicorn.error"
    assert "Invalid request from ip=192.0.2.1" in written
    assert SELECTOR not in written


@pytest.mark.usefixtures("process")
def test_a_failure_is_told_by_kind_and_place_alone(capfd: pytest.CaptureFixture[str]) -> None:
    log = ValueFreeLog(Config())
    try:
        raise ValueError(SELECTOR)  # noqa: TRY301  # a failure with a value in its text
    except ValueError:
        log.exception("Error handling request %s %s", "GET", f"/{SELECTOR}")
    written = capfd.readouterr().err
    assert "Error handling request: ValueError at" in written
    assert SELECTOR not in written


def test_a_malformed_request_line_does_not_reach_the_servers_log(sandboxes: PreparedSandboxes, tmp_path: Path) -> None:
    with sandboxes.serving("sqlite", tmp_path / "exchange", workers=1) as sandbox:
        host, port = sandbox.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(f"GET /{SELECTOR} nonsense HTTP/9.9\r\n\r\n".encode())
            assert b"400" in connection.recv(4096)
    assert SELECTOR not in (tmp_path / "exchange.log").read_text()
