from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.export import ExportState, FilePart, Trouble
from app.storage import bulk_exports, export_files, exports, viewpoints
from app.storage.bulk_exports import BulkExport, Written
from app.storage.export_files import StoredFile
from app.storage.session import Database
from app.storage.tables import export_definition
from tests.factories.exports import definition
from tests.factories.policy_values import NOW
from tests.storage.samples import OTHER_OWNER, OWNER


@pytest.fixture
def export(exchange: Database) -> BulkExport:
    """The first export of a definition, being written."""
    made = definition(partner_id=OWNER)
    first = BulkExport(
        definition_id=made.definition_id,
        number=1,
        target="local",
        state=ExportState.WRITING,
        began_at=NOW,
        as_of=NOW,
        after_position=0,
        upto_position=9,
        has_delta=False,
        has_snapshot=True,
        agreement_version=1,
    )
    with exchange.write() as connection:
        exports.add_definition(connection, made)
        bulk_exports.keep_export(connection, first)
    return first


def test_an_export_is_kept_as_it_is_now(exchange: Database, export: BulkExport) -> None:
    waiting = replace(export, state=ExportState.WAITING, trouble=Trouble.STORAGE_FULL, attempts=3, progress="{}")
    with exchange.write() as connection:
        bulk_exports.keep_export(connection, waiting)
        assert bulk_exports.open_export(connection, export.definition_id) == waiting
        assert bulk_exports.export_by_number(connection, export.definition_id, 1) == waiting
        assert bulk_exports.export_by_number(connection, export.definition_id, 2) is None
        bulk_exports.drop_export(connection, export.definition_id, 1)
        assert bulk_exports.open_export(connection, export.definition_id) is None


def test_what_is_published_is_open_until_it_is_laid(exchange: Database, export: BulkExport) -> None:
    published = replace(export, state=ExportState.PUBLISHED, published_at=NOW)
    with exchange.write() as connection:
        bulk_exports.keep_export(connection, published)
        assert bulk_exports.open_export(connection, export.definition_id) == published
        bulk_exports.keep_export(connection, replace(published, is_laid=True))
        assert bulk_exports.open_export(connection, export.definition_id) is None
        assert bulk_exports.last_published(connection, export.definition_id) == replace(published, is_laid=True)


def test_numbers_go_on_after_the_last_one_that_was_published(exchange: Database, export: BulkExport) -> None:
    with exchange.write() as connection:
        assert bulk_exports.next_number(connection, export.definition_id) == 1
        bulk_exports.note_published(connection, export)
        assert bulk_exports.next_number(connection, export.definition_id) == 2
        made = exports.definition_by_id(connection, export.definition_id)
        assert made is not None
        assert not made.snapshot_wanted


def test_exports_are_listed_newest_first(exchange: Database, export: BulkExport) -> None:
    later = [
        replace(export, number=number, state=ExportState.PUBLISHED, has_snapshot=number == 2, published_at=NOW + number * DAY)
        for number in (2, 3)
    ]
    with exchange.write() as connection:
        for one in later:
            bulk_exports.keep_export(connection, one)
        of = export.definition_id
        assert [one.number for one in bulk_exports.exports_of(connection, of, None, 2)] == [3, 2]
        assert [one.number for one in bulk_exports.exports_of(connection, of, 2, 2)] == [1]
        assert bulk_exports.newest_snapshot(connection, of) == 2
        assert bulk_exports.last_before(connection, of, NOW + 3 * DAY) == 2
        assert bulk_exports.last_before(connection, of, NOW) is None


def test_an_export_is_emptied_when_no_file_may_be_given(exchange: Database, export: BulkExport) -> None:
    file = StoredFile(export.definition_id, 1, FilePart.SNAPSHOT, 1, "a/b", 1, "00", 1, {}, 0, 9, (3,))
    with exchange.write() as connection:
        export_files.add_files(connection, [file])
        assert not bulk_exports.is_emptied(connection, export.definition_id, 1)
        export_files.bar_export(connection, export.definition_id, None, NOW)
        assert bulk_exports.is_emptied(connection, export.definition_id, 1)


def test_what_was_written_adds_up(exchange: Database, export: BulkExport) -> None:
    with exchange.write() as connection:
        for _ in range(2):
            bulk_exports.note_written(connection, export.definition_id, Written(3, 50, 7))
        [row] = connection.execute(select(export_definition)).all()
    assert (row.written_objects, row.written_bytes, row.written_milliseconds) == (6, 100, 14)


def test_the_epoch_of_a_partner_counts_what_concerns_it(exchange: Database) -> None:
    with exchange.write() as connection:
        before = bulk_exports.own_epoch(connection, OWNER)
        for partner_id in (OWNER, OTHER_OWNER, OTHER_OWNER, None):
            viewpoints.start_epoch(connection, partner_id, "test", NOW)
        assert bulk_exports.own_epoch(connection, OWNER) == before + 2


DAY = timedelta(days=1)
