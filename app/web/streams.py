"""Answers that are joined from stored bytes, which are never parsed on their way out.

Owns the joining: at once where the bytes are held already, else piece by piece while they leave, so that a page may be larger
than what is held in memory. Kept by ``tests/web/test_streams.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator


def joined(head: bytes, bodies: Collection[bytes], tail: bytes) -> bytes | Iterator[bytes]:
    """Give head, bodies with commas between them, and tail."""
    if isinstance(bodies, list):
        return b"".join((head, b",".join(bodies), tail))
    return _piece_by_piece(head, bodies, tail)


def _piece_by_piece(head: bytes, bodies: Collection[bytes], tail: bytes) -> Iterator[bytes]:
    yield head
    for number, body in enumerate(bodies):
        yield b"," + body if number else body
    yield tail
