from __future__ import annotations

from app.domain.export import ExportState, FilePart
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
