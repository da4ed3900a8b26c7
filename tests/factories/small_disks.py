"""File systems for tests, mounted for a moment: a small one that can be full, and one that can become read-only.

Only root may mount; others have a limit on the size of files instead of a full disk, and permissions instead of a read-only one.
Owns mounting and unmounting. Kept by ``tests/depot/test_folder_faults.py``.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
