"""What lies outside the database and says what was published: the kept checkpoint, and copies that witnesses cosigned.

Owns naming each file that the log does not bear out, and the mark that a server set in the database because of one. Files are
read before the rows are, so that none is newer than they. Kept by ``tests/services/checking/test_check_files.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.errors import BreakwaterError
from app.domain.read_only import ReadOnlyReason
from app.services.checking.findings import Findings
from app.services.exchange import Exchange
from app.services.proving.checkpoint_files import read_note_file
from app.services.proving.cosigned_copies import folder_beside, misfits, read_copies, unknown_copies, unread_copies, why_not_held
from app.storage import counter
from app.storage.session import Connection
from breakwater_client.trust.checkpoint import open_checkpoint
from breakwater_client.trust.keys import PublicKey

_MARKS = frozenset({ReadOnlyReason.LOG_BEHIND, ReadOnlyReason.LOG_DIFFERENT})


@dataclass(frozen=True, slots=True)
class KeptFiles:
    """What the files say (unverified); ``note`` None: there is no kept checkpoint. ``path`` None: none can be read."""

    path: Path | None = None
    note: str | None = None
    copies: Mapping[str, str] = field(default_factory=dict)


def read_files(exchange: Exchange, findings: Findings) -> KeptFiles:
    """Read the files of an exchange that keeps any; that they cannot be read is a finding."""
    path = exchange.checkpoint_file
    if path is None:
        return KeptFiles()
    try:
        return KeptFiles(path, read_note_file(path), read_copies(path))
    except (OSError, UnicodeError):
        findings.add(f"file {path.name}", "or its copies cannot be read")
        return KeptFiles()


def check_files(connection: Connection, findings: Findings, files: KeptFiles, origin: str, key: PublicKey) -> int:
    """Look at each file, and at the mark. ``key`` is the one for checkpoints today. Gives how many were looked at."""
    if files.path is not None:
        folder = folder_beside(files.path).name
        for one in misfits(connection, files.copies, key):
            findings.add(f"file {folder}/{one.name}", f"is a checkpoint of {one.size} leaves that we signed: {one.reason}")
        for one in unknown_copies(connection, files.copies, key):
            what = f"is of {one.size} leaves of this log, cosigned, under a key that the database does not know: {one.reason}"
            findings.add(f"file {folder}/{one.name}", what)
        for one in unread_copies(files.copies):
            findings.add(f"file {folder}/{one.name}", f"is not read as a checkpoint, or is one file too many: {one.reason}")
        if files.note is not None:
            _check_kept(connection, findings, files.note, f"file {files.path.name}", (origin, key))
    mark = counter.why_read_only(connection)
    if mark in _MARKS:
        findings.add("position_counter 1", f"is marked by a server that found the log not to be what was published: {mark}")
    return len(files.copies) + (files.note is not None)


def _check_kept(connection: Connection, findings: Findings, note: str, where: str, of: tuple[str, PublicKey]) -> None:
    try:
        kept = open_checkpoint(note, *of)
    except BreakwaterError:
        findings.add(where, "is no checkpoint of this log that today's key signed")
        return
    reason = why_not_held(connection, kept)
    if reason is not None:
        findings.add(where, f"is a checkpoint of {kept.size} leaves that we signed: {reason}")
