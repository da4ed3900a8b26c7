from __future__ import annotations

import pytest
from sqlalchemy import update

from app.domain.errors import DepotRefusedError
from app.domain.export import ExportFormat, ExportState, FilePart, Trouble
from app.services.exporting.clear import depot_of
from app.services.exporting.define import end_definition
from app.storage import export_files
from app.storage.tables import credential
from tests.factories.depots import lay
from tests.factories.exporting import Exporting, define, on_disk
from tests.factories.members import Hub
from tests.factories.policy_values import DAY, NOW
from tests.factories.stix_objects import indicator

LEFT = "00000001-snapshot-0001-indicator.csv"
BEGUN = ".35496dacd5b2a46f.part"


@pytest.fixture
def export(hub: Hub) -> Exporting:
    """An export that is frozen, in whose folder a writer that was killed left a file and another that it had begun."""
    hub.enrol("Platform A").store(indicator())
    made = define(hub.enrol("Platform B"), form=ExportFormat.CSV)
    hub.work()
    made.due()
    made.step(1)
    lay(made.depot, f"{folder(made)}/{LEFT}.other", b"left over")
    (made.depot.root / folder(made) / BEGUN).write_bytes(b"left over")
    return made


def folder(export: Exporting) -> str:
    return f"{export.member.id}/{export.definition.definition_id}/00000001"


def is_left(export: Exporting) -> bool:
    return any(b"left over" in (export.depot.root / name).read_bytes() for name in on_disk(export.depot.root))


def test_what_no_row_knows_is_not_there_once_an_export_is_published(export: Exporting) -> None:
    assert is_left(export)
    export.hub.work()
    assert export.newest().state is ExportState.PUBLISHED
    assert not is_left(export)
    manifest = export.manifest(1)
    assert manifest is not None
    assert {name.rpartition("/")[2] for name in export.files} == {"manifest.json", *(one.name for one in manifest.files)}


def test_whoever_takes_killed_work_over_clears_first(export: Exporting) -> None:
    with export.hub.exchange.database.write() as connection:
        connection.exec_driver_sql("UPDATE work SET attempts = 1 WHERE kind = 'export-run'")
    export.step(1)
    assert export.newest().state is ExportState.WRITING
    assert not is_left(export)
    with export.hub.exchange.database.read() as connection:
        assert export_files.files_of(connection, export.definition.definition_id, 1)


def test_nothing_is_left_of_a_definition_that_ended_before_anything_was_known(export: Exporting) -> None:
    with export.hub.exchange.database.write() as connection:
        end_definition(connection, export.definition, export.hub.clock.now)
    export.hub.work()
    assert on_disk(export.depot.root) == []


def test_what_begins_anew_begins_in_an_empty_folder(export: Exporting) -> None:
    export.change(form=ExportFormat.STIX_NDJSON)
    export.step(1)
    assert not is_left(export)
    export.hub.work()
    assert export.newest().state is ExportState.PUBLISHED
    assert len(export.lines(1, FilePart.SNAPSHOT)) == 1


def test_while_nobody_may_read_nothing_lies_there_that_was_not_published(export: Exporting) -> None:
    export.step(1)  # the unit is written
    assert len(export.files) > 1
    credential_id = export.member.principal.credential.credential_id
    with export.hub.exchange.database.write() as connection:
        connection.execute(update(credential).where(credential.c.credential_id == credential_id).values(expires_at=NOW - DAY))
    export.run()
    assert export.newest().trouble is Trouble.ACCESS_ENDED
    assert on_disk(export.depot.root) == []


def test_a_place_that_was_taken_out_of_the_settings_is_a_clear_trouble() -> None:
    with pytest.raises(DepotRefusedError, match="targets"):
        depot_of({}, "local")
