"""The REST interface as commands call it: retries, refusals, and where a token never goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.cli.api import ATTEMPTS, Api, Request, Target, segment
from app.cli.faults import CommandFault, ExitCode
from app.cli.loopback_server import loopback_server

PROBLEM = {"code": "state-conflict", "detail": "It is there.", "pointer": "/name", "request_id": "r-1", "title": "State conflict"}


@dataclass
class Scripted:
    """A server that gives these answers one after the other, the last one for ever, and remembers what it was asked."""

    answers: list[tuple[str, dict[str, str], bytes]]
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))
        self.asked.append({**environ, "body": body})
        status, headers, content = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        start_response(status, list(headers.items()))
        return [content]


JSON = {"Content-Type": "application/json"}
OK = ("200 OK", JSON, b'{"ok":true}')
BUSY = (
    "503 Service Unavailable",
    {"Content-Type": "application/problem+json", "Retry-After": "0"},
    b'{"code":"exchange-unavailable"}',
)


@contextmanager
def served(*answers: tuple[str, dict[str, str], bytes]) -> Iterator[tuple[Api, Scripted]]:
    server = Scripted(list(answers))
    with loopback_server(server) as url:
        yield Api(Target(url, "bw_token")), server


def test_the_token_goes_along_as_bearer_and_lists_repeat_their_name() -> None:
    with served(OK) as (connection, server):
        assert connection.get("/objects", type=["indicator", "url"], next=None, limit=5) == {"ok": True}
    assert server.asked[0]["HTTP_AUTHORIZATION"] == "Bearer bw_token"
    assert server.asked[0]["PATH_INFO"] == "/api/v1/objects"
    assert server.asked[0]["QUERY_STRING"] == "type=indicator&type=url&limit=5"


def test_a_netrc_file_does_not_replace_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with served(OK) as (connection, server):
        connection.get("/partners")
    assert server.asked[0]["HTTP_AUTHORIZATION"] == "Bearer bw_token"


def test_a_proxy_of_the_environment_is_not_shown_what_goes_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with served(OK) as (connection, server):
        connection.get("/partners")
    assert len(server.asked) == 1


def test_a_busy_exchange_is_asked_again() -> None:
    with served(BUSY, BUSY, OK) as (connection, server):
        assert connection.get("/partners") == {"ok": True}
    assert len(server.asked) == 3


def test_a_post_with_an_idempotency_key_is_sent_again_with_the_same_key() -> None:
    with served(BUSY, OK) as (connection, server):
        connection.post("/partners", {"name": "Å"})
    first, second = server.asked
    assert first["HTTP_IDEMPOTENCY_KEY"] == second["HTTP_IDEMPOTENCY_KEY"] != ""
    assert first["body"] == second["body"] == '{"name": "Å"}'.encode()


@pytest.mark.parametrize("request_", [Request("PATCH", "/partners/1", body=b"{}"), Request("POST", "/partners", body=b"{}")])
def test_what_could_be_done_twice_is_sent_once(request_: Request) -> None:
    with served(BUSY) as (connection, server), pytest.raises(CommandFault) as caught:
        connection.send(request_)
    assert len(server.asked) == 1
    assert caught.value.exit_code == ExitCode.UNAVAILABLE


def test_patience_ends() -> None:
    with served(BUSY) as (connection, server), pytest.raises(CommandFault) as caught:
        connection.get("/partners")
    assert len(server.asked) == ATTEMPTS
    assert caught.value.exit_code == ExitCode.UNAVAILABLE


READ_ONLY = (BUSY[0], BUSY[1] | {"Retry-After": "300"}, b'{"code":"exchange-read-only","detail":"nothing is taken in"}')


def test_a_read_only_exchange_is_not_asked_again_for_it_waits_for_its_operators() -> None:
    with served(READ_ONLY) as (connection, server), pytest.raises(CommandFault, match="nothing is taken in") as caught:
        connection.post("/partners", {})
    assert len(server.asked) == 1
    assert (caught.value.exit_code, caught.value.details["code"]) == (ExitCode.UNAVAILABLE, "exchange-read-only")


def test_a_wait_that_is_noticed_is_said_on_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("app.cli.api.time.sleep", waited.append)
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


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (("502 Bad Gateway", {"Content-Type": "text/html"}, b"<html>"), "The exchange answered 502"),
        (("414 URI Too Long", {"Content-Type": "text/html"}, b"<html>"), "give fewer values"),
        (("400 Bad Request", JSON, b"[]"), "The exchange answered 400"),
        (("200 OK", {"Content-Type": "text/html"}, b"<html>"), "is this the address of an exchange"),
        (("302 Found", {"Location": "http://127.0.0.1:1/"}, b""), "The exchange answered 302"),
    ],
)
def test_what_is_no_exchange_is_said_to_be_none(answer: tuple[str, dict[str, str], bytes], sentence: str) -> None:
    with served(answer) as (connection, _), pytest.raises(CommandFault, match=sentence):
        connection.get("/partners")


def test_an_empty_answer_is_nothing() -> None:
    with served(("204 No Content", {}, b"")) as (connection, _):
        assert connection.get("/partners") is None


def test_plain_http_to_another_machine_is_refused_unless_somebody_insists() -> None:
    with pytest.raises(CommandFault, match="--insecure"):
        Api(Target("http://exchange.example.org", "bw_token"))
    Api(Target("http://exchange.example.org", "bw_token", insecure=True))
    Api(Target("https://exchange.example.org", "bw_token"))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://[::1]:8000/", "http://localhost/api/v1"])
def test_plain_http_stays_possible_on_this_machine(url: str) -> None:
    Api(Target(url, "bw_token"))


@pytest.mark.parametrize(
    "url",
    [
        "exchange.example.org",
        "ftp://exchange.example.org",
        "https://",
        "https://a:b@exchange.example.org",
        "https://x.example.org/?a=1",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(CommandFault, match="takes the address"):
        Api(Target(url, "bw_token"))


@pytest.mark.parametrize("token", ["bw token", "bw\ntoken", "bẃ"])
def test_what_is_no_token_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(CommandFault) as caught:
        Api(Target("https://exchange.example.org", token))
    assert token not in caught.value.sentence


def test_a_token_is_not_shown_where_a_target_is() -> None:
    assert "secret" not in repr(Target("https://exchange.example.org", "bw_secret"))


def test_a_segment_never_becomes_two() -> None:
    assert segment("../partners?x=1#y") == "..%2Fpartners%3Fx%3D1%23y"
