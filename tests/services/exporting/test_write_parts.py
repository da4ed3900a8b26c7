from __future__ import annotations

import pytest

from app.domain.export import Compression, FilePart
from app.domain.vocabulary import Assurance, Channel
from app.services.exporting import write_parts
from app.services.exporting.write_parts import Stretch, next_stretch
from app.storage import disclosures, export_files
from app.storage.disclosures import decode_versions
from app.storage.export_files import StoredFile
from tests.factories.exporting import define
from tests.factories.members import Hub
from tests.factories.stix_objects import indicator

DELTA = FilePart.DELTA


def _file(sequence: int, after: int, upto: int, part: FilePart = DELTA) -> StoredFile:
    return StoredFile("d", 1, part, sequence, f"{part}-{sequence}", 0, "", 0, {}, after, upto)


@pytest.mark.parametrize(
    ("files", "stretch"),
    [
        ([], Stretch(DELTA, 1, 5, 50)),
        ([_file(1, 5, 20)], Stretch(DELTA, 2, 20, 50)),
        ([_file(1, 5, 20), _file(2, 20, 50)], None),
        ([_file(2, 20, 50)], Stretch(DELTA, 1, 5, 20, is_last=True)),
        ([_file(1, 5, 20), _file(4, 40, 50)], Stretch(DELTA, 2, 20, 40)),
        ([_file(1, 5, 20), _file(2, 20, 30), _file(4, 40, 50)], Stretch(DELTA, 3, 30, 40, is_last=True)),
        ([_file(1, 5, 50, FilePart.SNAPSHOT)], Stretch(DELTA, 1, 5, 50)),
        ([_file(1, 5, 20), _file(1, 5, 20)], Stretch(DELTA, 2, 20, 50)),
    ],
)
def test_what_is_written_next_is_the_first_stretch_that_no_file_covers(files: list[StoredFile], stretch: Stretch | None) -> None:
    assert next_stretch(DELTA, files, 5, 50) == stretch


def test_an_empty_feed_makes_one_empty_file(quick_hub: Hub) -> None:
    export = define(quick_hub.enrol("Platform B"))
    export.run()
    manifest = export.manifest(1)
    assert manifest is not None
    assert [(one.part, one.objects, one.size) for one in manifest.files] == [(FilePart.SNAPSHOT, 0, 0)]


def test_files_are_bounded_and_hold_everything_once_in_order(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_parts, "MOST_OBJECTS", 4)
    monkeypatch.setattr(write_parts, "_AT_ONCE", 3)
    publisher, reader = hub.enrol("Platform A"), hub.enrol("Platform B")
    values = [indicator() for _ in range(10)]
    publisher.store(*values)
    export = define(reader, compression=Compression.ZSTD)
    export.run()
    manifest = export.manifest(1)
    assert manifest is not None
    assert [one.objects for one in manifest.files] == [4, 4, 2]
    assert [one["id"] for one in export.lines(1, FilePart.SNAPSHOT)] == [one["id"] for one in values]


def test_large_objects_are_held_a_few_at_a_time(quick_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_parts, "_HELD_BYTES", 1)
    monkeypatch.setattr(write_parts, "MOST_BYTES", 1)
    publisher, reader = quick_hub.enrol("Platform A"), quick_hub.enrol("Platform B")
    publisher.store(*(indicator() for _ in range(4)))
    export = define(reader)
    export.run()
    manifest = export.manifest(1)
    assert manifest is not None
    assert sum(one.objects for one in manifest.files) == 4
    assert len(manifest.files) > 1


def test_each_unit_is_in_the_ledger_as_one_row_before_it_is_there(hub: Hub) -> None:
    publisher, reader = hub.enrol("Platform A"), hub.enrol("Platform B")
    publisher.agree(write={"assurances": frozenset(Assurance)})
    publisher.submit(indicator(), sign=False)
    publisher.store(indicator())
    export = define(reader)
    made = export.run()
    with hub.exchange.database.read() as connection:
        files = export_files.files_of(connection, made.definition_id, 1)
        rows = disclosures.stored_rows(connection, 0, 1_000, 10)
    assert len(files) == 2  # objects, and what the exchange attests of them
    assert {one.disclosure_id for one in files} == {row.disclosure_id for row in rows}
    [row] = rows
    assert row.channel == Channel.EXPORT
    assert all(decode_versions(row.versions) == one.version_ids for one in files)
