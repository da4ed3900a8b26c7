"""Gunicorn as the exchange runs it: what it is told, and the life of its workers."""

from __future__ import annotations

import socket
import struct
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.__main__ import workshop
from app.cli.gunicorn_server import GunicornServer, Serving, bound_silence, mark_repeated
from app.cli.gunicorn_worker import TimingWorker
from app.cli.slow_bodies import BoundedSource
from app.jobs.poller import Pollers
from tests.cli.desk import run


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    environment = {"BREAKWATER_HOME": str(tmp_path / "home"), "BREAKWATER_BIND": "127.0.0.1:0", "BREAKWATER_THREADS": "3"}
    assert run("init", environment=environment).exit_code == 0
    return Serving(workshop(), environment, print)


def test_gunicorn_is_told_everything_by_the_settings(serving: Serving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--workers 9 --forwarded-allow-ips=*")
    config = GunicornServer(serving, tmp_path).cfg
    assert (config.workers, config.threads, config.worker_class) == (2, 3, TimingWorker)
    assert config.forwarded_allow_ips == []
    assert config.control_socket_disable
    assert not config.preload_app
    assert config.limit_request_line == 8190


def test_a_worker_makes_its_application_and_its_poller_and_closes_both(
    serving: Serving, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = GunicornServer(serving, tmp_path)
    server._remember_address(SimpleNamespace(LISTENERS=[SimpleNamespace(getsockname=lambda: ("127.0.0.1", 4711))]))
    assert server.load()
    server._start_work(SimpleNamespace(age=1))
    assert capsys.readouterr().out == "http://127.0.0.1:4711\n"
    assert isinstance(server._work, Pollers)
    assert all(one._thread.is_alive() for one in server._work.running)
    server._stop_work(None, None)
    assert not any(one._thread.is_alive() for one in server._work.running)


def test_an_accepted_connection_inherits_the_bound_on_silence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        bound_silence(listening)
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            seconds, _ = struct.unpack("ll", accepted.getsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, 16))
    assert 0 < seconds <= 60


@pytest.mark.parametrize(("name", "expected"), [(("127.0.0.1", 1), "127.0.0.1:1"), (("::1", 1, 0, 0), "[::1]:1")])
def test_the_address_is_that_of_the_open_socket(serving: Serving, tmp_path: Path, name: tuple[Any, ...], expected: str) -> None:
    server = GunicornServer(serving, tmp_path)
    server._remember_address(SimpleNamespace(LISTENERS=[SimpleNamespace(getsockname=lambda: name)]))
    assert server._environment["BREAKWATER_BIND"] == expected


def test_only_the_first_worker_announces(serving: Serving, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    GunicornServer(serving, tmp_path)._start_work(SimpleNamespace(age=2))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["SIGNATURE", "SIGNATURE-INPUT", "CONTENT-TYPE", "CONTENT-DIGEST", "IDEMPOTENCY-KEY"])
def test_a_header_that_comes_once_is_marked_when_it_comes_twice(name: str) -> None:
    for others, marked in (([], False), ([(name, "b")], True), ([("ACCEPT", "a"), ("ACCEPT", "b")], False)):
        request = SimpleNamespace(headers=[(name, "a"), *others])
        mark_repeated(None, request)
        assert (("BREAKWATER-REPEATED", "1") in request.headers) == marked


def test_gunicorn_marks_before_it_joins_and_bounds_the_body_of_each_request(serving: Serving, tmp_path: Path) -> None:
    config = GunicornServer(serving, tmp_path).cfg
    headers = [("SIGNATURE", "a"), ("SIGNATURE", "b")]
    request = SimpleNamespace(headers=headers, unreader=SimpleNamespace())
    request.unreader.chunk = lambda _size_hint=None: b""
    config.pre_request(None, request)
    assert headers[-1] == ("BREAKWATER-REPEATED", "1")
    assert isinstance(request.unreader.chunk, BoundedSource)
    config.post_request(None, request, {}, None)
    assert "chunk" not in vars(request.unreader)
