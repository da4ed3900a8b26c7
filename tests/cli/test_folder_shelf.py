"""A folder as a shelf."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.folder_shelf import FolderShelf
from tests.factories.small_disks import no_room


def test_what_is_written_is_read_listed_and_taken_away(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path)
    assert (shelf.read("a/b"), shelf.has("a/b"), shelf.names("a")) == (None, False, [])
    shelf.write("a/b", b"one")
    shelf.write("a/b", b"two")
    shelf.write("a/a", b"")
    assert (shelf.read("a/b"), shelf.has("a/b"), shelf.has("a")) == (b"two", True, False)
    assert shelf.names("a") == ["a", "b"]
    shelf.remove("a/b")
    shelf.remove("a/b")
    assert shelf.names("a") == ["a"]


def test_what_a_kill_left_of_a_file_is_taken_away_and_nothing_else(tmp_path: Path) -> None:
    left = [tmp_path / ".since.0123456789ab", tmp_path / "alarms" / "fork-1" / ".alarm.json.abcdefabcdef"]
    stays = [tmp_path / ".lock", tmp_path / "since", tmp_path / ".peer.new", tmp_path / "alarms" / "a.0123456789ab"]
    for one in (*left, *stays):
        one.parent.mkdir(parents=True, exist_ok=True)
        one.write_bytes(b"")
    FolderShelf(tmp_path).sweep()
    assert [one.exists() for one in (*left, *stays)] == [False] * 2 + [True] * 4


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="since") as caught, no_room():
        FolderShelf(tmp_path).write("since", b"one")
    assert caught.value.filename == str(tmp_path / "since")
    assert list(tmp_path.iterdir()) == []
