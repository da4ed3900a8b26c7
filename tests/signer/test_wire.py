from __future__ import annotations

import io
import struct

import pytest

from app.domain.vocabulary import KeyUsage
from app.signer.wire import (
    LETTERS,
    MAX_ANSWER_BYTES,
    MAX_MESSAGE_BYTES,
    Answer,
    Operation,
    Request,
    WireError,
    answer_bytes,
    read_answer,
    read_request,
    request_bytes,
)


@pytest.mark.parametrize("operation", list(Operation))
@pytest.mark.parametrize("usage", LETTERS)
@pytest.mark.parametrize("message", [b"", b"\n\0text"])
def test_a_request_arrives_as_it_was_sent(operation: Operation, usage: KeyUsage, message: bytes) -> None:
    request = Request(operation, usage, message, b"k" * 32)
    assert read_request(io.BytesIO(request_bytes(request) + b"next")) == request


@pytest.mark.parametrize("answer", [Answer(is_refused=False, content=bytes(64)), Answer(is_refused=True, content=b"reason")])
def test_an_answer_arrives_as_it_was_sent(answer: Answer) -> None:
    assert read_answer(io.BytesIO(answer_bytes(answer))) == answer


@pytest.mark.parametrize("operation", list(Operation))
def test_the_key_of_overlap_checks_has_a_letter_of_its_own(operation: Operation) -> None:
    request = Request(operation, None, b"elements", b"k" * 32)
    assert request_bytes(request)[1:2] not in LETTERS.values()
    assert read_request(io.BytesIO(request_bytes(request))) == request


def test_an_end_between_two_requests_is_no_error() -> None:
    assert read_request(io.BytesIO()) is None


WHOLE = request_bytes(Request(Operation.SIGN, KeyUsage.STATEMENT_SIGNING, b"message"))


@pytest.mark.parametrize("length", range(1, len(WHOLE)))
def test_an_end_in_the_middle_of_a_request_is_one(length: int) -> None:
    with pytest.raises(WireError):
        read_request(io.BytesIO(WHOLE[:length]))


@pytest.mark.parametrize("head", [b"Xs", b"ss", b"SX", b"So", b"\0\0", b"GE"])
def test_other_letters_are_refused_before_anything_else_is_read(head: bytes) -> None:
    file = io.BytesIO(head + bytes(32) + struct.pack(">I", 3) + b"abc")
    with pytest.raises(WireError, match="no request"):
        read_request(file)
    assert file.read() == b"abc"


def test_what_is_too_long_is_refused_before_it_is_read() -> None:
    file = io.BytesIO(b"Ss" + bytes(32) + struct.pack(">I", MAX_MESSAGE_BYTES + 1) + b"abc")
    with pytest.raises(WireError, match="too long"):
        read_request(file)
    assert file.read() == b"abc"


@pytest.mark.parametrize("came", [b"", b"+", b"?\0\0\0\0", b"+\0\0\0\2a", b"+" + struct.pack(">I", MAX_ANSWER_BYTES + 1)])
def test_what_is_no_answer_is_refused(came: bytes) -> None:
    with pytest.raises(WireError):
        read_answer(io.BytesIO(came))
