"""Answers that are joined from stored bytes, which are never parsed on their way out.

Owns the joining: at once where the bytes are held already, else piece by piece while they leave, so that a page may be larger
than what is held in memory. Where the rest may not leave any more, the connection is broken off before the answer is whole, so
that nobody takes a part for it. Kept by ``tests/web/test_streams.py``.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Collection, Iterator

from app.domain.errors import BreakwaterError, Code
from app.web.access_log import log_of_breaking_off


def joined(head: bytes, bodies: Collection[bytes], tail: bytes) -> bytes | Iterator[bytes]:
    """Give head, bodies with commas between them, and tail."""
    if isinstance(bodies, list):
        return b"".join((head, b",".join(bodies), tail))
    return _piece_by_piece((head, bodies, tail), log_of_breaking_off())


def line_by_line(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Give lines while they are made, and break the answer off where one cannot be."""
    return _unless_refused(lines, log_of_breaking_off())


def _unless_refused(lines: Iterator[bytes], log: Callable[[Code], None]) -> Iterator[bytes]:
    try:
        yield from lines
    except BreakwaterError as exc:
        log(exc.code)
        raise ConnectionResetError(errno.ECONNRESET, "broken off") from None


def _piece_by_piece(parts: tuple[bytes, Collection[bytes], bytes], log: Callable[[Code], None]) -> Iterator[bytes]:
    head, bodies, tail = parts
    yield head
    try:
        for number, body in enumerate(bodies):
            yield b"," + body if number else body
    except BreakwaterError as exc:
        log(exc.code)
        # To the server it is as if the client had gone: it closes the connection without an end of the answer.
        raise ConnectionResetError(errno.ECONNRESET, "broken off") from None
    yield tail
