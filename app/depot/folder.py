"""A depot in a folder of this machine, or of a disk that several machines mount.

Owns how a file comes to be there whole or not at all. 1. It is written under a temporary name in the folder where it will lie,
locked while its writer lives. 2. Its bytes are flushed to the disk. 3. It gets its name by ``link(2)``, which never replaces a
file. 4. The folder is flushed, so that the name outlives a power cut. A writer that is killed leaves the temporary name, which no
reader sees and ``tidy`` takes away. Every path is walked from the root part by part and no symbolic link in it is followed, so
that nothing is read, written or deleted outside. What is in a file is not looked at. Kept by ``tests/depot/test_folder.py``.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from app.depot.faults import disk_faults
from app.depot.names import folder_segments, is_segment, segments
from app.domain.errors import ConflictError, DepotError, NotFoundError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_BEGUN = re.compile(r"\.[0-9a-f]{16}\.part", re.ASCII)
_PIECE = 256 * 1024
_TRIES = 5
_GROUP_MAY = stat.S_ISGID | stat.S_IRWXG


@dataclass(frozen=True, slots=True)
class FolderDepot:
    """A depot below ``root``, an absolute path.

    The permissions of the root are handed down, without those of others than owner and group: below one of mode 0700 nobody else
    reads a file, below one of mode 2750 its group does. ``makes_root``: make the root if it is not there; otherwise one that is
    not there is away, such as a disk that is not mounted. The file system must know hard links and locks.
    """

    root: Path
    makes_root: bool = field(default=False, kw_only=True)

    @contextmanager
    def create(self, name: str) -> Iterator[_FolderSink]:
        """Begin a file; see ``Depot``."""
        *folders, last = segments(name)
        sink = self._begin(folders, last)
        try:
            yield sink
        finally:
            sink.close()

    def size(self, name: str) -> int | None:
        """Give the size of a committed file; see ``Depot``."""
        *folders, last = segments(name)
        with disk_faults():
            try:
                with self._folder(folders) as folder:
                    status = os.stat(last, dir_fd=folder, follow_symlinks=False)
            except (FileNotFoundError, NotADirectoryError):
                return None
        return status.st_size if stat.S_ISREG(status.st_mode) else None

    def read(self, name: str, start: int, stop: int) -> Iterator[bytes]:
        """Give bytes of a committed file; see ``Depot``."""
        *folders, last = segments(name)
        with disk_faults():
            descriptor = self._open(folders, last)
        try:
            while start < stop:
                with disk_faults():
                    piece = os.pread(descriptor, min(_PIECE, stop - start), start)
                if not piece:
                    return
                yield piece
                start += len(piece)
        finally:
            os.close(descriptor)

    def delete(self, name: str) -> None:
        """Take a file away, and the folders that it leaves empty; see ``Depot``."""
        *folders, last = segments(name)
        with disk_faults(), suppress(FileNotFoundError, NotADirectoryError):
            with self._folder(folders) as folder:
                os.unlink(last, dir_fd=folder)
                os.fsync(folder)
            self._remove_empty(folders)

    def names(self, prefix: str) -> Iterator[str]:
        """List committed files; see ``Depot``."""
        for folders, last in self._files(folder_segments(prefix)):
            if is_segment(last):
                yield "/".join((*folders, last))

    def tidy(self, prefix: str) -> int:
        """Take away what writers that are gone have begun; see ``Depot``. A living writer holds the lock of its file."""
        begun = [(folders, last) for folders, last in self._files(folder_segments(prefix)) if _BEGUN.fullmatch(last)]
        return sum(self._take_away(folders, last) for folders, last in begun)

    def _begin(self, folders: Sequence[str], last: str) -> _FolderSink:
        with disk_faults():
            for _ in range(_TRIES):
                # Whoever deletes the last file of a folder deletes the folder, and ``tidy`` may look at a file before its writer
                # has locked it: then begin once more.
                with suppress(FileNotFoundError, BlockingIOError), self._folder(folders, makes=True) as folder:
                    return _FolderSink.begin(folder, last)
        raise DepotError("The folder of exports changes too quickly to begin a file in it.")

    @contextmanager
    def _folder(self, folders: Sequence[str], *, makes: bool = False) -> Iterator[int]:
        """Give a descriptor of a folder below the root, which is made if wanted."""
        descriptor = self._open_root(makes=makes)
        try:
            for part in folders:
                if makes:
                    _make(part, descriptor)
                outer, descriptor = descriptor, os.open(part, _FOLDER, dir_fd=descriptor)
                os.close(outer)
            yield descriptor
        finally:
            os.close(descriptor)

    def _open_root(self, *, makes: bool) -> int:
        if makes and self.makes_root:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError as exc:
            if self.makes_root:
                raise
            raise DepotError("The folder of exports is not there.") from exc

    def _open(self, folders: Sequence[str], last: str) -> int:
        try:
            with self._folder(folders) as folder:
                # Not to wait for a pipe that somebody else has put there.
                descriptor = os.open(last, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        except (FileNotFoundError, NotADirectoryError) as exc:
            raise NotFoundError from exc
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise NotFoundError
        return descriptor

    def _files(self, folders: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
        """Give the regular files below a folder, committed or not, in the order of their whole names."""
        with disk_faults():
            try:
                with self._folder(folders) as folder, os.scandir(folder) as entries:
                    # "a-b" comes before "a/c", as in a bucket.
                    found = sorted((one.name + "/" * one.is_dir(follow_symlinks=False), _is_file(one)) for one in entries)
            except (FileNotFoundError, NotADirectoryError):
                return
        for name, is_file in found:
            if is_file:
                yield folders, name
            elif name.endswith("/") and is_segment(name[:-1]):
                yield from self._files((*folders, name[:-1]))

    def _take_away(self, folders: Sequence[str], last: str) -> bool:
        with disk_faults(), suppress(FileNotFoundError, NotADirectoryError), self._folder(folders) as folder:
            descriptor = os.open(last, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(last, dir_fd=folder)
            except BlockingIOError:
                return False
            finally:
                os.close(descriptor)
            return True
        return False

    def _remove_empty(self, folders: Sequence[str]) -> None:
        with suppress(OSError):  # it is not empty, or somebody else was quicker
            for depth in range(len(folders), 0, -1):
                with self._folder(folders[: depth - 1]) as outer:
                    os.rmdir(folders[depth - 1], dir_fd=outer)


class _FolderSink:
    """A file that is being written under a temporary name; see ``Sink``."""

    def __init__(self, folder: int, descriptor: int, temporary: str, last: str) -> None:
        self._folder = folder
        self._descriptor = descriptor
        self._temporary = temporary
        self._last = last
        self._waiting = bytearray()

    @classmethod
    def begin(cls, outer: int, last: str) -> _FolderSink:
        """Begin in an open folder.

        Raises:
            FileNotFoundError, BlockingIOError: somebody tidied this very moment.
        """
        temporary = f".{secrets.token_hex(8)}.part"
        permissions = os.fstat(outer).st_mode
        descriptor = os.open(temporary, _NEW, 0o600, dir_fd=outer)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_nlink == 0:
                raise FileNotFoundError
            os.fchmod(descriptor, 0o600 | (permissions & stat.S_IRGRP))
            return cls(os.dup(outer), descriptor, temporary, last)
        except OSError:
            os.close(descriptor)
            with suppress(OSError):
                os.unlink(temporary, dir_fd=outer)
            raise

    def write(self, data: bytes, /) -> None:
        """Add bytes; see ``Sink``."""
        self._waiting += data
        if len(self._waiting) >= _PIECE:
            self._flush()

    def commit(self) -> None:
        """Make the file visible; see ``Sink``."""
        self._flush()
        with disk_faults():
            os.fsync(self._descriptor)
            try:
                os.link(self._temporary, self._last, src_dir_fd=self._folder, dst_dir_fd=self._folder, follow_symlinks=False)
            except FileExistsError as exc:
                raise ConflictError("A file of this name is in the depot.") from exc
            os.unlink(self._temporary, dir_fd=self._folder)
            os.fsync(self._folder)

    def close(self) -> None:
        """Let go of the file; what was not committed is taken away."""
        with suppress(OSError):
            os.unlink(self._temporary, dir_fd=self._folder)
        os.close(self._descriptor)
        os.close(self._folder)

    def _flush(self) -> None:
        with disk_faults(), memoryview(self._waiting) as waiting:
            done = 0
            while done < len(waiting):
                with waiting[done:] as rest:
                    done += os.write(self._descriptor, rest)
        self._waiting.clear()


def _make(part: str, outer: int) -> None:
    """Make a folder in an open one, with its permissions but for those of others."""
    permissions = os.fstat(outer).st_mode
    try:
        os.mkdir(part, 0o700, dir_fd=outer)
    except FileExistsError:
        return
    inner = os.open(part, _FOLDER, dir_fd=outer)
    try:
        os.fchmod(inner, stat.S_IRWXU | (permissions & _GROUP_MAY))
    finally:
        os.close(inner)
    os.fsync(outer)


def _is_file(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False)
