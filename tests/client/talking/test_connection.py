"""A connection to an exchange: retries, refusals, and where a token never goes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.cli.loopback_server import loopback_server
from breakwater_client.errors import Code, ExchangeAwayError, ExchangeError, ExchangeRefusedError
from breakwater_client.talking.connection import ATTEMPTS, Connection, Request, Target
from tests.factories.scripted_exchange import BUSY, JSON, NO_EXCHANGES, OK, Scripted


@contextmanager
def served(*answers: tuple[str, dict[str, str], bytes]) -> Iterator[tuple[Connection, Scripted]]:
    server = Scripted(list(answers))
    with loopback_server(server) as url:
        yield Connection(Target(url, "bw_token")), server


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


def test_no_cookie_is_kept_or_sent_back() -> None:
    with served((OK[0], OK[1] | {"Set-Cookie": "a=b; Path=/"}, OK[2])) as (connection, server):
        assert [connection.get("/partners") for _ in range(2)] == [{"ok": True}] * 2
    assert "HTTP_COOKIE" not in server.asked[1]


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
    with served(BUSY) as (connection, server), pytest.raises(ExchangeError) as caught:
        connection.send(request_)
    assert len(server.asked) == 1
    assert isinstance(caught.value, ExchangeAwayError)


def test_patience_ends() -> None:
    with served(BUSY) as (connection, server), pytest.raises(ExchangeError) as caught:
        connection.get("/partners")
    assert len(server.asked) == ATTEMPTS
    assert isinstance(caught.value, ExchangeAwayError)


READ_ONLY = (BUSY[0], BUSY[1] | {"Retry-After": "300"}, b'{"code":"exchange-read-only","detail":"nothing is taken in"}')


def test_a_read_only_exchange_is_not_asked_again_for_it_waits_for_its_operators() -> None:
    with served(READ_ONLY) as (connection, server), pytest.raises(ExchangeError, match="nothing is taken in") as caught:
        connection.post("/partners", {})
    assert len(server.asked) == 1
    assert (type(caught.value), caught.value.code) == (ExchangeAwayError, Code.EXCHANGE_READ_ONLY)


def test_an_exchange_that_is_away_is_said_to_be_so() -> None:
    with served(OK) as (_, server):
        pass
    del server
    with pytest.raises(ExchangeError, match="cannot be reached") as caught:
        Connection(Target("http://127.0.0.1:1", "bw_token")).get("/partners")
    assert isinstance(caught.value, ExchangeAwayError)


def test_a_port_without_tls_is_no_untrusted_certificate() -> None:
    with loopback_server(Scripted([OK])) as url, pytest.raises(ExchangeAwayError, match=r"not speak TLS .* is it http") as caught:
        Connection(Target(url.replace("http:", "https:"), "bw_token")).send(Request("PATCH", "/partners/1", body=b"{}"))
    assert "certificate" not in caught.value.sentence


@pytest.mark.parametrize(("answer", "sentence"), NO_EXCHANGES)
def test_what_is_no_exchange_is_said_to_be_none(answer: tuple[str, dict[str, str], bytes], sentence: str) -> None:
    with served(answer) as (connection, _), pytest.raises(ExchangeError, match=sentence):
        connection.get("/partners")


UNREADABLE = [
    ("200 OK", JSON | {"Content-Encoding": "gzip"}, b"not packed"),
    ("200 OK", JSON | {"Content-Encoding": ", ".join(["gzip"] * 9)}, b"not packed"),
]


@pytest.mark.parametrize("answer", UNREADABLE, ids=["no gzip", "packed nine times"])
def test_an_answer_that_cannot_be_read_is_told_as_no_exchange_and_not_asked_for_again(
    answer: tuple[str, dict[str, str], bytes],
) -> None:
    with served(answer) as (connection, server):
        with pytest.raises(ExchangeAwayError) as caught:
            connection.get("/partners")
        assert (caught.value.told, len(server.asked)) == ("no-exchange", 1)
        with pytest.raises(ExchangeAwayError):
            list(connection.stream("/exports/1/files/1", 0)[1])


def test_a_refusal_of_a_file_is_bounded_as_any_other() -> None:
    packed = ("404 Not Found", JSON | {"Content-Encoding": "gzip"}, gzip.compress(b" " * 10_000_000))
    with served(packed) as (connection, _), pytest.raises(ExchangeAwayError, match="longer than any"):
        connection.stream("/exports/1/files/1", 0)


@pytest.mark.parametrize("place", ["http://[bad", "http://127.0.0.1:1/", "\xe9", "//:x"])
def test_where_a_redirect_leads_is_not_looked_at_and_its_body_not_read_for_that(place: str) -> None:
    for content, kind in ((b"", ExchangeRefusedError), (gzip.compress(b" " * 10_000_000), ExchangeAwayError)):
        packed = {"Content-Encoding": "gzip"} if content else {}
        with served(("302 Found", packed | {"Location": place}, content)) as (connection, _), pytest.raises(kind):
            connection.get("/partners")


def test_an_empty_answer_is_nothing() -> None:
    with served(("204 No Content", {}, b"")) as (connection, _):
        assert connection.get("/partners") is None


@pytest.mark.parametrize("token", ["bw token", "bw\ntoken", "bẃ"])
def test_what_is_no_token_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(ExchangeError) as caught:
        Connection(Target("https://exchange.example.org", token))
    assert token not in caught.value.sentence


def test_a_token_is_not_shown_where_a_target_is() -> None:
    assert "secret" not in repr(Target("https://exchange.example.org", "bw_secret"))


def test_a_problem_document_becomes_one_error_with_the_exchanges_own_code() -> None:
    problem = {"code": "state-conflict", "detail": "It is there.", "pointer": "/name", "request_id": "r-1"}
    answer = served(("409 Conflict", {"Content-Type": "application/problem+json"}, json.dumps(problem).encode()))
    with answer as (connection, _), pytest.raises(ExchangeRefusedError, match="It is there") as caught:
        connection.get("/partners")
    told = caught.value
    assert (told.code, told.pointer, told.status, told.request_id) == (Code.STATE_CONFLICT, "/name", 409, "r-1")


def test_a_code_that_this_version_does_not_know_is_kept_as_it_was_told() -> None:
    answer = served(("409 Conflict", {"Content-Type": "application/problem+json"}, b'{"code":"of-tomorrow"}'))
    with answer as (connection, _), pytest.raises(ExchangeRefusedError) as caught:
        connection.get("/partners")
    assert (caught.value.told, caught.value.code) == ("of-tomorrow", ExchangeRefusedError.default_code)


def test_whoever_wants_to_know_is_told_before_each_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[tuple[float, int]] = []
    monkeypatch.setattr("breakwater_client.talking.connection.time.sleep", lambda _: None)
    with loopback_server(Scripted([(BUSY[0], BUSY[1] | {"Retry-After": "7"}, BUSY[2]), OK])) as url:
        Connection(Target(url, "bw_token"), waits=lambda seconds, attempt: waited.append((seconds, attempt))).get("/partners")
    assert waited == [(7.0, 1)]


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"a":', b"\xff"])
def test_what_cannot_be_read_as_json_is_told_as_no_exchange(content: bytes) -> None:
    with served(("200 OK", JSON, content)) as (connection, _), pytest.raises(ExchangeAwayError) as caught:
        connection.get("/partners")
    assert caught.value.told == "no-exchange"


def test_a_wait_in_odd_digits_is_none_that_is_known() -> None:
    odd = (BUSY[0], BUSY[1] | {"Retry-After": "\u00b2".encode().decode("latin-1")}, BUSY[2])
    with served(odd, OK) as (connection, server):
        assert connection.get("/partners") == {"ok": True}
    assert len(server.asked) == 2
