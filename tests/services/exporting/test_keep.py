from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.export import ExportState
from app.storage import export_holdings
from tests.factories.exporting import define, on_disk
from tests.factories.members import Hub
from tests.factories.policy_values import DAY
from tests.factories.stix_objects import indicator


def test_old_exports_go_but_the_newest_snapshot_and_what_follows_it_stay(hub: Hub) -> None:
    hub.enrol("Platform A").store(indicator())
    export = define(hub.enrol("Platform B"), keep=timedelta(days=2))
    export.run()
    export.change(snapshots=None)
    for _ in range(3):
        export.later(DAY)
    hub.work()
    assert [number for number in range(1, 6) if export.manifest(number) is not None] == [1, 2, 3, 4]
    export.change(snapshot_wanted=True)
    export.later(DAY)
    hub.work()
    assert [number for number in range(1, 6) if export.manifest(number) is not None] == [3, 4, 5]
    assert {name.split("/")[2] for name in export.files} == {"00000003", "00000004", "00000005"}


def test_nothing_is_left_of_a_definition_that_ended(hub: Hub) -> None:
    hub.enrol("Platform A").store(indicator())
    export = define(hub.enrol("Platform B"))
    export.run()
    hub.clock.pass_time(timedelta(minutes=5))
    export.due()
    export.step(2)
    export.change(ended_at=hub.clock.now)
    export.run()
    assert export.newest().state is ExportState.ABANDONED
    assert on_disk(export.depot.root) == []
    with hub.exchange.database.read() as connection:
        assert export_holdings.held(connection, export.definition.definition_id) == {}
    assert replace(export.newest(), state=ExportState.WRITING).is_laid is False
