"""What goes over the signer's socket: requests and answers, each with its length in front.

Owns the bytes of both directions and their bounds; who may ask and what is signed is decided elsewhere. A request is operation,
use of the key (one letter each), the key's id (32 bytes), length (32 bits, big endian), message; an answer is a sign, length,
content. Kept by ``tests/signer/test_wire.py``.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, unique
from typing import BinaryIO

from app.domain.vocabulary import KeyUsage

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
"""Most that is signed at once: a receipt of five thousand objects, or a directory of some ten thousand keys, is far below."""

MAX_ANSWER_BYTES = 4096
KEYID_BYTES = 32
_REQUEST = struct.Struct(">cc32sI")
_ANSWER = struct.Struct(">cI")
LETTERS: Mapping[KeyUsage, bytes] = {
    KeyUsage.CHECKPOINT_SIGNING: b"c",
    KeyUsage.DIRECTORY_SIGNING: b"d",
    KeyUsage.STATEMENT_SIGNING: b"s",
}
"""The uses of the exchange's own keys that sign, and their letters on the wire."""
_OVERLAP = b"v"  # the key of overlap checks, which signs nothing
_USAGES: Mapping[bytes, KeyUsage | None] = {letter: usage for usage, letter in LETTERS.items()} | {_OVERLAP: None}


@unique
class Operation(Enum):
    """What is asked for: an evaluation, what was signed last, the public half of a key, or a signature."""

    EVALUATE = b"E"
    LAST = b"L"
    PUBLIC = b"P"
    SIGN = b"S"


class WireError(Exception):
    """What came is no request, or no answer. The connection cannot be used any more."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. Who wants a signature names the key that it is to be of, so that no other's goes out under its name.

    ``usage`` None: the key of overlap checks. Its id is the SHA-256 of its public half, which names the epoch.
    """

    operation: Operation
    usage: KeyUsage | None
    message: bytes = b""
    keyid: bytes = bytes(KEYID_BYTES)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: a signature, a public key (DER), what was signed last (JSON, ``null`` for nothing), or evaluations.

    Where it ``is_refused``: the reason, as a word in ASCII.
    """

    is_refused: bool
    content: bytes


def request_bytes(request: Request) -> bytes:
    """Give a request as it goes over the socket."""
    letter = _OVERLAP if request.usage is None else LETTERS[request.usage]
    head = _REQUEST.pack(request.operation.value, letter, request.keyid, len(request.message))
    return head + request.message


def answer_bytes(answer: Answer) -> bytes:
    """Give an answer as it goes over the socket."""
    return _ANSWER.pack(b"-" if answer.is_refused else b"+", len(answer.content)) + answer.content


def read_request(file: BinaryIO) -> Request | None:
    """Give the next request (unverified bytes), None when the other side has ended properly, between two requests.

    Nothing longer than ``MAX_MESSAGE_BYTES`` is read.

    Raises:
        WireError: an unknown letter, a message that is too long, or an end in the middle.
    """
    head = file.read(_REQUEST.size)
    if not head:
        return None
    if len(head) < _REQUEST.size:
        raise WireError("half a request")
    operation, usage, keyid, length = _REQUEST.unpack(head)
    if operation not in {one.value for one in Operation} or usage not in _USAGES:
        raise WireError("no request")
    if length > MAX_MESSAGE_BYTES:
        raise WireError("too long")
    return Request(Operation(operation), _USAGES[usage], _exactly(file, length), keyid)


def read_answer(file: BinaryIO) -> Answer:
    """Give the next answer.

    Raises:
        WireError: the signer ended, or what came is no answer.
    """
    sign, length = _ANSWER.unpack(_exactly(file, _ANSWER.size))
    if sign not in {b"+", b"-"} or length > MAX_ANSWER_BYTES:
        raise WireError("no answer")
    return Answer(sign == b"-", _exactly(file, length))


def _exactly(file: BinaryIO, count: int) -> bytes:
    content = file.read(count)
    if len(content) < count:
        raise WireError("ended in the middle")
    return content
