"""The mirror: all objects that a partner holds of one export's definition, in a SQLite file that others may read meanwhile.

Owns its tables, and that it stands at exactly one number: each export is one transaction, with the number in it, so that whatever
kills it leaves the number before or the number after. Fetches nothing and verifies nothing. Kept by
``tests/services/mirroring/test_mirror.py``; decision 45. ``docs/export.md`` describes the tables.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from app.domain.errors import Code, ConflictError, UnavailableError
from breakwater_client.instant import instant_text
from breakwater_client.verifying.read_exports import Attested, HeldObject, Notice, Record, Tombstone, payload_digest
from breakwater_client.verifying.verify_exports import Accepted

DATABASE = "mirror.db"
_FORM = 1
_APPLICATION = 0x42574D52
"""What says in a SQLite file's header that it is a mirror."""

_TABLES = f"""
CREATE TABLE position (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    exchange TEXT NOT NULL, partner TEXT NOT NULL, definition TEXT NOT NULL,
    number INTEGER NOT NULL, manifest_sha256 TEXT NOT NULL, as_of TEXT NOT NULL
);
CREATE TABLE object (
    content_sha256 TEXT PRIMARY KEY,
    stix_id TEXT NOT NULL, version TEXT, type TEXT NOT NULL,
    publisher TEXT, content TEXT NOT NULL, attestation TEXT, number INTEGER NOT NULL
);
CREATE INDEX object_stix_id ON object (stix_id);
CREATE INDEX object_type ON object (type);
CREATE TABLE recall (
    notice_id TEXT PRIMARY KEY, number INTEGER NOT NULL, notice TEXT,
    acted_at TEXT, answered_at TEXT
);
CREATE TABLE withdrawn (content_sha256 TEXT PRIMARY KEY, number INTEGER NOT NULL);
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_FORM};
"""

_PUT = """
INSERT INTO object (content_sha256, stix_id, version, type, publisher, content, attestation, number)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (content_sha256) DO UPDATE SET number = excluded.number, attestation = coalesce(excluded.attestation, attestation)
"""


_WITHDRAW = "INSERT OR REPLACE INTO withdrawn VALUES (?, ?)"
_WITHDRAW_ALL = "INSERT OR REPLACE INTO withdrawn SELECT ?, number + 1 FROM position"

_LONG_MILLISECONDS = 30_000
_SHORT_MILLISECONDS = 2_000
"""How long another program is waited for."""


@dataclass(frozen=True, slots=True)
class OpenRecall:
    """A recall that the mirror was told of: its notice (None: only its id is known), and what was done about it so far."""

    notice_id: str
    notice: dict[str, Any] | None
    is_acted: bool


class Mirror:
    """An open mirror; one process writes it at a time, which is the caller's to see to."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it.

        Raises:
            UnavailableError: codes ``storage-full``, ``storage-refused``, ``storage-unavailable``: the disk, or another program.
            ConflictError: the file is no mirror.
        """
        with _told():
            self._database = sqlite3.connect(path, isolation_level=None, timeout=_LONG_MILLISECONDS / 1000)
            is_new = self._is_new()
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.execute("PRAGMA secure_delete = ON")  # what goes leaves no bytes in free pages
            self._database.execute("PRAGMA cache_size = -65536")
            if is_new:
                self._make_tables()

    def __enter__(self) -> Self:
        """Use it until the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close it; what was not applied whole is gone."""
        self._database.close()

    def position(self) -> Accepted | None:
        """Give the export that was applied last, None for none."""
        with _told():
            columns = "exchange, partner, definition, number, manifest_sha256, as_of"
            row = self._database.execute(f"SELECT {columns} FROM position").fetchone()  # noqa: S608  # our own words
        if row is None:
            return None
        exchange, partner, definition, number, digest, as_of = row
        return Accepted(exchange, partner, definition, number, digest, datetime.fromisoformat(as_of))

    def count(self) -> int:
        """Give how many objects it holds."""
        with _told():
            return int(self._database.execute("SELECT count(*) FROM object").fetchone()[0])

    @contextmanager
    def applying(self, export: Accepted, *, replaces: bool) -> Iterator[Change]:
        """Give what changes the mirror to an export; at the block's end it stands at its number, or where it stood before.

        Raises:
            UnavailableError: as ``__init__``.
        """
        with _told(), self._transaction():
            if replaces:
                self._database.execute("DELETE FROM object")
            yield Change(self._database, export.number)
            self._database.execute(
                "INSERT OR REPLACE INTO position VALUES (1, ?, ?, ?, ?, ?, ?)",
                (
                    *(export.exchange, export.partner, export.definition),
                    *(export.number, export.manifest_sha256, instant_text(export.as_of)),
                ),
            )
        with _told():
            self._database.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def open_recalls(self) -> list[OpenRecall]:
        """Give the recalls that nobody has answered from here, in their order."""
        with _told():
            rows = self._database.execute(
                "SELECT notice_id, notice, acted_at IS NOT NULL FROM recall WHERE answered_at IS NULL ORDER BY number, notice_id"
            ).fetchall()
        return [OpenRecall(row[0], None if row[1] is None else json.loads(row[1]), bool(row[2])) for row in rows]

    def act(self, notice_id: str, recalled: Iterable[tuple[str, str]], now: datetime) -> None:
        """Take away what a recall calls back, by STIX id and payload digest (hex), and keep that it was done."""
        with _told(), self._transaction():
            for stix_id, digest in recalled:
                sql = "SELECT content_sha256, content FROM object WHERE stix_id = ?"
                for content_sha256, content in self._database.execute(sql, (stix_id,)).fetchall():
                    if payload_digest(content.encode()) == digest:
                        self._database.execute("DELETE FROM object WHERE content_sha256 = ?", (content_sha256,))
                        self._database.execute(_WITHDRAW_ALL, (content_sha256,))
            self._database.execute("UPDATE recall SET acted_at = ? WHERE notice_id = ?", (instant_text(now), notice_id))

    def withdrawn(self) -> dict[str, int]:
        """Give what was withdrawn and has to go from the files, too: its digest, and the export before which it came."""
        with _told():
            return dict(self._database.execute("SELECT content_sha256, number FROM withdrawn").fetchall())

    def forget_withdrawn(self) -> None:
        """Keep no more of what has gone from the files, once it is gone from what SQLite writes ahead as well.

        While another program reads an older state that cannot be; the next run tries again.
        """
        with _told():
            self._database.execute(f"PRAGMA busy_timeout = {_SHORT_MILLISECONDS}")
            [is_busy, *_] = self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self._database.execute(f"PRAGMA busy_timeout = {_LONG_MILLISECONDS}")
            if not is_busy:
                self._database.execute("DELETE FROM withdrawn")

    def answered(self, notice_id: str, now: datetime) -> None:
        """Keep that a recall was answered."""
        with _told(), self._transaction():
            self._database.execute("UPDATE recall SET answered_at = ? WHERE notice_id = ?", (instant_text(now), notice_id))

    def _is_new(self) -> bool:
        """Whether the file is empty; a mirror is not, and what else there is in the world is refused before it is touched."""
        [(application,), (form,)] = [self._database.execute(f"PRAGMA {name}").fetchone() for name in _HEADER]
        if (application, form) == (_APPLICATION, _FORM):
            return False
        if (application, form) != (0, 0) or self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise ConflictError("The file of the mirror is another database: name another folder.")
        return True

    def _make_tables(self) -> None:
        with self._transaction():
            for statement in filter(str.strip, _TABLES.split(";")):
                self._database.execute(statement)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise


