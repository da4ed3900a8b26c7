"""The doctor's hop: an HTTP server on this machine that passes requests on to an exchange, hinders some, and remembers all.

Owns the wire; what is hindered is ``doctor_scenario``'s, what it shows ``doctor_checks``'. Requests are held in memory. Kept by
``tests/cli/test_doctor_hop.py``.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum, unique
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

AWAY = "The doctor cannot reach the exchange that it examines against."

_HOST = "127.0.0.1"
_SECONDS = 120
_MOST_BYTES = 64 * 1024 * 1024
_NOT_PASSED_ON = {"connection", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length"}


@unique
class Hindrance(StrEnum):
    """What becomes of a request instead of being answered."""

    BUSY = "busy"
    CUT = "cut"
    LOST = "lost"
    REFUSED = "refused"


@dataclass(slots=True)
class Seen:
    """One request, and its answer as it was given; ``at`` and ``answered_at`` are seconds of a clock that only goes on.

    ``authentic`` is None, or the sentence for why who asks was not shown. ``tampered`` are ids of objects that were changed.
    ``is_away``: the exchange could not be asked.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    at: float
    hindrance: Hindrance | None = None
    status: int = 0
    answer: bytes = b""
    answer_headers: dict[str, str] = field(default_factory=dict)
    answered_at: float = 0.0
    authentic: str | None = None
    tampered: frozenset[str] = frozenset()
    is_away: bool = False

    @property
    def path(self) -> str:
        """The path below ``/api/v1``, or the whole one."""
        return urlsplit(self.target).path.removeprefix("/api/v1")

    @property
    def query(self) -> dict[str, str]:
        """The query, of repeated names the last."""
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def document(self) -> dict[str, Any]:
        """The answer's JSON object; empty where it is none."""
        return _object(self.answer)

    @property
    def sent(self) -> dict[str, Any]:
        """The request's JSON object; empty where it is none."""
        return _object(self.body)

    @property
    def is_feed(self) -> bool:
        """Whether it asks for a page of the feed."""
        return (self.method, self.path) == ("GET", "/objects")

    @property
    def is_submission(self) -> bool:
        """Whether it submits objects."""
        return (self.method, self.path) == ("POST", "/submissions")

    @property
    def is_whole(self) -> bool:
        """Whether the exchange's own answer was given, whole and without a refusal."""
        return self.hindrance is None and 200 <= self.status < 300  # noqa: PLR2004  # RFC 9110 §15.3

    def asks_as(self, other: Seen) -> bool:
        """Whether it is the same request: method, address and body."""
        return (self.method, self.target, self.body) == (other.method, other.target, other.body)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


Answering = Callable[[Seen], None]
"""Fills a request's answer in: status, headers, content and what hinders it."""


@contextmanager
def hop(answering: Answering, port: int = 0) -> Iterator[str]:
    """Serve on a port of this machine (0: a free one) while the block runs; gives the URL.

    Requests come to ``answering`` one at a time.
    """
    with _Server(answering, port) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://{_HOST}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def pass_on(url: str, one: Seen, target: str, headers: Mapping[str, str]) -> None:
    """Ask the exchange at ``url``, and fill the answer in; one that cannot be reached answers 502."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(str(parts.hostname), parts.port, timeout=_SECONDS)
    passed = {name: value for name, value in headers.items() if name not in _NOT_PASSED_ON} | {"accept-encoding": "identity"}
    try:
        connection.request(one.method, parts.path.rstrip("/") + target, one.body or None, passed)
        answer = connection.getresponse()
        one.status, one.answer = answer.status, answer.read()
        one.answer_headers = {name.lower(): value for name, value in answer.getheaders() if name.lower() not in _NOT_PASSED_ON}
    except (OSError, http.client.HTTPException):
        problem(one, 502, "exchange-unavailable", AWAY)
        one.is_away = True
    finally:
        connection.close()


def problem(one: Seen, status: int, code: str, detail: str, **headers: str) -> None:
    """Answer with a problem document (RFC 9457)."""
    one.status = status
    one.answer = json.dumps({"type": "about:blank", "status": status, "code": code, "title": code, "detail": detail}).encode()
    one.answer_headers = {"content-type": "application/problem+json", **headers}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answering: Answering, port: int) -> None:
        self.answering = answering
        self.one_at_a_time = threading.Lock()
        super().__init__((_HOST, port), _Handler)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer's own asks the name service who 127.0.0.1 is
        self.server_name, self.server_port = _HOST, self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """Write nothing: clients that break connections are what this is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _SECONDS
    server: _Server

    def _answer(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        one = Seen(self.command, self.path, headers, self._body(), time.monotonic())
        with self.server.one_at_a_time:
            self.server.answering(one)
        if one.hindrance is Hindrance.LOST:
            self.close_connection = True
            return
        content = one.answer[: len(one.answer) // 2] if one.hindrance is Hindrance.CUT else one.answer
        self.send_response(one.status)
        for name, value in one.answer_headers.items():
            if name not in {"date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(one.answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        if one.hindrance is Hindrance.CUT:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _answer  # noqa: N815  # the base class names them so

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            pieces = []
            while size := int(self.rfile.readline(64).partition(b";")[0], 16):
                pieces.append(self.rfile.read(min(size, _MOST_BYTES)))
                self.rfile.readline(8)
            self.rfile.readline(8)
            return b"".join(pieces)
        return self.rfile.read(min(int(self.headers.get("Content-Length", 0)), _MOST_BYTES))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class names it so
        """Write nothing: what was asked is in the checks."""
