"""Signals, by the files that python-threatexchange itself writes, and hostile ones."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from app.services.importing.from_signals import read_signals
from app.services.importing.rows import Found, Left, Row
from tests.factories.neighbours_files import signals_of

HEADER = b"signal_type,signal_str,collab,category,tags\r\n"
PDQ = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"


def rows(content: bytes) -> list[Row]:
    return list(read_signals(io.BytesIO(content)))


def in_any_order(found: list[Row]) -> list[str]:
    """The observables, sorted: the library prints its kinds in an order that differs from run to run."""
    return sorted(repr(one.observable) for one in found if isinstance(one, Found))


def test_the_samples_of_the_library_are_read_in_both_forms(tmp_path: Path) -> None:
    table, lines = rows(signals_of(tmp_path, "-P", "--csv")), rows(signals_of(tmp_path, "-P", "-S"))
    kinds = {one.observable["kind"] for one in table if isinstance(one, Found)}
    assert {"pdq", "md5", "url", "keyword-term"} <= kinds
    assert {one.assertion for one in table if isinstance(one, Found)} == {"investigation-seed"}
    assert {one.assertion for one in lines if isinstance(one, Found)} == {None}
    assert in_any_order(table) == in_any_order(lines)
    assert {one.sentence.split(":")[0] for one in table if isinstance(one, Left)} >= {"A query of several terms is no observable"}


@pytest.mark.parametrize(
    ("category", "assertion"),
    [("POSITIVE_CLASS", "positive"), ("NEGATIVE_CLASS", "negative"), ("INVESTIGATION_SEED", "investigation-seed"), ("", None)],
)
def test_opinions_become_what_is_said(category: str, assertion: str | None) -> None:
    [row] = rows(HEADER + f"pdq,{PDQ},Somebody,{category},tag\r\n".encode())
    assert row == Found("line 2", {"kind": "pdq", "value": PDQ}, assertion)


def test_frames_of_a_video_are_read() -> None:
    [row] = rows(HEADER + f'vpdq,"[""{PDQ},97,1.500""]",Somebody,POSITIVE_CLASS,\r\n'.encode())
    assert isinstance(row, Found)
    assert row.observable == {"kind": "vpdq", "frames": [{"value": PDQ, "quality": 97, "at_milliseconds": 1_500}]}


@pytest.mark.parametrize(
    "row",
    [
        b"pdq",
        b"nonsense,x,c,POSITIVE_CLASS,",
        b"pdq,x,c,DISPUTED,",
        b"pdq,x,c,NONSENSE,",
        b"pdq,,c,,",
        b"pdq," + b"a" * 9_000 + b",c,,",
        b"vpdq," + b"[" * 9_000 + b",c,,",
        b"vpdq,[],c,,",
        b"vpdq,{},c,,",
        b"vpdq,[7],c,,",
        b'vpdq,"[""a,b""]",c,,',
        b'vpdq,"[""a,1,1e999""]",c,,',
        b'vpdq,"[""a,1,nan""]",c,,',
        b"a,b,c,d,e,f,g",
    ],
    ids=range(14),
)
def test_what_cannot_be_taken_is_left_with_its_line(row: bytes) -> None:
    [left] = rows(HEADER + row + b"\r\n")
    assert isinstance(left, Left)
    assert left.place == "line 2"


def test_a_line_that_is_longer_than_what_is_looked_at_first_is_whole() -> None:
    long = "https://a.example.org/" + "a" * 200
    [row] = rows(f"url {long}".encode())
    assert row == Found("line 1", {"kind": "url", "value": long})
