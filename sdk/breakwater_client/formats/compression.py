"""Compressed streams: gzip and zstd, written and read in pieces of bounded size, however large the whole is.

Owns the levels, and what is refused of compressed bytes: more than was allowed, more than one stream, a window of more than
8 MiB, and an end that is missing. Files are not its business. Kept by ``tests/client/formats/test_compression.py``.

The same bytes, in the same pieces, give the same compressed bytes on the same machine: there are no times and no names in them.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

from breakwater_client.errors import MalformedInputError, TooLargeError
from breakwater_client.export import Compression
from breakwater_client.formats.port import Out

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ZSTD_LEVEL = 1
GZIP_LEVEL = 6
MAX_PIECE_BYTES = 256 * 1024
"""So large is a piece of what is read, at most."""

MAX_WINDOW_LOG = 23
"""8 MiB: what RFC 8878 asks every reader of zstd to have room for. Who claims a larger window wants our memory."""

_GZIP_FORM = 16 + zlib.MAX_WBITS


class ClosableOut(Out, Protocol):
    """An out that has an end of its own to write."""

    def close(self) -> None:
        """Write what is left; what it writes to stays open."""
        ...


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class _Compressing:
    """Compresses what is written into one stream."""

    __slots__ = ("_compressor", "_out")

    def __init__(self, out: Out, compressor: _Compressor) -> None:
        self._out, self._compressor = out, compressor

    def write(self, data: bytes, /) -> None:
        if compressed := self._compressor.compress(data):
            self._out.write(compressed)

    def close(self) -> None:
        self._out.write(self._compressor.flush())


class _Plain:
    """Passes on what is written."""

    __slots__ = ("close", "write")

    def __init__(self, out: Out) -> None:
        self.write = out.write
        self.close = _nothing


def compressing(out: Out, compression: Compression) -> ClosableOut:
    """Give an out that puts what is written to it into ``out``, compressed; its ``close`` ends the stream and not ``out``."""
    match compression:
        case Compression.ZSTD:
            return _Compressing(out, _zstd_compressor())
        case Compression.GZIP:
            return _Compressing(out, zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, _GZIP_FORM))
        case Compression.NONE:
            return _Plain(out)


def decompressed(pieces: Iterable[bytes], compression: Compression, most: int) -> Iterator[bytes]:
    """Give what pieces of a compressed stream (unverified bytes) hold, in pieces of at most ``MAX_PIECE_BYTES``.

    What was given before something is refused is part of what was compressed, and no more is known of it.

    Raises:
        MalformedInputError: damaged, cut off, something after its end, or a window of more than 8 MiB.
        TooLargeError: it holds more than ``most`` bytes. So much was given by then.
    """
    match compression:
        case Compression.ZSTD:
            given = _from_zstd(pieces)
        case Compression.GZIP:
            given = _from_gzip(pieces)
        case Compression.NONE:
            given = _cut(pieces)
    left = most
    for piece in given:
        left -= len(piece)
        if left < 0:
            raise TooLargeError("The file holds more than is taken from one file.")
        yield piece


def _zstd_compressor() -> _Compressor:
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: ZSTD_LEVEL,
        zstd.CompressionParameter.checksum_flag: 1,
    }
    return zstd.ZstdCompressor(options=options)


def _from_zstd(pieces: Iterable[bytes]) -> Iterator[bytes]:
    reader = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: MAX_WINDOW_LOG})
    try:
        for piece in pieces:
            if reader.eof and piece:
                raise _damaged()
            given = reader.decompress(piece, MAX_PIECE_BYTES) if piece else b""
            while given:
                yield given
                given = b"" if reader.eof or reader.needs_input else reader.decompress(b"", MAX_PIECE_BYTES)
    except zstd.ZstdError:
        raise _damaged() from None
    if not reader.eof or reader.unused_data:
        raise _damaged()


def _from_gzip(pieces: Iterable[bytes]) -> Iterator[bytes]:
    reader = zlib.decompressobj(_GZIP_FORM)
    try:
        for piece in pieces:
            if reader.eof and piece:
                raise _damaged()
            rest = piece
            while rest:
                given = reader.decompress(rest, MAX_PIECE_BYTES)
                rest = reader.unconsumed_tail
                if given:
                    yield given
        while given := reader.decompress(b"", MAX_PIECE_BYTES):
            yield given
    except zlib.error:
        raise _damaged() from None
    if not reader.eof or reader.unused_data:
        raise _damaged()


def _cut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        for start in range(0, len(piece), MAX_PIECE_BYTES):
            yield piece[start : start + MAX_PIECE_BYTES]


def _nothing() -> None:
    """Have no end to write."""


def _damaged() -> MalformedInputError:
    return MalformedInputError("The compressed file is damaged, cut off, or more than one stream.")
