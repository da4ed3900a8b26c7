from __future__ import annotations

import pytest

from app.web.streams import joined


@pytest.mark.parametrize("bodies", [[], [b"1"], [b"1", b"2", b"3"]])
def test_what_is_held_and_what_comes_piece_by_piece_are_the_same_bytes(bodies: list[bytes]) -> None:
    at_once = joined(b"[", bodies, b"]")
    assert at_once == b"[" + b",".join(bodies) + b"]"
    assert b"".join(joined(b"[", tuple(bodies), b"]")) == at_once  # type: ignore[arg-type]  # an iterator: a tuple is not held


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
