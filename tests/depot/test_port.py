"""Keeps what every depot does: each test runs for each kind of them."""

from __future__ import annotations

import hashlib
import os

import pytest

from app.depot import port
from app.depot.port import Depot
from app.domain.errors import ConflictError, MalformedInputError, NotFoundError
from tests.factories.depots import content, lay

NAME = "partner/definition/00000001/00000001-delta-0001.ndjson"
MIB = 1024 * 1024


def test_the_port_is_documented_in_full() -> None:
    for name, kind in vars(port).items():
        if isinstance(kind, type) and kind.__module__ == port.__name__:
            assert kind.__doc__, name


@pytest.mark.parametrize("size", [0, 1, 70_000, 5 * MIB, 23 * MIB + 17])
def test_what_was_committed_is_read_as_it_was_written(depot: Depot, size: int) -> None:
    written = os.urandom(size)
    lay(depot, NAME, *(written[start : start + 700_001] for start in range(0, size, 700_001)))
    assert depot.size(NAME) == size
    digest = hashlib.sha256()
    for piece in depot.read(NAME, 0, size):
        assert 0 < len(piece) <= 8 * MIB
        digest.update(piece)
    assert digest.digest() == hashlib.sha256(written).digest()


def test_nobody_sees_a_file_before_it_is_committed(depot: Depot) -> None:
    with depot.create(NAME) as sink:
        sink.write(b"x" * (12 * MIB))
        assert depot.size(NAME) is None
        assert list(depot.names("")) == []
        with pytest.raises(NotFoundError):
            next(depot.read(NAME, 0, 1))
        sink.commit()
        assert depot.size(NAME) == 12 * MIB
    assert list(depot.names("")) == [NAME]


def test_a_file_that_is_not_committed_never_was(depot: Depot) -> None:
    with depot.create(NAME) as sink:
        sink.write(b"x" * (12 * MIB))
    with pytest.raises(NotFoundError), depot.create(NAME) as sink:
        next(depot.read(NAME, 0, 1))
    assert depot.size(NAME) is None
    assert list(depot.names("")) == []
    assert depot.tidy("") == 0


@pytest.mark.parametrize("size", [3, 12 * MIB])
def test_a_name_is_given_once(depot: Depot, size: int) -> None:
    lay(depot, NAME, b"first")
    with pytest.raises(ConflictError):
        lay(depot, NAME, b"x" * size)
    assert content(depot, NAME) == b"first"
    assert depot.tidy("") == 0


@pytest.mark.parametrize("size", [3, 12 * MIB])
def test_of_two_writers_one_wins(depot: Depot, size: int) -> None:
    with depot.create(NAME) as first, depot.create(NAME) as second:
        first.write(b"1" * size)
        second.write(b"2" * size)
        second.commit()
        with pytest.raises(ConflictError):
            first.commit()
    assert content(depot, NAME) == b"2" * size


def test_a_name_is_free_again_once_its_file_is_deleted(depot: Depot) -> None:
    lay(depot, NAME, b"first")
    depot.delete(NAME)
    assert depot.size(NAME) is None
    lay(depot, NAME, b"second")
    assert content(depot, NAME) == b"second"


def test_deleting_what_is_not_there_is_no_fault(depot: Depot) -> None:
    depot.delete(NAME)
    lay(depot, NAME, b"x")
    depot.delete("partner/definition/00000001/other")
    depot.delete(f"{NAME}/below-a-file")
    depot.delete(NAME)
    depot.delete(NAME)
    assert list(depot.names("")) == []


@pytest.mark.parametrize(("start", "stop"), [(0, 1), (3, 7), (0, 10), (9, 10), (5, 5), (7, 99), (10, 12), (99, 100)])
def test_a_part_is_read_by_its_bytes(depot: Depot, start: int, stop: int) -> None:
    lay(depot, NAME, b"0123456789")
    assert b"".join(depot.read(NAME, start, stop)) == b"0123456789"[start:stop]


def test_a_file_that_is_not_there_is_not_found(depot: Depot) -> None:
    for start, stop in ((0, 1), (5, 9)):
        with pytest.raises(NotFoundError):
            next(depot.read(NAME, start, stop))
    assert depot.size(NAME) is None
    assert depot.size("partner") is None


def test_names_are_listed_in_order_below_a_folder(depot: Depot) -> None:
    names = ["a-b", "a/c", "a/d/e", "a.b", "b", "ab/c", "a/d-e", "a/d.e/f"]
    for name in names:
        lay(depot, name, b"x")
    assert list(depot.names("")) == sorted(names)
    assert list(depot.names("a")) == list(depot.names("a/")) == ["a/c", "a/d-e", "a/d.e/f", "a/d/e"]
    assert list(depot.names("a/d")) == ["a/d/e"]
    assert list(depot.names("nobody")) == []


def test_tidying_leaves_living_writers_and_committed_files(depot: Depot) -> None:
    lay(depot, NAME, b"x")
    with depot.create("partner/other") as sink:
        sink.write(b"y" * (12 * MIB))
        assert depot.tidy("") == 0
        sink.commit()
    assert depot.size("partner/other") == 12 * MIB
    assert depot.tidy("partner") == 0
    assert list(depot.names("")) == [NAME, "partner/other"]


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../x", "a/../../x", "a//b", ".hidden", "A", "a\0"])
def test_no_name_leads_out_of_the_depot(depot: Depot, name: str) -> None:
    with pytest.raises(MalformedInputError), depot.create(name):
        pass
    for ask in (depot.size, depot.delete, lambda bad: next(depot.read(bad, 0, 1))):
        with pytest.raises(MalformedInputError):
            ask(name)
    if name:
        with pytest.raises(MalformedInputError):
            list(depot.names(name))
        with pytest.raises(MalformedInputError):
            depot.tidy(name)
