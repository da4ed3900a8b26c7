"""What commands keep as files."""

from __future__ import annotations

import os
import stat
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.cli.durable_files import create_private, held_alone, private_folder, read_input
from app.cli.faults import CommandFault
from tests.cli.desk import lock_held_elsewhere


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


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


def test_a_lock_is_waited_for_as_long_as_is_said(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with ExitStack() as stack:
        stack.enter_context(lock_held_elsewhere(lock))
        begun = time.monotonic()
        with pytest.raises(CommandFault, match="locked"), held_alone(lock, 0.3):
            pass
        assert time.monotonic() - begun >= 0.3
        let_go = threading.Timer(0.2, stack.pop_all().close)
        let_go.start()
        with held_alone(lock, 30):
            let_go.join()
