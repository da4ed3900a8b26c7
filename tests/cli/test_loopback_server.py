"""A small server inside the process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from app.cli.loopback_server import loopback_server


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))]


def test_it_answers_while_the_block_runs_and_not_after() -> None:
    with loopback_server(echo) as url:
        assert url.startswith("http://127.0.0.1:")
        assert requests.post(url, data=b"content", timeout=10).content == b"content"
    with pytest.raises(requests.ConnectionError):
        requests.post(url, data=b"content", timeout=10)


def test_it_answers_several_at_once() -> None:
    meeting = threading.Barrier(3, timeout=10)

    def together(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        meeting.wait()
        return echo(environ, start_response)

    with loopback_server(together) as url, ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: requests.get(url, timeout=10).status_code, range(3)))
    assert answers == [200, 200, 200]


def test_it_writes_nothing_by_itself(capfd: pytest.CaptureFixture[str]) -> None:
    with loopback_server(echo) as url:
        requests.get(url, timeout=10)
    assert capfd.readouterr() == ("", "")
