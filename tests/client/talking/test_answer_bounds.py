"""How much of an answer is taken into memory: by what was asked for, unpacked, and before any JSON value is made of it."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from app.cli.loopback_server import loopback_server
from breakwater_client.errors import ExchangeAwayError
from breakwater_client.talking import answer_bounds
from breakwater_client.talking.answer_bounds import LARGE, PROBLEM, Bound, bound_of
from breakwater_client.talking.connection import Connection, Target
from tests.factories.scripted_exchange import JSON, Scripted

_MIB = 1024 * 1024
_GIVEN = ("200 OK", JSON)
_REFUSED = ("404 Not Found", {"Content-Type": "application/problem+json"})
_GZIP = {"Content-Encoding": "gzip"}

ASKING = """
import re, sys
from pathlib import Path
from breakwater_client.errors import ExchangeAwayError
from breakwater_client.talking.connection import Connection, Target
def most():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
connection = Connection(Target(sys.argv[1], "bw_token"))
connection.get("/warm")
before = most()
try:
    getattr(connection, sys.argv[2])(sys.argv[3])
except ExchangeAwayError as refusal:
    assert refusal.told == "no-exchange", refusal
else:
    raise AssertionError("it was taken")
print((most() - before) // 1024)
"""
"""Asks one question as a process of its own, and prints by how many MiB its largest use of memory grew.

Of this program alone: what ``getrusage`` gives begins at what its parent used.
"""


@pytest.fixture(scope="module")
def very_many() -> bytes:
    """Some hundred KB that unpack to 255 MiB, of which JSON makes gigabytes."""
    return gzip.compress(b"[" + b'{"":0},' * (255 * _MIB // 7) + b"0]", 1)


def asked(path: str, *answer: object) -> object:
    with loopback_server(Scripted([answer])) as url:  # type: ignore[list-item]  # a table of answers
        return Connection(Target(url, "bw_token")).get(path)


@pytest.mark.parametrize(
    ("path", "most_mib"),
    [
        ("/log/checkpoint?cosigned_by=2", 0.25),
        ("/log/checkpoints/12", 0.25),
        ("/log/tile/0/x001/067.p/8", 0.25),
        ("/log/consistency?first=1&second=2", 1),
        ("/log/entries/5/proof", 16),
        ("/objects/indicator--1/versions/2026/proof", 16),
        ("/submissions", 48),
        ("/submissions/1", 48),
        ("/submissions/1/proof", 16),
        ("/key-directory", 48),
        ("/key-directory/versions/3", 48),
        ("/objects", 16),
        ("/searches/1/new", 16),
        ("/objects/indicator--1", 256),
        ("/exports/1/files/a", 256),
        ("/own-data", 256),
        ("/partners/1/own-data", 256),
        ("/partners", 64),
        ("/log/checkpoint/../../objects", 64),
    ],
)
def test_an_answer_may_be_as_long_as_what_was_asked_for(path: str, most_mib: float) -> None:
    assert bound_of(path).most_bytes == most_mib * _MIB


@pytest.mark.parametrize(
    ("head", "asking", "path", "most_mib"),
    [
        (_REFUSED, "fetch", "/log/checkpoint", 24),
        (_REFUSED, "get", "/objects", 24),
        (_GIVEN, "fetch", "/log/checkpoint", 24),
        (_GIVEN, "fetch", "/log/consistency?first=1&second=2", 24),
        (_GIVEN, "get", "/submissions/1/proof", 64),
        (_GIVEN, "get", "/key-directory", 128),
        (_GIVEN, "get", "/partners", 192),
    ],
)
def test_a_small_answer_that_unpacks_to_very_many_values_takes_little_memory(
    head: tuple[str, dict[str, str]], asking: str, path: str, most_mib: int, very_many: bytes
) -> None:
    answers = [("200 OK", JSON, b"{}"), (head[0], head[1] | _GZIP, very_many)]
    with loopback_server(Scripted(answers)) as url:
        command = [sys.executable, "-c", ASKING, url, asking, path]
        found = os.environ | {"PYTHONPATH": str(Path(answer_bounds.__file__).parents[2])}
        done = subprocess.run(command, env=found, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < most_mib


def test_many_values_are_refused_before_one_is_made() -> None:
    values = b"[" + b"{}," * 40_000 + b"0]"
    assert asked("/partners", "200 OK", JSON, values) == json.loads(values)
    for path, head, content in (("/key-directory", "200 OK", values), ("/partners", "200 OK", b"[" + b"0," * 1_500_000 + b"0]")):
        with pytest.raises(ExchangeAwayError, match="longer than any"):
            asked(path, head, JSON, content)


@pytest.mark.parametrize("most", [0, 1])
def test_the_bound_itself_is_taken_and_a_byte_more_is_not(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("breakwater_client.talking.connection.bound_of", lambda _: Bound(100_000 - most, 10))
    answer = ("200 OK", JSON | _GZIP, gzip.compress(b'"' + b" " * 99_998 + b'"'))
    if most:
        with pytest.raises(ExchangeAwayError, match="longer than any"):
            asked("/partners", *answer)
    else:
        assert asked("/partners", *answer) == " " * 99_998


@pytest.mark.parametrize(
    ("packing", "content"),
    [
        ("gzip", gzip.compress(b"{}") + gzip.compress(b"")),
        ("gzip", gzip.compress(b"{}")[:-4]),
        ("gzip, gzip", gzip.compress(gzip.compress(b"{}"))),
        ("deflate", zlib.compress(b"{}")),
        ("zstd", b"\x50\x2a\x4d\x18\x00\x00\x00\x00"),
    ],
    ids=["a second member", "cut", "packed twice", "another way", "a third way"],
)
def test_one_way_of_packing_is_read_once(packing: str, content: bytes) -> None:
    with pytest.raises(ExchangeAwayError) as caught:
        asked("/partners", "200 OK", JSON | {"Content-Encoding": packing}, content)
    assert caught.value.told == "no-exchange"


@pytest.mark.parametrize("packing", ["gzip", "identity", "GZIP"])
def test_what_is_packed_as_was_asked_for_is_read(packing: str) -> None:
    content = b'{"a": "' + b"x" * 100_000 + b'"}'
    sent = content if packing == "identity" else gzip.compress(content)
    assert asked("/partners", "200 OK", JSON | {"Content-Encoding": packing}, sent) == json.loads(content)
    with loopback_server(scripted := Scripted([("200 OK", JSON, b"{}")])) as url:
        Connection(Target(url, "bw_token")).get("/partners")
    assert scripted.asked[0]["HTTP_ACCEPT_ENCODING"] == "gzip"


def test_no_answer_may_be_longer_than_a_page_of_objects() -> None:
    assert PROBLEM.most_bytes < bound_of("/partners").most_bytes < LARGE.most_bytes
