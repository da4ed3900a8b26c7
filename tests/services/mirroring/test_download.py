"""A file comes whole or not at all, and what came of it before is not fetched again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import Code, GoneError, UnprovenError
from app.services.mirroring.download import download
from tests.factories.export_manifests import exported
from tests.factories.export_servers import FolderSource

NAME = "00000001-snapshot-0001.ndjson"
CONTENT = bytes(range(256)) * 40
FILE = exported(NAME, CONTENT)


@pytest.fixture
def source(tmp_path: Path) -> FolderSource:
    folder = tmp_path / "exchange" / "00000001"
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(CONTENT)
    (tmp_path / "here").mkdir()
    return FolderSource(tmp_path / "exchange", piece_bytes=1_000)


class Counted:
    def __init__(self) -> None:
        self.total = 0

    def __call__(self, count: int) -> None:
        self.total += count


def fetched(source: FolderSource, folder: Path) -> int:
    moved = Counted()
    download(source, FILE, folder, moved)
    assert (folder / NAME).read_bytes() == CONTENT
    assert [one.name for one in folder.iterdir()] == [NAME]
    return moved.total


def test_a_file_is_fetched_once(source: FolderSource, tmp_path: Path) -> None:
    assert fetched(source, tmp_path / "here") == FILE.size
    assert fetched(source, tmp_path / "here") == FILE.size
    assert source.asked == [(NAME, 0)]


@pytest.mark.parametrize("length", [0, 1, 4_321, len(CONTENT)])
def test_it_goes_on_where_it_stopped(source: FolderSource, tmp_path: Path, length: int) -> None:
    (tmp_path / "here" / f"{NAME}.part").write_bytes(CONTENT[:length])
    assert fetched(source, tmp_path / "here") == FILE.size
    assert source.asked == ([(NAME, length)] if length < FILE.size else [])


@pytest.mark.parametrize("part", [b"x" * 100, CONTENT + b"x", CONTENT[:-1] + b"x"])
def test_what_lay_here_and_is_not_of_it_is_fetched_anew(source: FolderSource, tmp_path: Path, part: bytes) -> None:
    (tmp_path / "here" / f"{NAME}.part").write_bytes(part)
    assert fetched(source, tmp_path / "here") == FILE.size
    assert source.asked[-1] == (NAME, 0)


def test_a_whole_file_that_was_changed_here_is_fetched_anew(source: FolderSource, tmp_path: Path) -> None:
    (tmp_path / "here" / NAME).write_bytes(CONTENT[:-1] + b"x")
    assert fetched(source, tmp_path / "here") == FILE.size


@pytest.mark.parametrize("content", [CONTENT[:-1], CONTENT[:-1] + b"x", CONTENT + b"x" * 10_000_000, b""])
def test_something_else_is_refused_and_leaves_nothing(source: FolderSource, tmp_path: Path, content: bytes) -> None:
    (source.folder / "00000001" / NAME).write_bytes(content)
    with pytest.raises(UnprovenError) as caught:
        download(source, FILE, tmp_path / "here", Counted())
    assert caught.value.code is Code.EXPORT_DIFFERENT
    assert not list((tmp_path / "here").iterdir())


def test_what_is_gone_leaves_nothing_of_it_here(source: FolderSource, tmp_path: Path) -> None:
    (tmp_path / "here" / f"{NAME}.part").write_bytes(CONTENT[:10])
    source.gone.add(NAME)
    with pytest.raises(GoneError):
        download(source, FILE, tmp_path / "here", Counted())
    assert not list((tmp_path / "here").iterdir())


class Anew(FolderSource):
    """One that does not know ranges."""

    def file(self, name: str, start: int) -> tuple[int, Iterator[bytes]]:
        del start
        return super().file(name, 0)


class Broken(FolderSource):
    """One whose connection ends in the middle."""

    def file(self, name: str, start: int) -> tuple[int, Iterator[bytes]]:
        begin, pieces = super().file(name, start)

        def some() -> Iterator[bytes]:
            yield next(pieces)
            raise ConnectionResetError

        return begin, some()


def test_who_knows_no_ranges_begins_anew(source: FolderSource, tmp_path: Path) -> None:
    (tmp_path / "here" / f"{NAME}.part").write_bytes(CONTENT[:5_000])
    assert fetched(Anew(source.folder), tmp_path / "here") == FILE.size


def test_what_came_before_it_broke_stays(source: FolderSource, tmp_path: Path) -> None:
    broken = Broken(source.folder, piece_bytes=3_000)
    for length in (3_000, 6_000):
        with pytest.raises(ConnectionResetError):
            download(broken, FILE, tmp_path / "here", Counted())
        assert (tmp_path / "here" / f"{NAME}.part").stat().st_size == length
    assert fetched(source, tmp_path / "here") == FILE.size
    assert source.asked == [(NAME, 6_000)]


def test_an_empty_file_needs_nobody(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    empty = replace(exported(NAME), objects=0)
    download(FolderSource(tmp_path), empty, tmp_path / "here", Counted())
    assert (tmp_path / "here" / NAME).read_bytes() == b""
