"""Checkpoints that witnesses cosigned, as each server keeps them in a folder beside its kept checkpoint.

Owns the folder (the checkpoint file's name with ``.cosigned``): the server's own copy of the newest that any witness cosigned,
and whatever operators put there of what witnesses publish themselves. Each says of the log what somebody outside has seen, also
where the database, the kept checkpoint and the signer's memory were all put back together. What a key signed that the database
does not know says something only to a server that begins, and if one of our witnesses cosigned it: the key may be younger than a
database that was brought back. What anybody else signed says nothing of this log; a file that cannot be read could have said
anything, so a server that begins waits for a person. Kept by
``tests/services/proving/test_cosigned_copies.py``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import BreakwaterError
from app.domain.read_only import ReadOnlyReason
from app.domain.vocabulary import KeyState, KeyUsage
from app.services.proving.checkpoint_files import put_note, read_note_file
from app.services.proving.checkpoints import holds
from app.services.proving.published_notes import published_note
from app.storage import checkpoints, cosignatures, credentials, key_directory, log_check, members
from app.storage.session import Connection
from breakwater_client.trust.checkpoint import (
    Checkpoint,
    log_origin,
    open_checkpoint,
    open_cosignatures,
    read_checkpoint,
    witness_name,
)
from breakwater_client.trust.keys import PublicKey, public_key_from_spki

OWN = "newest"
_MOST_FILES = 64
_log = logging.getLogger("breakwater.log")


def folder_beside(checkpoint_file: Path) -> Path:
    """Give the folder of the copies."""
    return checkpoint_file.with_name(f"{checkpoint_file.name}.cosigned")


def read_copies(checkpoint_file: Path) -> dict[str, str]:
    """Give the copies (unverified) by the names of their files, which do not begin with a dot; the server's own is among them.

    64 at most are read: of more, one is given as if nothing stood in it, which ``unread_copies`` tells.

    Raises:
        OSError: the folder cannot be read.
    """
    found: dict[str, str] = {}
    for number, path in enumerate(_files(folder_beside(checkpoint_file))):
        try:
            note = read_note_file(path) if number < _MOST_FILES else ""
        except UnicodeError:
            note = ""  # which is no checkpoint
        if note is not None:
            found[path.name] = note
    return found


def _files(folder: Path) -> Sequence[Path]:
    if not folder.is_dir():
        return []
    found = (one for one in folder.iterdir() if one.is_file() and not one.name.startswith("."))
    return sorted(found, key=lambda one: (one.name != OWN, one.name))[: _MOST_FILES + 1]


@dataclass(frozen=True, slots=True)
class Misfit:
    """A copy that the log does not bear out: the name of its file, how many leaves it says there were, and what is wrong.

    ``size`` None: it is not read as a checkpoint.
    """

    name: str
    size: int | None
    reason: ReadOnlyReason


def misfits(connection: Connection, copies: Mapping[str, str], key: PublicKey) -> list[Misfit]:
    """List the copies of which the log does not hold what they say, ``log-behind`` first; ``key`` signs checkpoints today."""
    known = members.find_exchange(connection)
    if not copies or known is None:
        return []
    signed = _signed(connection, copies, log_origin(known.exchange_id), key)
    judged = [(name, one.size, why_not_held(connection, one)) for name, one in signed]
    return sorted((Misfit(name, size, why) for name, size, why in judged if why is not None), key=lambda one: one.reason)


def unknown_copies(connection: Connection, copies: Mapping[str, str], key: PublicKey) -> list[Misfit]:
    """List the copies of a larger log of ours that none of our keys signed, as the database knows them, and a witness did.

    A witness cosigns only what a key signed that the directory of then listed, so the database may be from before that. A log of
    another exchange has another name. But a witness, unlike our key, can say what it likes: a person has to look.
    """
    known = members.find_exchange(connection)
    if not copies or known is None:
        return []
    origin, size, found = log_origin(known.exchange_id), log_check.tree_size(connection), []
    keys, witnesses = _own_keys(connection, key), None
    for name, note in copies.items():
        claimed = _claimed(note)
        if claimed is None or claimed.origin != origin or claimed.size <= size or _signed_by(note, origin, keys) is not None:
            continue
        witnesses = _witnesses(connection) if witnesses is None else witnesses
        if any(open_cosignatures(note, {who: one}) for who, one in witnesses):
            found.append(Misfit(name, claimed.size, ReadOnlyReason.COPY_UNKNOWN))
    return found


def unread_copies(copies: Mapping[str, str]) -> list[Misfit]:
    """List the files that are not read as checkpoints: what a copy said that was spoilt on its way, only a person finds out."""
    return [Misfit(name, None, ReadOnlyReason.COPY_UNREADABLE) for name, note in copies.items() if _claimed(note) is None]


def _witnesses(connection: Connection) -> list[tuple[str, PublicKey]]:
    """List the keys with which partners cosigned or may, under their names; none that was stolen or never counted."""
    return [
        (witness_name(partner.identity_id), public_key_from_spki(one.public_key))
        for partner in members.partners(connection)
        for one in credentials.keys(connection, partner.partner_id)
        if one.usage is KeyUsage.CHECKPOINT_COSIGNING and one.activated_at is not None and one.state is not KeyState.COMPROMISED
    ]


def why_not_held(connection: Connection, published: Checkpoint) -> ReadOnlyReason | None:
    """Give what is wrong if the log does not hold a checkpoint that was published."""
    if published.size > log_check.tree_size(connection):
        return ReadOnlyReason.LOG_BEHIND
    return None if holds(connection, published) else ReadOnlyReason.LOG_DIFFERENT


def tell_misfits(checkpoint_file: Path, found: Sequence[Misfit]) -> None:
    """Name the files in the server's log, so that people find which one it was."""
    for one in found:
        path = folder_beside(checkpoint_file) / one.name
        if one.size is None:
            _log.error("%s is not read as a checkpoint, or one file more than the %s that are: %s", path, _MOST_FILES, one.reason)
            continue
        _log.error("the log does not hold the checkpoint of %s leaves in %s: %s", one.size, path, one.reason)


