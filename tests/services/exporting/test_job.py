from __future__ import annotations

from dataclasses import replace

from app.domain.export import Compression, ExportFormat, FilePart
from app.domain.vocabulary import Channel, Purpose, Tlp
from app.services.exporting.job import Job, basis_of, folder_of, form_of
from app.services.held_work import HeldWork
from app.storage.work import Task
from tests.factories.exporting import define
from tests.factories.members import Hub


def test_files_have_names_by_number_part_and_sequence(quick_hub: Hub) -> None:
    export = define(quick_hub.enrol("Platform B"))
    made = export.run()
    held = HeldWork(quick_hub.exchange, Task(1, "export-run", {}, 1, 1))
    reader = export.member.reader(channel=Channel.EXPORT)
    job = Job(quick_hub.exchange, held, "exchange", export.definition, reader, export.depot, made)
    folder = f"{export.member.id}/{export.definition.definition_id}/00000001"
    assert folder_of(made, export.member.id) == folder
    assert job.folder == folder
    assert job.file_name(FilePart.DELTA, 12, ".ndjson.zst") == "00000001-delta-0012.ndjson.zst"
    sealed = replace(job, definition=replace(export.definition, encryption_key=bytes(32)))
    assert sealed.file_name(FilePart.DELTA, 1, ".csv") == "00000001-delta-0001.csv.hpke"
    assert job.with_progress(recalls=["a"]).progress == job.progress | {"recalls": ["a"]}
    assert replace(job, export=replace(made, progress=None)).progress == {}


def test_what_a_mirror_rests_on_changes_with_what_it_would_hold(quick_hub: Hub) -> None:
    member = quick_hub.enrol("Platform B")
    definition, reader = define(member).definition, member.reader(channel=Channel.EXPORT)
    basis, form = basis_of(definition, reader), form_of(definition, reader)
    others = [{"filters": {"type": ["indicator"]}}, {"purpose": Purpose.INVESTIGATION}, {"form": ExportFormat.CSV}]
    assert len({basis, *(basis_of(replace(definition, **one), reader) for one in others)}) == 4
    assert basis_of(definition, member.with_ceiling(reader, Tlp.GREEN)) != basis
    laid = [{"compression": Compression.GZIP}, {"target": "other"}, {"encryption_key": bytes(32)}, {"credential_id": "other"}]
    assert {basis_of(replace(definition, **one), reader) for one in laid} == {basis}
    assert len({form, *(form_of(replace(definition, **one), reader) for one in laid)}) == 5
