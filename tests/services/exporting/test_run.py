from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.agreement import ReadVolume
from app.domain.export import ExportState, FilePart, Trouble
from app.domain.usage import start_of_day
from app.services.exporting import write_parts
from app.services.exporting.clear import clear_folder
from app.services.exporting.job import Job
from app.services.exporting.who_reads import reader_of
from app.services.exporting.write_losses import drop_unit
from app.services.held_work import HeldWork, LeaseLostError
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.storage import disclosures, export_files, members, usage, work
from tests.factories.exporting import define
from tests.factories.members import Hub
from tests.factories.stix_objects import indicator


def test_the_first_export_holds_everything_that_the_partner_sees(hub: Hub) -> None:
    publisher, reader = hub.enrol("Platform A"), hub.enrol("Platform B")
    publisher.store(*(indicator() for _ in range(5)))
    export = define(reader)
    done = export.run()
    assert done.state is ExportState.PUBLISHED
    assert done.is_laid
    manifest = export.manifest(1)
    assert manifest is not None
    assert manifest.has_snapshot
    assert not manifest.has_delta
    export.follow()
    assert export.holds == export.sees()
    assert len(export.holds) == 5


def test_the_next_one_brings_what_is_new(hub: Hub) -> None:
    publisher, reader = hub.enrol("Platform A"), hub.enrol("Platform B")
    publisher.store(*(indicator() for _ in range(3)))
    export = define(reader)
    export.run()
    export.follow()
    new = indicator()
    publisher.store(new)
    done = export.later()
    assert (done.number, done.has_delta, done.has_snapshot) == (2, True, False)
    assert [one["id"] for one in export.lines(2, FilePart.DELTA)] == [new["id"]]
    assert export.holds == export.sees()


def test_the_days_volume_is_asked_before_each_file(quick_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    publisher, reader = quick_hub.enrol("Platform A"), quick_hub.enrol("Platform B")
    publisher.store(*(indicator() for _ in range(6)))
    monkeypatch.setattr(write_parts, "MOST_OBJECTS", 2)
    monkeypatch.setattr(write_parts, "_AT_ONCE", 2)
    reader.agree(volume=ReadVolume(versions_per_day=3))
    exports = [define(reader, name=name) for name in ("one", "other")]
    for one in exports:
        one.due()
    quick_hub.work()
    assert {one.newest().trouble for one in exports} == {Trouble.VOLUME_EXHAUSTED}
    with quick_hub.exchange.database.read() as connection:
        given = usage.versions_given(connection, reader.id, start_of_day(quick_hub.clock.now))
    assert given == 4, "one file more than the limit at most"


def test_whoever_lost_the_work_deletes_and_discloses_nothing(quick_hub: Hub) -> None:
    quick_hub.enrol("Platform A").store(indicator())
    export = define(quick_hub.enrol("Platform B"))
    quick_hub.work()
    export.due()
    export.step(1)
    exchange = quick_hub.exchange
    with exchange.database.write() as connection:
        slept = work.claim(connection, timedelta(0), due_by=quick_hub.clock.now)
    assert slept is not None
    for _ in range(4):
        export.step(1)
    published = [export.depot.size(name) for name in export.files]
    assert export.newest().state is ExportState.PUBLISHED
    with exchange.database.read() as connection:
        settled = disclosures.settled_to(connection)
        begun = replace(export.newest(), state=ExportState.WRITING)
        reader = reader_of(connection, export.definition, quick_hub.clock.now)
        exchange_id = members.this_exchange(connection).exchange_id
    assert reader is not None
    stale = Job(exchange, HeldWork(exchange, slept), exchange_id, export.definition, reader, export.depot, begun)
    with pytest.raises(LeaseLostError):
        write_parts.write_unit(stale, write_parts.Stretch(FilePart.SNAPSHOT, 1, 0, begun.upto_position))
    with pytest.raises(LeaseLostError):
        clear_folder(stale.held, stale.depot, stale.folder)
    with exchange.database.read() as connection:
        files = export_files.files_of(connection, begun.definition_id, 1)
        assert disclosures.settled_to(connection) == settled
    with pytest.raises(LeaseLostError):
        drop_unit(stale, files)
    assert [export.depot.size(name) for name in export.files] == published


def test_while_the_settings_do_not_name_its_place_an_export_waits_and_what_must_go_is_tried_again(quick_hub: Hub) -> None:
    publisher = quick_hub.enrol("Platform A")
    publisher.store(one := indicator())
    export = define(quick_hub.enrol("Platform B"))
    export.run()
    whole = quick_hub.exchange
    quick_hub.exchange = replace(whole, depots={})
    withdraw(quick_hub.exchange, publisher.principal, WithdrawalRequest(one["id"]))
    quick_hub.clock.pass_time(timedelta(minutes=5))
    waiting = export.run()
    assert (waiting.state, waiting.trouble) == (ExportState.WAITING, Trouble.STORAGE_REFUSED)
    quick_hub.exchange = whole
    assert any("00000001-snapshot" in name for name in export.files)
    done = export.later()
    assert (done.state, done.trouble) == (ExportState.PUBLISHED, None)
    assert not any("00000001-snapshot" in name for name in export.files)
