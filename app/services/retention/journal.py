"""The journal of erasures: a file outside the database, so that a database that is brought back does not bring back what went.

Owns the file: one line of JSON for each erased version, only ever appended, on the disk before the transaction commits. A line
has numbers of ours and the hash of the version's leaf in the log: over the salt that is erased with it, so that whoever has the
file learns nothing, and whoever brings an old database back can tell that a row in it is that version. Who applies it to such a
database is ``bring_back``'s. Kept by ``tests/services/retention/test_journal.py``.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.domain.erasure import ErasureReason
from app.domain.errors import BreakwaterError, UnavailableError
from app.storage.erasures import StoredLeaf
from breakwater_client.instant import instant_text

_MODE = 0o600
_TAIL_BYTES = 4_096  # some lines
_AWAY = "The journal of erasures cannot be written just now: nothing was erased."


@dataclass(frozen=True, slots=True)
class Entry:
    """One erased version: its row id, the index and the hash of its leaf, why, and when its content went."""

    version_id: int
    log_index: int
    leaf_hash: bytes
    reason: ErasureReason
    erased_at: datetime


def entries_of(leaves: Collection[StoredLeaf], reason: ErasureReason, now: datetime) -> list[Entry]:
    """Give the entries for versions that are being erased."""
    return [Entry(one.version_id, one.log_index, one.leaf_hash, reason, now) for one in leaves]


def append(path: Path, entries: Sequence[Entry]) -> None:
    """Write entries behind the others, and have them on the disk before this returns.

    What a kill cut off before it is left as it is: it was never committed, and readers pass it over.

    Raises:
        UnavailableError: the file cannot be written; what was written of the entries is passed over or harmless.
    """
    lines = "".join(f"{_line(one)}\n" for one in entries).encode()
    try:
        is_new = not path.exists()
        with _held(path) as descriptor:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                lines = b"\n" + lines
            _write_all(descriptor, lines)
            os.fsync(descriptor)
        if is_new:
            _sync_folder(path.parent)
    except OSError as exc:
        raise UnavailableError(_AWAY) from exc


def read(path: Path) -> Iterator[Entry]:
    """Give the entries in the order in which they were written; none without a file. A line that was cut off is passed over.

    Raises:
        BreakwaterError: the file is there and cannot be read.
    """
    try:
        with path.open("rb") as file:
            for line in file:
                entry = _entry(line)
                if entry is not None:
                    yield entry
    except FileNotFoundError:
        return
    except OSError as exc:
        raise BreakwaterError(f"The journal of erasures cannot be read ({type(exc).__name__}).") from None


def last(path: Path) -> Entry | None:
    """Give the last whole entry of a journal, None without any; reads the end of the file alone."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            found = [entry for entry in map(_entry, file.read().splitlines()) if entry is not None]
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise BreakwaterError(f"The journal of erasures cannot be read ({type(exc).__name__}).") from None
    return found[-1] if found else None


def _line(entry: Entry) -> str:
    said = {
        "version": entry.version_id,
        "log_index": entry.log_index,
        "leaf": entry.leaf_hash.hex(),
        "reason": entry.reason.value,
        "erased_at": instant_text(entry.erased_at),
    }
    return json.dumps(said, separators=(",", ":"))


def _entry(line: bytes) -> Entry | None:
    try:
        said = json.loads(line)
        return Entry(
            version_id=int(said["version"]),
            log_index=int(said["log_index"]),
            leaf_hash=bytes.fromhex(said["leaf"]),
            reason=ErasureReason(said["reason"]),
            erased_at=datetime.fromisoformat(said["erased_at"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


@contextmanager
def _held(path: Path) -> Iterator[int]:
    """Hold the file alone, open for appending: processes of one machine write one after the other."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, _MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
