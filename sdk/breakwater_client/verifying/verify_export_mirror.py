"""Verifying offline a mirror: its files and what is left of them, and its database against both.

A file that a manifest names is there whole, or what is left of it stands for it: then what is missing from it is named by
tombstones of later exports, or by recalls. Only what a snapshot makes needless may not be here. The database then holds exactly
what files and tombstones give. Kept by ``tests/client/verifying/test_verify_export_mirror.py``; decision 45.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from breakwater_client.documents.long_envelopes import member_of
from breakwater_client.errors import Code, UnprovenError
from breakwater_client.export import ExportedFile, FilePart
from breakwater_client.trust.export_seal import OpeningKey
from breakwater_client.verifying.read_exports import (
    Attested,
    HeldObject,
    Notice,
    Record,
    Tombstone,
    held_object,
    is_of_attestations,
    read_file,
    read_remainder,
)
from breakwater_client.verifying.remainder_files import REMAINDERS, gone_path, read_gone, remainder_path
from breakwater_client.verifying.steps import at_step
from breakwater_client.verifying.verify_exports import OpenedExport, check_file, check_no_others

_OBJECTS = {FilePart.DELTA, FilePart.SNAPSHOT}


def check_mirror(exports: Sequence[OpenedExport], folders: Sequence[Path], database: Path, key: OpeningKey | None) -> None:
    """Return if a mirror's files are whole or remainders (step 7), and its database holds what they give (step 8).

    Raises:
        FailedStepError: code ``export-different``.
    """
    mirror = _Mirror(exports, folders, key)
    with at_step(7):
        mirror.check_files()
    with at_step(8):
        mirror.check_remainders()
        with closing(sqlite3.connect("", isolation_level=None)) as expected:
            mirror.expect(expected)
            _check_database(expected, database, exports[-1])


@dataclass(slots=True)
class _Mirror:
    exports: Sequence[OpenedExport]
    folders: Sequence[Path]
    key: OpeningKey | None
    begin: int = 0
    tombstones: dict[str, int] = field(default_factory=dict)
    recalled: set[str] = field(default_factory=set)

    def check_files(self) -> None:
        """Refuse what is missing, changed, or of nobody; find the snapshot from which the state is put together."""
        begins = [place for place in range(len(self.exports)) if self._has(place, FilePart.SNAPSHOT)]
        if not begins:
            raise _different("No whole snapshot lies here: what the mirror holds cannot be put together.")
        self.begin = begins[-1]
        for place, export in enumerate(self.exports):
            folder, manifest = self.folders[place], export.manifest
            check_no_others(manifest, folder, [REMAINDERS])
            if (folder / REMAINDERS).is_dir():
                lists = [gone_path(folder, one.name).name for one in manifest.files]
                check_no_others(manifest, folder / REMAINDERS, lists)
            needed = {FilePart.SNAPSHOT} if place == self.begin else {FilePart.DELTA, FilePart.TOMBSTONES}
            for file in manifest.files:
                if (folder / file.name).exists():
                    check_file(file, folder / file.name)
                elif place >= self.begin and file.part in needed and not self._is_left(place, file):
                    raise _different(f"The file {file.name} is missing, and nothing stands for it.")

    def _is_left(self, place: int, file: ExportedFile) -> bool:
        return file.part in _OBJECTS and remainder_path(self.folders[place], file.name).is_file()

    def _has(self, place: int, part: FilePart) -> bool:
        files = [one for one in self.exports[place].manifest.files if one.part is part]
        return bool(files) and all((self.folders[place] / one.name).exists() or self._is_left(place, one) for one in files)

    def records(self, place: int, file: ExportedFile) -> Iterator[Record]:
        """Give what is here of a file, whole or left."""
        path, manifest = self.folders[place] / file.name, self.exports[place].manifest
        if path.is_file():
            return read_file(manifest, file, path, self.key)
        if self._is_left(place, file):
            return read_remainder(manifest, file, remainder_path(path.parent, file.name), self.key)
        return iter(())

    def check_remainders(self) -> None:
        """Refuse a remainder from which more is missing than later exports took away."""
        for place, export in enumerate(self.exports):
            for file in export.manifest.files:
                for one in self.records(place, file) if file.part not in _OBJECTS else ():
                    if isinstance(one, Tombstone):
                        self.tombstones[one.content_sha256] = export.manifest.number
                    elif isinstance(one, Notice):
                        self.recalled |= _recalled(one)
        for place, export in enumerate(self.exports):
            for file in export.manifest.files:
                if not (self.folders[place] / file.name).is_file() and self._is_left(place, file):
                    self._check_remainder(place, file, export.manifest.number)

    def _check_remainder(self, place: int, file: ExportedFile, number: int) -> None:
        gone, count = read_gone(self.folders[place], file.name), 0
        for one in self.records(place, file):
            count += 1
            if isinstance(one, HeldObject | Attested):
                gone.pop(one.content_sha256, None)  # a run that was killed had not taken it away yet
        if count + len(gone) != file.objects:
            raise _different(f"{file.name}: {file.objects - count} are missing from it, and {len(gone)} were taken away.")
        for content, payload in gone.items():
            if self.tombstones.get(content, 0) <= number and payload not in self.recalled:
                raise _different(f"{file.name}: something is missing from it that no later export took away.")

    def expect(self, expected: sqlite3.Connection) -> None:
        """Put together what the database is to hold."""
        expected.execute("CREATE TABLE held (content_sha256 TEXT PRIMARY KEY)")
        expected.execute("BEGIN")
        for place in range(self.begin, len(self.exports)):
            wanted = FilePart.SNAPSHOT if place == self.begin else FilePart.DELTA
            files = self.exports[place].manifest.files
            if place > self.begin:
                taken = (one for file in files if file.part is FilePart.TOMBSTONES for one in self.records(place, file))
                sql = "DELETE FROM held WHERE content_sha256 = ?"
                expected.executemany(sql, ((one.content_sha256,) for one in taken if isinstance(one, Tombstone)))
            for file in files:
                if file.part is wanted and not is_of_attestations(file):
                    brought = self.records(place, file)
                    sql = "INSERT OR IGNORE INTO held VALUES (?)"
                    expected.executemany(sql, ((one.content_sha256,) for one in brought if isinstance(one, HeldObject)))
        expected.execute("COMMIT")


def _check_database(expected: sqlite3.Connection, database: Path, newest: OpenedExport) -> None:
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as mirror:
            at = mirror.execute("SELECT number, manifest_sha256 FROM position").fetchone()
            if at != (newest.manifest.number, newest.sha256):
                raise _different("mirror.db stands at another export than the newest that lies here.")
            columns = "content_sha256, stix_id, version, type, content"
            count = 0
            for row in mirror.execute(f"SELECT {columns} FROM object"):  # noqa: S608  # our own words
                count += 1
                _check_row(expected, row)
    except (sqlite3.Error, UnicodeError, AttributeError) as fault:
        raise _different("mirror.db is damaged, or no mirror.") from fault
    held = expected.execute("SELECT count(*) FROM held").fetchone()[0]
    if count != held:
        raise _different(f"mirror.db holds {count} objects instead of {held}: some were taken away.")


def _check_row(expected: sqlite3.Connection, row: tuple[str, str, str | None, str, str]) -> None:
    digest, stix_id, version, stix_type, content = row
    raw = content.encode()
    if sha256(raw).hexdigest() != digest:
        raise _different("An object in mirror.db was changed: its content is not that of its digest.")
    one = held_object(raw)
    if (one.stix_id, one.version, one.stix_type) != (stix_id, version, stix_type):
        raise _different("An object in mirror.db has other columns than its content says.")
    if expected.execute("SELECT 1 FROM held WHERE content_sha256 = ?", (digest,)).fetchone() is None:
        raise _different("mirror.db holds an object that no file here brings, or that was taken away.")


def _recalled(notice: Notice) -> set[str]:
    named = notice.value.get("recalled")
    digests = [member_of(one, "payload_digest") for one in named] if isinstance(named, list) else []
    return {one for one in digests if isinstance(one, str)}


def _different(sentence: str) -> UnprovenError:
    return UnprovenError(sentence, code=Code.EXPORT_DIFFERENT)
