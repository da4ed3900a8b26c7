from __future__ import annotations

import errno
from collections.abc import Iterator

import pytest

from app.domain.errors import ForbiddenError
from app.web.streams import joined, line_by_line
from tests.factories.exchanges import RunningExchange


@pytest.mark.parametrize("bodies", [[], [b"1"], [b"1", b"2", b"3"]])
def test_what_is_held_and_what_comes_piece_by_piece_are_the_same_bytes(bodies: list[bytes]) -> None:
    at_once = joined(b"[", bodies, b"]")
    assert at_once == b"[" + b",".join(bodies) + b"]"
    assert b"".join(joined(b"[", tuple(bodies), b"]")) == at_once  # type: ignore[arg-type]  # an iterator: a tuple is not held


@pytest.fixture(autouse=True)
def in_a_request(running: RunningExchange) -> Iterator[None]:
    with running.app.test_request_context("/api/v1/objects"):
        yield


def test_an_answer_whose_rest_may_not_leave_is_broken_off() -> None:
    class Ended(tuple[bytes, ...]):
        __slots__ = ()

        def __iter__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204  # of bytes, as the base says
            yield b"1"
            raise ForbiddenError("No more.")

    pieces = iter(joined(b"[", Ended((b"1", b"2")), b"]"))
    assert [next(pieces), next(pieces)] == [b"[", b"1"]
    with pytest.raises(ConnectionResetError) as broken:
        next(pieces)
    assert broken.value.errno == errno.ECONNRESET


def test_nothing_is_read_before_it_leaves() -> None:
    asked: list[int] = []

    class Asked(tuple[bytes, ...]):
        __slots__ = ()

        def __iter__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204  # of bytes, as the base says
            for number, body in enumerate(super().__iter__()):
                asked.append(number)
                yield body

    pieces = iter(joined(b"[", Asked((b"1", b"2")), b"]"))
    assert (next(pieces), asked) == (b"[", [])
    assert (next(pieces), asked) == (b"1", [0])


def test_lines_leave_as_they_are_made_and_are_broken_off_where_one_cannot_be() -> None:
    def lines() -> Iterator[bytes]:
        yield b"1\n"
        raise ForbiddenError("No more.")

    pieces = line_by_line(lines())
    assert next(pieces) == b"1\n"
    with pytest.raises(ConnectionResetError):
        next(pieces)
