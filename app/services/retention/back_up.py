"""Backups: one file with all that the database holds, and beside it a manifest that says what it is.

Owns the order: a private temporary file, the copy, its check, the disk, the name; then the manifest in the same way: a file
without one is no backup. What is in it is one committed state. Keys are NOT in it, and neither are the kept checkpoint and the
journal of erasures. Kept by ``tests/services/retention/test_back_up.py``.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from app.domain.errors import BreakwaterError, ConflictError, MalformedInputError, UnavailableError
from app.services.exchange import Exchange
from app.storage import checkpoints, copies, log_check, members, taken_away
from app.storage.schema import current_revision
from breakwater_client.instant import instant_text

_MODE = 0o600
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is: of which exchange and which kind of database, at which schema, when, and how large its log was.

    ``made_at`` is when the copy began. ``checkpoint`` is the newest signed note in it, None if none was made yet. ``last_event``
    is the number of its newest event; manifests of earlier releases have none. ``sha256`` (hexadecimal) and ``bytes`` are of the
    file.
    """

    exchange: str
    database: str
    revision: str
    made_at: str
    tree_size: int
    checkpoint: str | None
    bytes: int
    sha256: str
    last_event: int | None = None


def manifest_of(backup: Path) -> Path:
    """Give where the manifest of a backup lies."""
    return backup.with_name(f"{backup.name}.manifest.json")


def back_up(exchange: Exchange, target: Path) -> Manifest:
    """Write a backup of the exchange's database, while it serves; nothing of that name may be there.

    Raises:
        ConflictError: there is a file of that name, or a manifest.
        UnavailableError: the database is away or was never initialised, or the disk is full.
        BreakwaterError: the copy is damaged, or the tools of the database failed.
    """
    if target.exists() or manifest_of(target).exists():
        raise ConflictError("There is a file of this name; a backup is never overwritten.")
    found: list[Manifest] = []

    def write(place: Path) -> None:
        made_at = instant_text(exchange.clock())
        with exchange.database.read() as connection:
            home = members.this_exchange(connection)
            newest = checkpoints.newest_checkpoint(connection)
            size = log_check.tree_size(connection)
            last_event = taken_away.last_event(connection)
            copies.copy_to(connection, exchange.database, place)
        manifest = Manifest(
            exchange=home.exchange_id,
            database="sqlite" if exchange.database.is_sqlite else "postgresql",
            revision=current_revision(exchange.database) or "",
            made_at=made_at,
            tree_size=size,
            checkpoint=None if newest is None else newest.note,
            bytes=place.stat().st_size,
            sha256=digest_of(place),
            last_event=last_event,
        )
        found.append(manifest)

    _written(target, write)
    text = json.dumps(asdict(found[0]), indent=2) + "\n"
    write_private(manifest_of(target), text.encode())
    return found[0]


def read_manifest(backup: Path) -> Manifest:
    """Give what a backup says it is, if its file is the one that the manifest is about.

    Raises:
        MalformedInputError: no such file or no manifest, or they do not fit each other.
    """
    try:
        manifest = Manifest(**json.loads(manifest_of(backup).read_text()))
        fits = (backup.stat().st_size, digest_of(backup)) == (manifest.bytes, manifest.sha256)
    except (OSError, ValueError, TypeError):
        raise MalformedInputError("This is no backup: there is no such file, or no manifest of it beside it.") from None
    if not fits:
        raise MalformedInputError("The backup is not what its manifest says: it is damaged, cut off or another one.")
    return manifest


def write_private(target: Path, content: bytes) -> None:
    """Have a private file with this content, whole or not at all, and on the disk.

    Raises:
        UnavailableError: it cannot be written.
    """
    _written(target, lambda place: _write(place, content))


def digest_of(file: Path) -> str:
    """Give the hexadecimal SHA-256 of a file."""
    hashed = hashlib.sha256()
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            hashed.update(piece)
    return hashed.hexdigest()


def _written(target: Path, write: Callable[[Path], None]) -> None:
    """Have a private file at ``target`` with what ``write`` puts into it, whole or not at all."""
    prefix = f".{target.name}.part-"
    for left in target.parent.glob(f"{prefix}*"):
        left.unlink(missing_ok=True)  # of one that was killed
    try:
        descriptor, name = tempfile.mkstemp(prefix=prefix, dir=target.parent)
    except OSError as exc:
        raise UnavailableError(f"Nothing can be written there ({type(exc).__name__}).") from None
    os.fchmod(descriptor, _MODE)
    os.close(descriptor)
    place = Path(name)
    try:
        write(place)
        place.replace(target)
        _sync(target.parent)
    except OSError as exc:
        place.unlink(missing_ok=True)
        raise UnavailableError(f"The backup could not be written ({type(exc).__name__}); is the disk full?") from None
    except BreakwaterError:
        place.unlink(missing_ok=True)
        raise


def _write(place: Path, content: bytes) -> None:
    with place.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
