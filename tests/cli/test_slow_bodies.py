from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.cli.slow_bodies import BoundedSource, bound_body, release_body


class Line:
    """A connection over which some bytes come at each look, and the time that passes meanwhile."""

    def __init__(self, piece: bytes, seconds: float) -> None:
        self.piece, self.seconds, self.now = piece, seconds, 1_000.0

    def chunk(self, size_hint: int | None = None) -> bytes:
        del size_hint
        self.now += self.seconds
        return self.piece

    def clock(self) -> float:
        return self.now

    def read(self, looks: int) -> int:
        """Give how many looks gave bytes before the time was over."""
        source = BoundedSource(self.chunk, self.clock)
        for done in range(looks):
            try:
                source(8192)
            except TimeoutError:
                return done
        return looks


def test_a_byte_now_and_then_ends_after_a_minute() -> None:
    assert Line(b"x", 14).read(100) == 5


def test_a_large_body_may_take_longer_as_it_comes() -> None:
    assert Line(b"x" * 65_536, 0.9).read(400) == 400
    assert Line(b"x" * 65_536, 14).read(400) < 10


def test_each_request_of_a_connection_has_a_time_of_its_own_and_the_next_head_has_none() -> None:
    class Unreader:
        def chunk(self, size_hint: int | None = None) -> bytes:
            return b"x" * (size_hint or 1)

    request = SimpleNamespace(unreader=Unreader())
    for _ in range(2):
        bound_body(request)
        assert isinstance(request.unreader.chunk, BoundedSource)
        assert request.unreader.chunk(3) == b"xxx"
        release_body(request)
        assert request.unreader.chunk() == b"x"
        assert not isinstance(request.unreader.chunk, BoundedSource)
    release_body(request)


def test_what_is_over_stays_over() -> None:
    line = Line(b"x", 61)
    source = BoundedSource(line.chunk, line.clock)
    source()
    for _ in range(2):
        with pytest.raises(TimeoutError):
            source()
