"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from app.cli.durable_files import PRIVATE, create_private, held_alone, private_folder, read_input, write_whole
from app.cli.faults import CommandFault
from tests.cli.desk import lock_held_elsewhere


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_whole_file_replaces_the_old_one_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    write_whole(path, b"old")
    assert mode(path) == 0o644
    write_whole(path, b"new", PRIVATE)
    assert path.read_bytes() == b"new"
    assert mode(path) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    write_whole(path, b"old")
    with pytest.raises(TypeError):
        write_whole(path, "text, which no file of bytes takes")  # type: ignore[arg-type]  # on purpose
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_private_file_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    before = os.umask(0)
    try:
        create_private(path, b"key")
    finally:
        os.umask(before)
    assert mode(path) == 0o600
    with pytest.raises(CommandFault, match="never overwritten"):
        create_private(path, b"other")
    assert path.read_bytes() == b"key"


def test_a_private_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    assert mode(private_folder(tmp_path / "a" / "b")) == 0o700


def test_input_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"content")
    assert read_input(str(tmp_path / "in")) == b"content"


def test_two_processes_do_not_hold_one_lock_and_it_goes_with_its_holder(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with lock_held_elsewhere(lock), pytest.raises(CommandFault, match="locked"), held_alone(lock):
        pass
    with held_alone(lock):
        assert lock.exists()