_HEADER = ("application_id", "user_version")


class Change:
    """What an export changes. Tombstones come first, then objects, then what is attested of them."""

    def __init__(self, database: sqlite3.Connection, number: int) -> None:
        """Take the database within its transaction."""
        self._database, self._number = database, number

    def take(self, records: Sequence[Record]) -> None:
        """Take what a file of the export holds, in batches of one kind."""
        self._database.executemany(_PUT, [self._row(one) for one in records if isinstance(one, HeldObject)])
        attested = [one for one in records if isinstance(one, Attested)]
        self._database.executemany(
            "UPDATE object SET attestation = ?, publisher = coalesce(publisher, ?) WHERE content_sha256 = ?",
            [(one.envelope, one.identity, one.content_sha256) for one in attested],
        )
        for one in records:
            if isinstance(one, Tombstone):
                self._remove(one)
        self._database.executemany(
            "INSERT INTO recall (notice_id, number, notice) VALUES (?, ?, ?) "
            "ON CONFLICT (notice_id) DO UPDATE SET notice = excluded.notice",
            [(one.notice_id, self._number, one.content.decode()) for one in records if isinstance(one, Notice)],
        )

    def know_recalls(self, notice_ids: Iterable[str]) -> None:
        """Keep the ids of recalls whose notices may be gone."""
        self._database.executemany(
            "INSERT OR IGNORE INTO recall (notice_id, number) VALUES (?, ?)", [(one, self._number) for one in notice_ids]
        )

    def _remove(self, tombstone: Tombstone) -> None:
        self._database.execute("DELETE FROM object WHERE content_sha256 = ?", (tombstone.content_sha256,))
        if tombstone.reason == WITHDRAWN:
            self._database.execute(_WITHDRAW, (tombstone.content_sha256, self._number))

    def _row(self, one: HeldObject) -> tuple[object, ...]:
        content = one.content.decode()
        return (
            *(one.content_sha256, one.stix_id, one.version, one.stix_type, one.publisher),
            *(content, one.attestation, self._number),
        )


WITHDRAWN = "withdrawn"


@contextmanager
def _told() -> Iterator[None]:
    """Let what SQLite says of the disk, or of another program, be told in our words."""
    try:
        yield
    except sqlite3.Error as exc:
        name = getattr(exc, "sqlite_errorname", "") or ""
        for begin, code, sentence in _FAULTS:
            if name.startswith(begin):
                raise UnavailableError(sentence, code=code) from exc
        raise ConflictError("The file of the mirror is damaged, or no mirror: move it away, and pull anew.") from exc


_AGAIN = "run it again. The mirror is as it was."
_FAULTS = (
    ("SQLITE_FULL", Code.STORAGE_FULL, f"The disk of the mirror is full: make room, and {_AGAIN}"),
    ("SQLITE_READONLY", Code.STORAGE_REFUSED, "The mirror may not be written here: it is read-only."),
    ("SQLITE_CANTOPEN", Code.STORAGE_REFUSED, "The mirror cannot be opened: its folder is read-only, or the right is missing."),
    ("SQLITE_BUSY", Code.STORAGE_UNAVAILABLE, f"Another program holds the mirror: wait for it, and {_AGAIN}"),
    ("SQLITE_LOCKED", Code.STORAGE_UNAVAILABLE, f"Another program holds the mirror: wait for it, and {_AGAIN}"),
    ("SQLITE_IOERR", Code.STORAGE_UNAVAILABLE, f"The disk of the mirror fails: look at it, and {_AGAIN}"),
)
