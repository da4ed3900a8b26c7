"""Compressed streams: read by the usual programs, bounded in both directions, and refused if anything is wrong with them."""

from __future__ import annotations

import contextlib
import gzip
import random
import sys
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import MalformedInputError, TooLargeError
from app.domain.export import Compression
from breakwater_client.formats.compression import MAX_PIECE_BYTES, compressing, decompressed
from tests.factories.exported_versions import MemoryOuts, pieces

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MOST = 1 << 30
STREAMS = [Compression.GZIP, Compression.ZSTD]


def compressed(compression: Compression, content: bytes, size: int = 1000) -> bytes:
    outs = MemoryOuts()
    out = compressing(outs(""), compression)
    for piece in pieces(content, size):
        out.write(piece)
    out.close()
    return bytes(outs.files[""])


@given(st.sampled_from(Compression), st.binary(max_size=3000), st.integers(1, 500), st.integers(1, 500))
def test_what_is_compressed_is_read_again(compression: Compression, content: bytes, writing: int, reading: int) -> None:
    stored = compressed(compression, content, writing)
    assert b"".join(decompressed(pieces(stored, reading), compression, MOST)) == content


def test_the_usual_programs_read_it() -> None:
    content = b"a line\n" * 1000
    assert gzip.decompress(compressed(Compression.GZIP, content)) == content
    assert zstd.decompress(compressed(Compression.ZSTD, content)) == content
    assert compressed(Compression.NONE, content) == content


def test_gzip_tells_neither_time_nor_name() -> None:
    assert compressed(Compression.GZIP, b"x")[3:8] == bytes(5)


@pytest.mark.parametrize("compression", STREAMS)
def test_the_same_bytes_compress_to_the_same(compression: Compression) -> None:
    assert compressed(compression, b"x" * 5000) == compressed(compression, b"x" * 5000)


@pytest.mark.parametrize("compression", STREAMS)
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_what_is_cut_off_at_any_place_is_refused(compression: Compression, size: int) -> None:
    stored = compressed(compression, random.Random(1).randbytes(300))
    for end in range(len(stored)):
        with pytest.raises(MalformedInputError):
            list(decompressed(pieces(stored[:end], size), compression, MOST))


@pytest.mark.parametrize("compression", STREAMS)
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_what_comes_after_the_end_is_refused(compression: Compression, size: int) -> None:
    stored = compressed(compression, b"content")
    for more in (b"\0", stored, b"rubbish"):
        with pytest.raises(MalformedInputError):
            list(decompressed(pieces(stored + more, size), compression, MOST))


@pytest.mark.parametrize("compression", STREAMS)
def test_a_changed_byte_is_refused_or_changes_nothing(compression: Compression) -> None:
    content = random.Random(2).randbytes(400)
    stored = bytearray(compressed(compression, content))
    for at in range(len(stored)):
        stored[at] ^= 1
        with contextlib.suppress(MalformedInputError):  # but for a byte of the header that says nothing
            assert b"".join(decompressed([bytes(stored)], compression, MOST)) == content
        stored[at] ^= 1


@pytest.mark.parametrize("compression", Compression)
def test_no_more_is_given_than_was_allowed(compression: Compression) -> None:
    stored = compressed(compression, bytes(1000))
    assert len(b"".join(decompressed([stored], compression, 1000))) == 1000
    with pytest.raises(TooLargeError):
        list(decompressed([stored], compression, 999))


@pytest.mark.parametrize("compression", STREAMS)
def test_a_bomb_is_given_in_pieces_and_never_held(compression: Compression) -> None:
    bomb = compressed(compression, bytes(64 << 20), 1 << 20)
    assert len(bomb) < 100_000
    tracemalloc.start()
    try:
        largest = total = 0
        for piece in decompressed([bomb], compression, MOST):
            largest, total = max(largest, len(piece)), total + len(piece)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (total, largest <= MAX_PIECE_BYTES) == (64 << 20, True)
    assert peak < 4 << 20


def test_pieces_are_cut_also_without_compression() -> None:
    assert [len(one) for one in decompressed([bytes(MAX_PIECE_BYTES + 1)], Compression.NONE, MOST)] == [MAX_PIECE_BYTES, 1]


def test_a_window_of_more_than_eight_mebibytes_is_refused() -> None:
    options = {zstd.CompressionParameter.window_log: 24, zstd.CompressionParameter.compression_level: 1}
    writer = zstd.ZstdCompressor(options=options)
    stored = writer.compress(bytes(1000)) + writer.flush()
    with pytest.raises(MalformedInputError):
        list(decompressed([stored], Compression.ZSTD, MOST))


def test_writing_holds_little() -> None:
    def endless() -> Iterator[bytes]:
        rng = random.Random(3)
        for _ in range(64):
            yield rng.randbytes(1 << 16)

    class Nothing:
        def write(self, data: bytes, /) -> None:
            pass

    for compression in STREAMS:
        out = compressing(Nothing(), compression)
        tracemalloc.start()
        for piece in endless():
            out.write(piece)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        out.close()
        assert peak < 1 << 20


def test_raw_deflate_is_no_gzip() -> None:
    with pytest.raises(MalformedInputError):
        list(decompressed([zlib.compress(b"x")], Compression.GZIP, MOST))
