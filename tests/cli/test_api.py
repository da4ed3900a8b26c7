"""The REST interface as commands call it: what is said of waits, refusals and options; the connection is the client's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.cli.api import Api, Target
from app.cli.faults import CommandFault, ExitCode
from app.cli.loopback_server import loopback_server
from breakwater_client.talking.connection import ATTEMPTS
from tests.factories.scripted_exchange import BUSY, NO_ADDRESSES, NO_EXCHANGES, OK, Scripted

PROBLEM = {"code": "state-conflict", "detail": "It is there.", "pointer": "/name", "request_id": "r-1", "title": "State conflict"}


@contextmanager
def served(*answers: tuple[str, dict[str, str], bytes]) -> Iterator[tuple[Api, Scripted]]:
    server = Scripted(list(answers))
    with loopback_server(server) as url:
        yield Api(Target(url, "bw_token")), server


def test_a_busy_exchange_is_asked_again() -> None:
    with served(BUSY, BUSY, OK) as (connection, server):
        assert connection.get("/partners") == {"ok": True}
    assert len(server.asked) == 3


def test_patience_ends() -> None:
    with served(BUSY) as (connection, server), pytest.raises(CommandFault) as caught:
        connection.get("/partners")
    assert len(server.asked) == ATTEMPTS
    assert caught.value.exit_code == ExitCode.UNAVAILABLE


def test_a_wait_that_is_noticed_is_said_on_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("breakwater_client.talking.connection.time.sleep", waited.append)
    with served((BUSY[0], BUSY[1] | {"Retry-After": "7"}, BUSY[2]), BUSY, OK) as (connection, _):
        connection.get("/partners")
    assert waited == [7.0, 0.0]
    said = capsys.readouterr()
    assert said.err == "warning: The exchange cannot answer now; asking again in 7 s (1 of 5).\n"
    assert said.out == ""


def test_an_exchange_that_is_away_is_said_to_be_so() -> None:
    with served(OK) as (_, server):
        pass
    del server
    with pytest.raises(CommandFault, match="cannot be reached") as caught:
        Api(Target("http://127.0.0.1:1", "bw_token")).get("/partners")
    assert caught.value.exit_code == ExitCode.UNAVAILABLE


@pytest.mark.parametrize(
    ("status", "exit_code"),
    [
        ("409 Conflict", ExitCode.REFUSED),
        ("404 Not Found", ExitCode.REFUSED),
        ("401 Unauthorized", ExitCode.NOT_ALLOWED),
        ("403 Forbidden", ExitCode.NOT_ALLOWED),
    ],
)
def test_a_problem_document_becomes_one_fault(status: str, exit_code: ExitCode) -> None:
    answer = (status, {"Content-Type": "application/problem+json"}, json.dumps(PROBLEM).encode())
    with served(answer) as (connection, _), pytest.raises(CommandFault, match="It is there") as caught:
        connection.get("/partners")
    assert caught.value.exit_code == exit_code
    expected = {"code": "state-conflict", "pointer": "/name", "status": int(status[:3]), "request_id": "r-1"}
    assert caught.value.details == expected


@pytest.mark.parametrize(("answer", "sentence"), NO_EXCHANGES)
def test_what_is_no_exchange_is_said_to_be_none(answer: tuple[str, dict[str, str], bytes], sentence: str) -> None:
    with served(answer) as (connection, _), pytest.raises(CommandFault, match=sentence):
        connection.get("/partners")


def test_plain_http_to_another_machine_is_refused_unless_somebody_insists() -> None:
    with pytest.raises(CommandFault, match="--insecure"):
        Api(Target("http://exchange.example.org", "bw_token"))
    Api(Target("http://exchange.example.org", "bw_token", insecure=True))
    Api(Target("https://exchange.example.org", "bw_token"))


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(CommandFault, match="takes the address"):
        Api(Target(url, "bw_token"))


@pytest.mark.parametrize("token", ["bw token", "bw\ntoken", "bẃ"])
def test_what_is_no_token_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(CommandFault) as caught:
        Api(Target("https://exchange.example.org", token))
    assert token not in caught.value.sentence


def test_pieces_of_a_file_end_the_command_while_they_come_too() -> None:
    with served(("200 OK", {"Content-Type": "application/octet-stream"}, b"abc")) as (connection, _):
        begin, pieces = connection.stream("/exports/files/1", 0)
        assert (begin, b"".join(pieces)) == (0, b"abc")
    with pytest.raises(CommandFault, match="cannot be reached"):
        Api(Target("http://127.0.0.1:1", "bw_token")).stream("/exports/files/1", 0)
