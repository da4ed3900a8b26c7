"""What the signer remembers of directories of keys, and which of the exchange's own keys one may list: nobody else's, ever.

Owns one small file beside the key: exchange, version and SHA-256 of the last directory that was signed, whose the exchange's own
keys are, and their ids. So whoever takes a server over has no directory signed that hands the exchange to him: a key of the
exchange's own uses has to be held here, to have been listed before, or to lie in a file on the signer's machine. What a directory
says of *partners'* keys is NOT judged. Kept by ``tests/signer/test_directory_memory.py``; decision 30.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.domain.vocabulary import KeyState, KeyUsage
from app.signer.memory_file import MemoryFile, UnreadableMemoryError
from app.signer.rules import NEAR
from app.signer.wire import LETTERS
from breakwater_client.trust.checkpoint import log_origin
from breakwater_client.trust.key_directory import LIFE, Directory, DirectoryKey, directory_payload

MOST_STEP = 1000
"""So far a version may be from the one before: those between were owed, and never signed."""

Admitted = Callable[[], Mapping[KeyUsage, AbstractSet[str]]]
"""Gives the ids of the keys that may sign for each use now: those held here, and those in files beside them."""


@dataclass(frozen=True, slots=True)
class SignedDirectory:
    """What is remembered of the last directory."""

    exchange: str
    version: int
    digest: str
    owner: str
    own: Mapping[str, str]
    """The exchange's own keys that were ever listed: id and use."""


class DirectoryMemory:
    """The memory in one file; the first directory that is signed makes it, and settles whose it is."""

    def __init__(
        self,
        path: Path,
        admitted: Admitted,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        overlap: bytes | None = None,
    ) -> None:
        """Name the file, which keys may be listed as the exchange's, the signer's clock, and the key that it evaluates with."""
        self._overlap = overlap
        self._file = MemoryFile(path)
        self._admitted = admitted
        self._clock = clock

    def check(self) -> None:
        """Read the file once, so that an unreadable one is known at the start.

        Raises:
            UnreadableMemoryError: it is there, and not as it was written.
        """
        self.last()

    def last(self) -> SignedDirectory | None:
        """Give what was signed last, None before the first. Raises ``UnreadableMemoryError`` as ``check``."""
        return _known(self._file.read())

    def why_not(self, directory: Directory) -> str | None:
        """Give why a directory (read strictly, its claims unverified) must not be signed, or None; then it is remembered.

        Raises:
            UnreadableMemoryError: as ``check``.
            OSError: it cannot be remembered, for instance since the disk is full.
        """
        with self._file.alone():
            known = self.last()
            digest = hashlib.sha256(directory_payload(directory)).hexdigest()
            reason = self._why_not_its_time(directory) or _why_not_after(directory, digest, known)
            reason = reason or self._why_not_its_keys(directory, known) or self._why_not_its_overlap(directory)
            if reason is None:
                own = {one.keyid: one.usage.value for one in _own(directory)}
                owner = _owner(directory)
                before = known.own if known else {}
                signed = SignedDirectory(directory.exchange, directory.version, digest, owner, {**before, **own})
                self._file.write({name: getattr(signed, name) for name in SignedDirectory.__slots__})
            return reason

    def _why_not_its_time(self, directory: Directory) -> str | None:
        near = abs(directory.issued_at - self._clock()) <= NEAR
        lives = timedelta() < directory.expires_at - directory.issued_at <= LIFE
        return None if near and lives else "directory-of-another-time"

    def _why_not_its_overlap(self, directory: Directory) -> str | None:
        """Give why the key of overlap checks is not the one of here: under another, its holder could try out what is asked."""
        is_foreign = directory.overlap is not None and self._overlap not in {None, directory.overlap.public_key}
        return "directory-of-foreign-keys" if is_foreign else None

    def _why_not_its_keys(self, directory: Directory, known: SignedDirectory | None) -> str | None:
        """Give why what it says of the exchange's own keys is not so: exactly one for each use counts, and it is of here."""
        owner = known.owner if known else _owner(directory)
        if any((one.usage in LETTERS) != (one.owner == owner) for one in directory.keys):
            return "directory-of-foreign-keys"
        admitted, before = self._admitted(), known.own if known else {}
        for usage in LETTERS:
            listed = {one.keyid for one in _own(directory) if one.usage is usage}
            counting = [one for one in _own(directory) if one.usage is usage and one.state is KeyState.ACTIVE]
            if not listed <= admitted[usage] | {keyid for keyid, used in before.items() if used == usage.value}:
                return "directory-of-foreign-keys"
            if len(counting) != 1 or counting[0].keyid not in admitted[usage]:
                return "directory-of-foreign-keys"
            if not counting[0].counts_at(directory.issued_at):
                return "directory-of-foreign-keys"
        return None


def _own(directory: Directory) -> list[DirectoryKey]:
    return [one for one in directory.keys if one.usage in LETTERS]


def _owner(directory: Directory) -> str:
    return min((one.owner for one in _own(directory)), default="")


def _why_not_after(directory: Directory, digest: str, known: SignedDirectory | None) -> str | None:
    if directory.log_origin != log_origin(directory.exchange):
        return "no-document"
    if known is None:
        return None
    if directory.exchange != known.exchange:
        return "directory-of-another-exchange"
    if directory.version < known.version:
        return "directory-rolled-back"
    if directory.version == known.version:
        return None if digest == known.digest else "directory-forked"
    return None if directory.version - known.version <= MOST_STEP else "directory-too-far"


def _known(value: Mapping[str, Any] | None) -> SignedDirectory | None:
    if value is None:
        return None
    try:
        own = {str(keyid): KeyUsage(usage).value for keyid, usage in value["own"].items()}
        return SignedDirectory(str(value["exchange"]), int(value["version"]), str(value["digest"]), str(value["owner"]), own)
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise UnreadableMemoryError from exc
