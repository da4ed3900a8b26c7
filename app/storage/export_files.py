"""Files of exports: which lie where, what exactly is in each, and which of them may not be given any more.

What is in a file is not known here but by the numbers of versions. Files of one *unit* (a part and a sequence of an export) hold
the same versions. Kept by ``tests/storage/test_export_files.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, select, update

from app.domain.export import ExportedFile, FilePart
from app.storage import documents
from app.storage.batches import batches
from app.storage.disclosures import decode_versions, encode_versions
from app.storage.tables import bulk_export, export_file


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file as it is kept. ``name`` is the last part of that in the depot; ``file_id`` 0: not kept yet.

    It covers the places (``after_position``, ``upto_position``] of its part; for tombstones these are numbers of versions.
    ``standing`` (JSON): as of which state of policies and recalls all of it may be given.
    """

    definition_id: str
    number: int
    part: FilePart
    sequence: int
    name: str
    size: int
    sha256: str
    objects: int
    counts: Mapping[str, int]
    after_position: int
    upto_position: int
    version_ids: tuple[int, ...] = ()
    disclosure_id: int | None = None
    standing: str | None = None
    barred_at: datetime | None = None
    gone_at: datetime | None = None
    file_id: int = 0

    @property
    def exported(self) -> ExportedFile:
        """Give the file as its manifest names it."""
        return ExportedFile(self.name, self.part, self.size, self.sha256, self.objects, dict(self.counts))


_SAME = ("definition_id", "number", "sequence", "name", "size", "sha256", "objects", "after_position", "upto_position")
_SAME_TOO = ("disclosure_id", "standing", "barred_at", "gone_at")


def add_files(connection: Connection, files: Sequence[StoredFile]) -> None:
    """Keep new files."""
    for one in files:
        row = {name: getattr(one, name) for name in (*_SAME, *_SAME_TOO)}
        row |= {"part": one.part, "counts": documents.dump(dict(one.counts))}
        if one.version_ids:
            is_named = one.part is FilePart.TOMBSTONES
            row |= {"versions": None if is_named else encode_versions(one.version_ids)}
            row |= {"first_version_id": min(one.version_ids), "last_version_id": max(one.version_ids)}
        connection.execute(insert(export_file).values(row))


def drop_files(connection: Connection, file_ids: Collection[int]) -> None:
    """Forget files that were never given to anybody."""
    connection.execute(delete(export_file).where(export_file.c.file_id.in_(sorted(file_ids))))


def files_of(connection: Connection, definition_id: str, number: int, *, with_versions: bool = True) -> list[StoredFile]:
    """List the files of an export, part by part and in their order, those that are barred or gone as well."""
    ef = export_file.c
    columns = [column for column in ef if with_versions or column.name != "versions"]
    of = select(*columns).where(ef.definition_id == definition_id, ef.number == number)
    return [_file(row) for row in connection.execute(of.order_by(ef.part, ef.sequence, ef.name))]


def find_file(connection: Connection, definition_id: str, number: int, name: str) -> StoredFile | None:
    """Give a file by its name, which may be anything."""
    ef = export_file.c
    of = select(export_file).where(ef.definition_id == definition_id, ef.number == number, ef.name == name)
    row = connection.execute(of).one_or_none()
    return None if row is None else _file(row)


def disclosure_of(connection: Connection, definition_id: str, name: str) -> int | None:
    """Give the number of the ledger's row by which a file of a definition was given, None if there is none."""
    ef = export_file.c
    row = select(ef.disclosure_id).where(ef.definition_id == definition_id, ef.name == name)
    number: int | None = connection.execute(row).scalar_one_or_none()
    return number


@dataclass(frozen=True, slots=True)
class DisclosedFile:
    """A file by whose row of the ledger something was given: what it held, whether it was published, and whether it lies there.

    ``objects`` counts what is in it, whoever published that. Barred: given to nobody since; gone: taken out of its depot.
    """

    disclosure_id: int
    definition_id: str
    number: int
    name: str
    objects: int
    published_at: datetime | None
    barred_at: datetime | None
    gone_at: datetime | None


