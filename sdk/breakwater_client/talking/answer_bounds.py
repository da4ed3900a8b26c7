"""How long an answer may be, by what was asked for, and how it is taken into memory: piece by piece, unpacked under that bound.

Owns the bounds on bytes, as they come unpacked, and on JSON values, each of which costs up to a hundred bytes of memory. Time and
the bytes of the line itself are ``slow_answers``'; what an answer says is its reader's. Kept by
``tests/client/talking/test_answer_bounds.py``.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import requests

from breakwater_client.errors import Answer, ExchangeAwayError

ACCEPTED_PACKINGS = "gzip"
"""The only way of packing that is asked for and read: nothing in it unpacks to more than a thousand times its length."""

PIECE_BYTES = 16 * 1024  # as much is lost, at most, where a connection breaks
_MIB = 1024 * 1024
_GZIP = 31  # zlib's word for a gzip header, and the largest window
_TOO_LONG = "The answer is longer than any that an exchange gives: is this the address of an exchange?"
_NO_JSON = "The answer is no JSON: is this the address of an exchange?"


@dataclass(frozen=True, slots=True)
class Bound:
    """Most bytes of an answer, unpacked, and most JSON values where it is read as JSON."""

    most_bytes: int
    most_values: int

    @property
    def most_on_the_line(self) -> int:
        """Most bytes in which it may come, its headers, the frames of its pieces and what packs it included."""
        return 2 * self.most_bytes + _MIB


PROBLEM = Bound(64 * 1024, 10_000)
"""A refusal, whatever was asked for."""

PAGE = Bound(16 * _MIB, 6_000_000)
"""A page of objects: an exchange ends it with the object that passes 3 MiB, which has 1 MiB at most; each byte may be a comma."""

LARGE = Bound(256 * _MIB, 4_000_000)
"""An object as many publishers state it, and files."""

_OTHER = Bound(64 * _MIB, 1_500_000)
_BY_PATH = (
    (re.compile(r"/log/(?:checkpoint|checkpoints/[0-9]+|tile/.*)"), Bound(256 * 1024, 10_000)),  # a note has 65,536 characters
    (re.compile(r"/log/consistency"), Bound(_MIB, 10_000)),
    (re.compile(r"/key-directory(?:/versions/[0-9]+)?"), Bound(48 * _MIB, 1_000)),  # 32 MiB in base64, in an envelope
    (re.compile(r"/(?:submissions/[^/]+|log/entries/[^/]+|objects/[^/]+/versions/[^/]+)/proof"), Bound(16 * _MIB, 400_000)),
    (re.compile(r"/submissions(?:/[^/]+)?"), Bound(48 * _MIB, 400_000)),  # 5,000 objects, each with 20 ids that narrow it
    (re.compile(r"/objects|/search|/searches/[^/]+/new"), PAGE),
    (re.compile(r"/objects/.*|/search/.*|/exports/.*|(?:/partners/[^/]+)?/own-data"), LARGE),
)


def bound_of(path: str) -> Bound:
    """Give how long an answer to a question below ``/api/v1`` may be; a query behind the path says nothing."""
    asked = path.partition("?")[0]
    return next((bound for pattern, bound in _BY_PATH if pattern.fullmatch(asked)), _OTHER)


def read_bounded(response: requests.Response, bound: Bound) -> None:
    """Take an answer into memory, unpacked: ``response.content`` has it then.

    Raises:
        ExchangeAwayError: it is longer than the bound.
        ValueError: it is packed as it does not say, or in another way than was asked for.
        requests.RequestException, urllib3.exceptions.HTTPError: reading fails.
    """
    content = bytearray()
    with response:
        for piece in unpacked(response):
            content += piece
            if len(content) > bound.most_bytes:
                raise _too_long(response)
    response._content = bytes(content)  # noqa: SLF001  # what `content` gives: the library has no other way to bound it


def unpacked(response: requests.Response) -> Iterator[bytes]:
    """Give the pieces of an answer, none longer than ``PIECE_BYTES``; raises as ``read_bounded``, and bounds not the whole."""
    # The library unpacks each piece whole, and what was packed several times too: so much memory as the sender likes.
    packing = response.raw.headers.pop("Content-Encoding", "identity").strip().lower()
    pieces = response.iter_content(PIECE_BYTES)
    if packing in {"identity", ""}:
        return pieces
    if packing != ACCEPTED_PACKINGS:
        raise ValueError(packing)
    return _unzipped(pieces)


def _unzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        for piece in pieces:
            rest = piece
            while rest and not unpacker.eof:
                yield unpacker.decompress(rest, PIECE_BYTES)
                rest = unpacker.unconsumed_tail
            if unpacker.unused_data or (rest and unpacker.eof):
                raise ValueError("something lies behind its end")  # further members, which may be empty for ever
        yield unpacker.flush()
    except zlib.error as exc:
        raise ValueError("no gzip") from exc
    if not unpacker.eof:
        raise ValueError("cut")


def read_json(response: requests.Response, bound: Bound) -> Any:
    """Give the JSON value of an answer that was read, if it is not of more values than the bound.

    Values are counted by what stands between them before any is made; a comma in a text counts, too.

    Raises:
        ExchangeAwayError: it is no JSON, or has more values.
    """
    content = response.content
    if sum(map(content.count, (b",", b"[", b"{"))) > bound.most_values:
        raise _too_long(response)
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise ExchangeAwayError(_NO_JSON, told="no-exchange", answer=Answer(response.status_code)) from None


def _too_long(response: requests.Response) -> ExchangeAwayError:
    return ExchangeAwayError(_TOO_LONG, told="no-exchange", answer=Answer(response.status_code))
