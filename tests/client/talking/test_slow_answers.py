"""An answer that comes a little at a time ends; one that is long, or whose reader takes its time, does not."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from breakwater_client.errors import ExchangeAwayError
from breakwater_client.talking import answer_bounds, slow_answers
from breakwater_client.talking import connection as connection_module
from breakwater_client.talking.connection import ATTEMPTS, Connection, Target

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BODY = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@contextmanager
def dripping(beginning: bytes, again: bytes, pause: float = 0.01) -> Iterator[tuple[str, list[int]]]:
    """Serve an answer whose end never comes; gives the address, and a list that grows by one for each connection."""
    asked: list[int] = []

    def drip(connection: socket.socket) -> None:
        with connection:
            connection.recv(65_536)
            try:
                connection.sendall(beginning)
                while True:
                    connection.sendall(again)
                    time.sleep(pause)
            except OSError:
                return

    def listen() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            asked.append(1)
            threading.Thread(target=drip, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("beginning", "again"),
    [
        (b"", b"x"),
        (HEAD, b"x"),
        (HEAD, b"X-Again: 1\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (BODY, b"1\r\n \r\n"),
        (BODY, b"0"),
    ],
    ids=["a first line", "a header", "headers", "words to go on", "a body", "a length of a piece"],
)
def test_what_drips_is_given_up_and_not_asked_for_again(beginning: bytes, again: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_answers, "_SECONDS", 0.2)
    with dripping(beginning, again) as (url, asked):
        begun = time.monotonic()
        with pytest.raises(ExchangeAwayError):
            Connection(Target(url, "bw_token")).get("/log/checkpoint")
        assert time.monotonic() - begun < 60
        assert len(asked) == 1


@pytest.mark.parametrize(
    ("beginning", "again"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\nX: " + b"y" * 900 + b"\r\n\r\n"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", b"X: " + b"y" * 900 + b"\r\n"),
        (HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"")),
        (HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"{}")[:10], b"\x00\x00\x00\xff\xff"),
        (BODY, b"1;" + b"y" * 60_000 + b"\r\n \r\n"),
    ],
    ids=["words to go on", "what follows the last piece", "empty members", "empty blocks", "frames of pieces"],
)
def test_what_comes_fast_without_an_end_and_gives_nothing_is_given_up(beginning: bytes, again: bytes) -> None:
    before = threading.active_count()
    with dripping(beginning, again * max(1, 30_000 // len(again)), pause=0) as (url, asked):
        begun = time.monotonic()
        with pytest.raises(ExchangeAwayError):
            Connection(Target(url, "bw_token")).fetch("/log/checkpoint")
        assert time.monotonic() - begun < 30
        assert len(asked) == 1
    assert threading.active_count() <= before + 2  # those that serve


def test_no_answer_may_come_for_longer_than_the_longest_however_much_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_answers, "_MOST_SECONDS", 0.5)
    piece = b"4000\r\n" + b"x" * 16_384 + b"\r\n"
    with dripping(BODY, piece, pause=0.01) as (url, asked):
        with pytest.raises(ExchangeAwayError, match="without an end"):
            Connection(Target(url, "bw_token")).get("/objects")
        assert len(asked) == 1


def test_a_long_answer_has_longer_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_answers, "_SECONDS", 0.2)
    monkeypatch.setattr(slow_answers, "_BYTES_A_SECOND", 10_000)
    piece = b"1000\r\n" + b"x" * 4096 + b"\r\n"
    with dripping(BODY + piece, piece, pause=0.02) as (url, asked):
        pieces = Connection(Target(url, "bw_token")).stream("/exports/1/files/1", 0)[1]
        assert sum(len(next(pieces)) for _ in range(25)) > 100_000
        assert len(asked) == 1


def test_a_file_that_comes_slowly_goes_on_and_one_that_drips_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_answers, "_SECONDS", 0.2)
    for module in (answer_bounds, connection_module):
        monkeypatch.setattr(module, "PIECE_BYTES", 1_000)
    part = BODY.replace(b"200 OK", b"206 Partial Content")
    with dripping(part, b"3e8\r\n" + b"x" * 1_000 + b"\r\n", pause=0.06) as (url, asked):
        pieces = Connection(Target(url, "bw_token")).stream("/exports/1/files/1", 0)[1]
        while len(asked) <= ATTEMPTS:
            assert next(pieces)
    with dripping(part, b"1\r\nx\r\n", pause=0.02) as (url, asked):
        with pytest.raises(ExchangeAwayError):
            list(Connection(Target(url, "bw_token")).stream("/exports/1/files/1", 0)[1])
        assert len(asked) == ATTEMPTS


def test_what_a_reader_does_between_two_pieces_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_answers, "_SECONDS", 1)
    monkeypatch.setattr(slow_answers, "_BYTES_A_SECOND", 1 << 30)
    piece = b"4000\r\n" + b"x" * 16_384 + b"\r\n"
    with dripping(BODY, piece, pause=0) as (url, asked):
        pieces = Connection(Target(url, "bw_token")).stream("/exports/1/files/1", 0)[1]
        for _ in range(5):
            next(pieces)
            time.sleep(0.4)
        assert len(asked) == 1
