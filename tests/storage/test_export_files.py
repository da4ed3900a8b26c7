from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.export import ExportedFile, ExportState, FilePart
from app.storage import bulk_exports, export_files, exports
from app.storage.bulk_exports import BulkExport
from app.storage.export_files import StoredFile
from app.storage.session import Connection, Database
from tests.factories.exports import definition
from tests.factories.policy_values import NOW
from tests.storage.samples import OWNER

MADE = definition(partner_id=OWNER)
OF = MADE.definition_id
DELTA = StoredFile(OF, 1, FilePart.DELTA, 1, "delta", 10, "aa" * 32, 3, {"indicator": 3}, 0, 9, (2, 5, 9))
SNAPSHOT = replace(DELTA, part=FilePart.SNAPSHOT, name="snapshot", version_ids=(20, 30))


@pytest.fixture
def connection(exchange: Database) -> Iterator[Connection]:
    with exchange.write() as connection:
        exports.add_definition(connection, MADE)
        export = BulkExport(OF, 1, "local", ExportState.WRITING, NOW, NOW, 0, 9, True, True, 1)  # noqa: FBT003  # as it stands
        bulk_exports.keep_export(connection, export)
        export_files.add_files(connection, [DELTA, SNAPSHOT])
        yield connection


def files(connection: Connection) -> list[StoredFile]:
    return [replace(one, file_id=0) for one in export_files.files_of(connection, OF, 1)]


def test_files_are_read_back_as_they_were_kept(connection: Connection) -> None:
    assert files(connection) == [DELTA, SNAPSHOT]
    assert [one.version_ids for one in export_files.files_of(connection, OF, 1, with_versions=False)] == [(), ()]
    assert DELTA.exported == ExportedFile("delta", FilePart.DELTA, 10, "aa" * 32, 3, {"indicator": 3})


def test_a_file_is_found_by_its_name(connection: Connection) -> None:
    found = export_files.find_file(connection, OF, 1, "snapshot")
    assert found is not None
    assert found.version_ids == (20, 30)
    assert export_files.find_file(connection, OF, 2, "snapshot") is None


def test_files_that_hold_one_of_some_versions_are_found_a_batch_at_a_time(connection: Connection) -> None:
    assert export_files.may_hold(connection, [4])  # by its range alone
    assert not export_files.may_hold(connection, [12])
    assert not export_files.may_hold(connection, [])
    assert export_files.holding(connection, [4], 0, 10) == ([], None)
    found, reached = export_files.holding(connection, [9, 20], 0, 1)
    assert [one.name for one in found] == [DELTA.name]
    assert reached is not None
    found, reached = export_files.holding(connection, [9, 20], reached, 10)
    assert ([one.name for one in found], reached) == ([SNAPSHOT.name], None)


def test_what_is_barred_is_there_until_it_is_gone(connection: Connection) -> None:
    one, other = export_files.files_of(connection, OF, 1)
    export_files.bar_files(connection, [one.file_id], NOW)
    assert [each.file_id for each in export_files.barred_files(connection, 0, 10)] == [one.file_id]
    assert export_files.bar_export(connection, OF, 0, NOW) == 0
    assert export_files.bar_export(connection, OF, 1, NOW + timedelta(days=1)) == 1
    assert [each.barred_at for each in export_files.files_of(connection, OF, 1)] == [NOW, NOW + timedelta(days=1)]
    export_files.keep_gone(connection, one.file_id, NOW)
    assert [each.file_id for each in export_files.barred_files(connection, 0, 10)] == [other.file_id]
    gone = export_files.files_of(connection, OF, 1)[0]
    assert (gone.version_ids, gone.counts, gone.gone_at) == ((), {}, NOW)


def test_files_have_a_standing_and_can_be_forgotten(connection: Connection) -> None:
    one, other = export_files.files_of(connection, OF, 1)
    export_files.keep_standing(connection, [one.file_id], "[1]")
    export_files.drop_files(connection, [other.file_id])
    assert [each.standing for each in export_files.files_of(connection, OF, 1)] == ["[1]"]


def test_the_ledgers_row_of_a_file_is_found_by_its_name(connection: Connection) -> None:
    export_files.add_files(connection, [replace(SNAPSHOT, sequence=2, name="x", disclosure_id=4)])
    assert export_files.disclosure_of(connection, OF, "x") == 4
    assert export_files.disclosure_of(connection, OF, "y") is None


def test_tombstones_are_known_by_the_range_of_what_they_name(connection: Connection) -> None:
    named = replace(DELTA, part=FilePart.TOMBSTONES, name="gone", version_ids=(50, 70))
    export_files.add_files(connection, [named])
    assert export_files.holding(connection, [50], 0, 10) == ([], None)
    assert [one.name for one in export_files.naming(connection, [60])] == ["gone"]
    assert export_files.naming(connection, [2]) == []
