"""Files that are there whole or not at all, and locks."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from breakwater_client.durable_files import PRIVATE, held_alone, write_pieces, write_whole
from breakwater_client.errors import StateFileError
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


@pytest.mark.parametrize(("mask", "of_all"), [(0o077, 0o600), (0o027, 0o640), (0, 0o644)])
def test_the_umask_takes_from_what_others_may_read_and_gives_nobody_what_is_private(
    tmp_path: Path, mask: int, of_all: int
) -> None:
    before = os.umask(mask)
    try:
        write_whole(tmp_path / "public", b"1")
        write_whole(tmp_path / "private", b"1", PRIVATE)
    finally:
        os.umask(before)
    assert (mode(tmp_path / "public"), mode(tmp_path / "private")) == (of_all, 0o600)


def test_one_process_holds_a_lock_once_and_nothing_inside_ends_it(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    code = f"from breakwater_client.durable_files import *\nwith held_alone(Path({str(lock)!r})): pass"
    with held_alone(lock):
        with pytest.raises(StateFileError, match="locked"), held_alone(lock):
            pass
        lock.read_bytes()
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 1
    with held_alone(lock):  # programs that were started meanwhile hold nothing
        child.kill()
        child.wait()


def test_a_forked_process_does_not_end_the_lock_of_its_parent(tmp_path: Path) -> None:
    code = f"""
import os
from pathlib import Path
from breakwater_client.durable_files import held_alone
from breakwater_client.errors import StateFileError
lock = Path({str(tmp_path / "lock")!r})
class Ended(Exception): pass
try:
    with held_alone(lock):
        if (child := os.fork()) == 0:
            raise Ended
        os.waitpid(child, 0)
        try:
            with held_alone(lock):
                os._exit(3)
        except StateFileError:
            os._exit(0)
except Ended:
    os._exit(0)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    write_whole(path, b"old")
    with pytest.raises(TypeError):
        write_whole(path, "text, which no file of bytes takes")  # type: ignore[arg-type]  # on purpose
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_pieces_of_which_one_fails_leave_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, b"old")
    with pytest.raises(ZeroDivisionError):
        write_pieces(path, (bytes([100 // one]) for one in (2, 1, 0)))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(pipe.read_bytes)
        write_pieces(pipe, [b"one", b" two"], PRIVATE)
        assert reader.result(timeout=10) == b"one two"
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_two_processes_do_not_hold_one_lock_and_it_goes_with_its_holder(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with lock_held_elsewhere(lock), pytest.raises(StateFileError, match="locked") as caught, held_alone(lock):
        pass
    assert caught.value.told == "locked"
    with held_alone(lock):
        assert lock.exists()