def files_by_disclosures(connection: Connection, numbers: Collection[int]) -> list[DisclosedFile]:
    """List the files that were written by these rows of the ledger, also those that are gone."""
    ef, be = export_file.c, bulk_export.c
    columns = (ef.disclosure_id, ef.definition_id, ef.number, ef.name, ef.objects, be.published_at, ef.barred_at, ef.gone_at)
    of = select(*columns).join(bulk_export, (be.definition_id == ef.definition_id) & (be.number == ef.number))
    found: list[DisclosedFile] = []
    for some in batches(sorted(numbers)):
        rows: Any = connection.execute(of.where(ef.disclosure_id.in_(some)).order_by(ef.disclosure_id, ef.name))
        found += [DisclosedFile(*row) for row in rows]
    return found


def keep_standing(connection: Connection, file_ids: Collection[int], standing: str) -> None:
    """Keep as of which state all of these files may be given."""
    connection.execute(update(export_file).where(export_file.c.file_id.in_(sorted(file_ids))).values(standing=standing))


# --- what may not be given any more ---------------------------------------------------------------------------------------------


def may_hold(connection: Connection, version_ids: Collection[int]) -> bool:
    """Whether a file that is not gone may hold one of these versions; asked in a moment."""
    if not version_ids:
        return False
    ef = export_file.c
    within = (ef.last_version_id >= min(version_ids), ef.first_version_id <= max(version_ids))
    found: bool = connection.execute(select(exists().where(ef.gone_at.is_(None), *within))).scalar_one()
    return found


def holding(connection: Connection, version_ids: Collection[int], after: int, limit: int) -> tuple[list[StoredFile], int | None]:
    """Look through some files above a number for these versions. Gives those that hold one, and how far it looked (None: all)."""
    wanted, ef = frozenset(version_ids), export_file.c
    within = (ef.last_version_id >= min(wanted), ef.first_version_id <= max(wanted))
    statement = select(export_file).where(ef.gone_at.is_(None), ef.file_id > after, *within).order_by(ef.file_id).limit(limit)
    looked_at = [_file(row) for row in connection.execute(statement)]
    found = [one for one in looked_at if not wanted.isdisjoint(one.version_ids)]
    return found, looked_at[-1].file_id if len(looked_at) == limit else None


def naming(connection: Connection, version_ids: Collection[int]) -> list[StoredFile]:
    """List the files of tombstones that may name one of these versions."""
    ef = export_file.c
    within = (ef.last_version_id >= min(version_ids), ef.first_version_id <= max(version_ids))
    of = select(export_file).where(ef.gone_at.is_(None), ef.part == FilePart.TOMBSTONES, *within)
    return [_file(row) for row in connection.execute(of)]


def bar_files(connection: Connection, file_ids: Collection[int], now: datetime) -> None:
    """Let files be given to nobody from now on; they are taken out of their depots by work."""
    for some in batches(sorted(file_ids)):
        these = export_file.c.file_id.in_(some) & export_file.c.barred_at.is_(None)
        connection.execute(update(export_file).where(these).values(barred_at=now))


def bar_export(connection: Connection, definition_id: str, upto: int | None, now: datetime) -> int:
    """Bar all files of a definition's exports up to a number (None: all of them). Gives how many that were not barred yet."""
    ef = export_file.c
    these = (ef.definition_id == definition_id) & ef.barred_at.is_(None)
    if upto is not None:
        these &= ef.number <= upto
    return connection.execute(update(export_file).where(these).values(barred_at=now)).rowcount


def barred_files(connection: Connection, after: int, limit: int) -> list[StoredFile]:
    """List files above a number that are barred and still lie in their depots."""
    ef = export_file.c
    columns = [column for column in ef if column.name != "versions"]
    left = select(*columns).where(ef.gone_at.is_(None), ef.barred_at.is_not(None), ef.file_id > after)
    return [_file(row) for row in connection.execute(left.order_by(ef.file_id).limit(limit))]


def keep_gone(connection: Connection, file_id: int, now: datetime) -> None:
    """Keep that a file lies in its depot no more. What was in it, the ledger's row says."""
    gone = update(export_file).where(export_file.c.file_id == file_id)
    connection.execute(gone.values(gone_at=now, versions=None, counts="{}"))


def _file(row: Any) -> StoredFile:
    values = {name: getattr(row, name) for name in (*_SAME, *_SAME_TOO, "file_id")}
    versions = getattr(row, "versions", None)
    return StoredFile(
        **values,
        part=FilePart(row.part),
        counts=documents.load(row.counts),
        version_ids=() if versions is None else decode_versions(versions),
    )
