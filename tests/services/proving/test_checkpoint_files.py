"""Files of checkpoints: whole, with the mode of what is public, and held by one at a time."""

from __future__ import annotations

import fcntl
import stat
from pathlib import Path

import pytest

from app.services.proving.checkpoint_files import MOST_BYTES, held, put_note, read_note_file


def test_a_note_is_put_in_the_place_of_another(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    assert read_note_file(path) is None
    for note in ("one", "two"):
        put_note(path, note)
        assert read_note_file(path) == note
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [one.name for one in tmp_path.iterdir()] == ["checkpoint"]


def test_a_note_that_cannot_be_put_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").mkdir()
    (tmp_path / "checkpoint" / "full").touch()
    with pytest.raises(OSError, match="directory"):
        put_note(tmp_path / "checkpoint", "one")
    assert [one.name for one in tmp_path.iterdir()] == ["checkpoint"]


def test_no_more_than_a_note_is_read(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_text("x" * (MOST_BYTES + 1))
    assert len(read_note_file(tmp_path / "checkpoint") or "") == MOST_BYTES


def test_one_at_a_time_holds_it(tmp_path: Path) -> None:
    with held(tmp_path / "checkpoint"), (tmp_path / ".checkpoint.lock").open("ab") as lock, pytest.raises(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
