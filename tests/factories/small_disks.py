"""File systems for tests, mounted for a moment: a small one that can be full, and one that can become read-only.

Only root may mount; others have a limit on the size of files instead of a full disk, and permissions instead of a read-only one.
Owns mounting and unmounting. Kept by ``tests/depot/test_folder_faults.py``,
``tests/cli/test_witness_rounds.py`` and ``tests/walk/test_full_disk.py``.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.factories.footprints import processes_of

SMALL_BYTES = 4 * 1024 * 1024


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """Give a folder of a file system of ``SMALL_BYTES``; to who may not mount, one in which no file gets larger than that."""
    place.mkdir()
    if not _mount("-t", "tmpfs", "-o", f"size={SMALL_BYTES},mode=0700", "tmpfs", str(place)):
        kept = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_BYTES, kept[1]))
        try:
            yield place
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, kept)
            signal.signal(signal.SIGXFSZ, handler)
        return
    try:
        yield place
    finally:
        assert _done("umount", "--lazy", str(place))


@dataclass(frozen=True)
class FillingDisk:
    """A folder whose disk is full from ``fill`` to ``empty``, for the processes of a session at least."""

    place: Path
    is_mounted: bool

    def fill(self, session: int) -> None:
        """Leave no room; to who may not mount, let none of these processes write into a file."""
        if not self.is_mounted:
            _limit_files(session, 1)
            return
        with self._filler.open("wb", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(bytes(4096))

    def empty(self, session: int) -> None:
        """Give the room back."""
        if self.is_mounted:
            self._filler.unlink()
        else:
            _limit_files(session, resource.RLIM_INFINITY)

    @property
    def _filler(self) -> Path:
        return self.place / "filler"


def _limit_files(session: int, most_bytes: int) -> None:
    for process in processes_of(session):
        resource.prlimit(process, resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))


@contextmanager
def filling_disk(place: Path, megabytes: int) -> Iterator[FillingDisk]:
    """Give a folder whose disk can be filled, of its own and so large where this process may mount."""
    place.mkdir()
    mounted = _mount("-t", "tmpfs", "-o", f"size={megabytes}m,mode=0711", "tmpfs", str(place))
    try:
        yield FillingDisk(place, mounted)
    finally:
        assert not mounted or _done("umount", "--lazy", str(place))


@contextmanager
def no_room() -> Iterator[None]:
    """Let this process write nothing to any file while the block runs, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def read_only(place: Path) -> Iterator[None]:
    """Make a folder read-only, whoever asks; to who may not mount, by its permissions and those of what is in it."""
    if _mount("--bind", str(place), str(place)) and _mount("-o", "remount,bind,ro", str(place)):
        try:
            yield
        finally:
            assert _done("umount", "--lazy", str(place))
        return
    assert os.geteuid() != 0, "root may neither mount here nor be refused by permissions"
    folders = [place, *(one for one in place.rglob("*") if one.is_dir())]
    for one in folders:
        one.chmod(0o500)
    try:
        yield
    finally:
        for one in folders:
            one.chmod(0o700)


def _mount(*arguments: str) -> bool:
    return os.geteuid() == 0 and _done("mount", *arguments)


def _done(program: str, *arguments: str) -> bool:
    found = shutil.which(program)
    return found is not None and subprocess.run([found, *arguments], check=False, capture_output=True, timeout=30).returncode == 0