def _signed(connection: Connection, copies: Mapping[str, str], origin: str, key: PublicKey) -> Iterator[tuple[str, Checkpoint]]:
    """Give what this exchange's keys signed, today's or earlier ones: what is no copy of its log shows nothing about it."""
    keys = _own_keys(connection, key)
    for name, note in copies.items():
        checkpoint = _signed_by(note, origin, keys)
        if checkpoint is None:
            _log.error("a copy of a checkpoint is none of this log's: %s", name)
        else:
            yield name, checkpoint


def _own_keys(connection: Connection, key: PublicKey) -> list[PublicKey]:
    registered = key_directory.exchange_keys(connection, KeyUsage.CHECKPOINT_SIGNING)
    return [key, *(public_key_from_spki(one.public_key) for one in registered if one.keyid != key.keyid)]


def _signed_by(note: str, origin: str, keys: Sequence[PublicKey]) -> Checkpoint | None:
    return next((one for one in (_opened(note, origin, each) for each in keys) if one is not None), None)


def _opened(note: str, origin: str, key: PublicKey) -> Checkpoint | None:
    try:
        return open_checkpoint(note, origin, key)
    except BreakwaterError:
        return None


def newest_copy(connection: Connection) -> str | None:
    """Give the newest checkpoint that any witness cosigned, with its lines; None before the first."""
    size = cosignatures.newest_size(connection, 1)
    kept = None if size is None else checkpoints.checkpoint_of_size(connection, size)
    return None if kept is None else published_note(connection, kept)


def keep_copy(checkpoint_file: Path, note: str) -> None:
    """Keep a cosigned checkpoint in the place of a smaller one. The lock of the checkpoint file is held.

    Raises:
        OSError: it cannot be written.
    """
    path = folder_beside(checkpoint_file) / OWN
    kept = read_note_file(path)
    if kept is not None and (kept == note or _size(kept) > _size(note)):
        return
    path.parent.mkdir(exist_ok=True)
    put_note(path, note)


def set_aside(checkpoint_file: Path) -> None:
    """Move the copies out of the way once a loss was accepted: they stay beside, as evidence."""
    folder = folder_beside(checkpoint_file)
    if folder.is_dir():
        number = 1
        while (aside := folder.with_name(f"{folder.name}.before-loss-{number}")).exists():
            number += 1
        folder.rename(aside)


def claimed_sizes(checkpoint_file: Path) -> list[int]:
    """List the sizes that copies claim (unverified)."""
    try:
        return [size for note in read_copies(checkpoint_file).values() if (size := _size(note)) >= 0]
    except OSError:
        return []


def _size(note: str) -> int:
    """Give the size that a note claims, -1 for what is none."""
    claimed = _claimed(note)
    return -1 if claimed is None else claimed.size


def _claimed(note: str) -> Checkpoint | None:
    try:
        return read_checkpoint(note)
    except BreakwaterError:
        return None
