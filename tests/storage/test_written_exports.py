from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from app.depot.port import Depot
from app.domain.export import ExportDefinition, ExportState, FilePart, Trouble
from app.storage import exports, written_exports
from app.storage.session import Database
from app.storage.stretches import Stretch
from tests.factories.depots import passing_depots
from tests.factories.exports import bar, definition, lay_export


@dataclass(frozen=True)
class Place:
    database: Database
    depots: Mapping[str, Depot]


@pytest.fixture
def place(exchange: Database) -> Iterator[Place]:
    with passing_depots() as depots:
        yield Place(exchange, depots)


@pytest.fixture
def known(place: Place) -> ExportDefinition:
    made = definition()
    with place.database.write() as connection:
        exports.add_definition(connection, made)
    return made


def test_exports_are_listed_newest_first_below_a_number(place: Place, known: ExportDefinition) -> None:
    for number in (1, 2, 3):
        lay_export(place, known, number)
    with place.database.read() as connection:
        found = written_exports.exports_before(connection, known.definition_id, None, 2)
        assert [one.number for one in found] == [3, 2]
        assert [one.number for one in written_exports.exports_before(connection, known.definition_id, 2, 9)] == [1]
        assert written_exports.exports_before(connection, "another", None, 9) == []


def test_exports_come_in_pages_that_lead_on_and_back(place: Place, known: ExportDefinition) -> None:
    for number in range(1, 12):
        lay_export(place, known, number)
    with place.database.read() as connection:
        first = written_exports.exports_listed(connection, known.definition_id, Stretch(4))
        assert ([one.number for one in first.rows], first.before, first.count) == ([11, 10, 9, 8], 0, 11)
        after = Stretch(4, written_exports.place_of(first.rows[-1]))
        second = written_exports.exports_listed(connection, known.definition_id, after)
        assert ([one.number for one in second.rows], second.before) == ([7, 6, 5, 4], 4)
        back = Stretch(4, written_exports.place_of(second.rows[0]), is_before=True)
        assert written_exports.exports_listed(connection, known.definition_id, back) == first
        assert written_exports.exports_listed(connection, "another", Stretch(4)).count == 0


def test_the_newest_of_each_definition_is_found(place: Place, known: ExportDefinition) -> None:
    lay_export(place, known, 1)
    lay_export(place, known, 2, state=ExportState.WAITING, trouble=Trouble.STORAGE_FULL, manifest=None)
    with place.database.read() as connection:
        newest = written_exports.newest_exports(connection, [known.definition_id, "another"])
        one = written_exports.find_export(connection, known.definition_id, 2)
        assert newest == {known.definition_id: one}
        assert one is not None
        assert (one.state, one.trouble) == (ExportState.WAITING, Trouble.STORAGE_FULL)
        assert written_exports.find_export(connection, known.definition_id, 3) is None
        assert written_exports.find_manifest(connection, known.definition_id, None) == (1, '{"payload":"1"}')
        assert written_exports.find_manifest(connection, known.definition_id, 2) is None


def test_files_are_found_with_what_is_in_them_once_they_are_published(place: Place, known: ExportDefinition) -> None:
    first, second = lay_export(place, known, 1, [b"a", b"bb"], [3, 1, 2])
    [unfinished] = lay_export(place, known, 2, [b"c"], state=ExportState.WRITING, manifest=None)
    with place.database.read() as connection:
        files = written_exports.files_of(connection, known.definition_id, 1)
        assert [(one.name, one.size, one.part, one.is_gone) for one in files] == [
            (first.name, 1, FilePart.SNAPSHOT, False),
            (second.name, 2, FilePart.SNAPSHOT, False),
        ]
        assert written_exports.find_file(connection, known.definition_id, first.name) == files[0]
        assert written_exports.versions_in(connection, first.file_id) == (1, 2, 3)
        assert written_exports.versions_in(connection, unfinished.file_id) == ()
        assert written_exports.find_file(connection, known.definition_id, unfinished.name) is None
        assert written_exports.find_file(connection, "another", first.name) is None


def test_a_barred_file_is_gone(place: Place, known: ExportDefinition) -> None:
    [file] = lay_export(place, known, 1)
    with place.database.read() as connection:
        assert not written_exports.is_barred(connection, file.file_id)
    bar(place, file.file_id)
    with place.database.read() as connection:
        assert written_exports.is_barred(connection, file.file_id)
        assert written_exports.is_barred(connection, 0), "a row that went"
        assert written_exports.files_of(connection, known.definition_id, 1)[0].is_gone


def test_a_later_snapshot_is_one_that_is_published(place: Place, known: ExportDefinition) -> None:
    lay_export(place, known, 2)
    lay_export(place, known, 3, has_snapshot=False)
    lay_export(place, known, 4, state=ExportState.WRITING, manifest=None)
    with place.database.read() as connection:
        found = [written_exports.has_later_snapshot(connection, known.definition_id, number) for number in (1, 2, 3)]
        assert found == [True, False, False]
