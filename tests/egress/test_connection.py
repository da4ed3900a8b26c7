"""The form of a request; connections are made in ``test_call.py`` and ``test_fetch.py``."""

from __future__ import annotations

import time

import pytest

from app.egress.addresses import Target
from app.egress.connection import Request, seconds_left, written


def test_a_request_names_its_host_and_has_a_length_where_it_has_a_body() -> None:
    got = written(Target("login.example.org", 443, "/keys?x=1"), Request("GET", {"Accept": "application/json"}))
    assert got == (
        b"GET /keys?x=1 HTTP/1.1\r\nHost: login.example.org\r\nUser-Agent: breakwater\r\nConnection: close\r\n"
        b"Accept: application/json\r\n\r\n"
    )
    posted = written(Target("login.example.org", 8443, "/token"), Request("POST", {}, b"code=x"))
    assert b"Host: login.example.org:8443\r\n" in posted
    assert posted.endswith(b"Content-Length: 6\r\nConnection: close\r\n\r\ncode=x")


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "a\rb"])
def test_no_header_holds_a_line_break(value: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        written(Target("login.example.org", 443, "/"), Request("GET", {"Accept": value}))


def test_time_that_is_over_is_over() -> None:
    assert seconds_left(time.monotonic() + 5) > 4
    with pytest.raises(TimeoutError):
        seconds_left(time.monotonic() - 1)
