"""A server that answers as it was told to, for what a client makes of answers.

Owns the script and what it remembers. Used by ``tests/cli/test_api.py`` and ``tests/client/talking``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


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
NO_EXCHANGES = [
    (("502 Bad Gateway", {"Content-Type": "text/html"}, b"<html>"), "The exchange answered 502"),
    (("414 URI Too Long", {"Content-Type": "text/html"}, b"<html>"), "give fewer values"),
    (("400 Bad Request", JSON, b"[]"), "The exchange answered 400"),
    (("404 Not Found", {"Content-Type": "text/html"}, b"<html>"), "not as an exchange does: is this its address"),
    (("303 See Other", {"Location": "/portal"}, b""), "not as an exchange does: is this its address"),
    (("200 OK", {"Content-Type": "text/html"}, b"<html>"), "is this the address of an exchange"),
    (("302 Found", {"Location": "http://127.0.0.1:1/"}, b""), "What is there answered 302"),
]
"""What something else than an exchange answers, and what is said of it then."""

NO_CURSORS = {
    "empty": "",
    "half a character": "\ud800",
    "a zero": "a\0b",
    "a line": "a\r\nX: y",
    "a letter": "Å",
    "too long": "a" * 4_097,
}
"""What no list goes on with: kept once, it would go wrong each time that it is sent back."""

NO_ADDRESSES = [
    "exchange.example.org",
    "ftp://exchange.example.org",
    "https://",
    "https://a:b@exchange.example.org",
    "https://x.example.org/?a=1",
    "https://[x.example.org",
]
