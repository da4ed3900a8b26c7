"""How an exchange is reached: time limits, patience, certificates, a proxy, and what is logged of waiting."""

from __future__ import annotations

import logging
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from app.cli.loopback_server import loopback_server
from breakwater_client.errors import ExchangeAwayError, UnusableAddressError
from breakwater_client.exchange import Exchange, Network
from breakwater_client.talking.connection import Connection, Target
from tests.factories.scripted_exchange import BUSY, OK, Scripted


def test_each_wait_is_logged_without_values(caplog: pytest.LogCaptureFixture) -> None:
    server = Scripted([BUSY, BUSY, OK])
    with loopback_server(server) as url, caplog.at_level(logging.WARNING, "breakwater_client"):
        Connection(Target(url, "bw_secret")).get("/objects", value="somebody@example.org")
    lines = [one.getMessage() for one in caplog.records if one.name == "breakwater_client"]
    assert lines == ["attempt 1 failed: asking again in 0.0 s", "attempt 2 failed: asking again in 0.0 s"]


def test_as_often_as_is_said_is_asked() -> None:
    server = Scripted([BUSY])
    with loopback_server(server) as url, pytest.raises(ExchangeAwayError):
        Exchange(url, token="bw_token", network=Network(attempts=2)).checkpoint()
    assert len(server.asked) == 2


def test_a_silence_is_waited_for_as_long_as_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(ExchangeAwayError):
            Exchange(url, network=Network(silence_seconds=0.2, attempts=1)).checkpoint()
    assert time.monotonic() - began < 5


def test_https_goes_by_the_proxy_that_is_said_and_by_none_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:

        def take() -> None:
            taken, _ = proxy.accept()
            with taken:
                seen.append(taken.recv(4096))

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        with pytest.raises(ExchangeAwayError):
            Exchange("https://exchange.example.org", token="bw_token", network=Network(attempts=1, proxy=address)).checkpoint()
        thread.join(10)
    assert seen[0].startswith(b"CONNECT exchange.example.org:443")
    assert b"bw_token" not in seen[0]


def test_certificates_are_those_of_the_file_and_not_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "other.pem"))
    (tmp_path / "ca.pem").write_text("")
    session = Exchange("https://exchange.example.org", network=Network(ca_file=tmp_path / "ca.pem")).connection._session
    settings = session.merge_environment_settings("https://exchange.example.org", {}, True, None, None)  # noqa: FBT003  # theirs
    assert settings["verify"] == str(tmp_path / "ca.pem")


@pytest.mark.parametrize(
    "said", [{"attempts": 0}, {"connect_seconds": 0}, {"ca_file": Path("/nowhere/ca.pem")}, {"proxy": "proxy.example.org"}]
)
def test_what_nothing_is_reached_with_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(UnusableAddressError):
        Network(**said)
