"""Exports while something is wrong: depots that fail, clocks that jump, two workers at once, and what is erased in between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import DepotError, DepotFullError, DepotRefusedError
from app.domain.export import ExportState, FilePart, Trouble
from app.domain.paging import AlarmCode
from app.services.do_work import do_next
from app.services.raise_alarm import alarm_counts
from tests.factories.exporting import define, on_disk
from tests.factories.failing_depots import FailingDepot, failing
from tests.factories.members import as_seen_by_another_worker, at_once, started_hub
from tests.factories.policy_values import DAY
from tests.factories.stix_objects import indicator


@pytest.mark.parametrize(
    ("failure", "trouble"),
    [
        (DepotFullError("full"), Trouble.STORAGE_FULL),
        (DepotRefusedError("read-only"), Trouble.STORAGE_REFUSED),
        (DepotError("away"), Trouble.STORAGE_UNAVAILABLE),
    ],
)
def test_a_depot_that_fails_is_a_state_and_an_alarm_after_a_day(sqlite_url: str, failure: DepotError, trouble: Trouble) -> None:
    with started_hub(sqlite_url) as hub:
        hub.enrol("Platform A").store(indicator())
        export = define(hub.enrol("Platform B"))
        with failing(hub, FailingDepot.always(failure)):
            waiting = export.run()
            assert (waiting.state, waiting.trouble) == (ExportState.WAITING, trouble)
            hub.clock.pass_time(timedelta(hours=1))
            hub.work()
            assert alarm_counts(hub.exchange, hub.operator)[AlarmCode.EXPORT_WAITING.value] == 0
            hub.clock.pass_time(DAY)
            hub.work()
            assert alarm_counts(hub.exchange, hub.operator)[AlarmCode.EXPORT_WAITING.value] == 1
        export.later(timedelta(hours=1))
        assert export.holds == export.sees()


def test_a_depot_that_fails_at_every_third_call_only_takes_longer(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        publisher = hub.enrol("Platform A")
        publisher.store(*(indicator() for _ in range(5)))
        export = define(hub.enrol("Platform B"))
        with failing(hub, FailingDepot.every(3, DepotError("away"))):
            export.due()
            for _ in range(40):
                hub.work()
                hub.clock.pass_time(timedelta(minutes=1))
        export.later()
        assert export.holds == export.sees()


def test_a_clock_that_is_set_back_changes_nothing_that_was_said(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        publisher = hub.enrol("Platform A")
        publisher.store(indicator())
        export = define(hub.enrol("Platform B"))
        hub.clock.pass_time(timedelta(hours=3))
        first = export.run()
        export.follow()
        hub.clock.pass_time(-timedelta(hours=2))
        publisher.store(indicator())
        second = export.run()
        assert second.as_of >= first.as_of
        export.follow()
        assert export.holds == export.sees()


def test_two_workers_write_one_export_once(database_url: str) -> None:
    with started_hub(database_url) as hub:
        hub.enrol("Platform A").store(*(indicator() for _ in range(5)))
        export = define(hub.enrol("Platform B"))
        hub.work()
        export.due()
        other = as_seen_by_another_worker(hub.exchange)

        def work_with(exchange: object) -> None:
            while do_next(exchange):  # type: ignore[arg-type]  # an exchange
                pass

        try:
            assert at_once(lambda: work_with(hub.exchange), lambda: work_with(other)) == [None, None]
        finally:
            other.database.dispose()
        hub.work()
        assert export.newest().number == 1
        assert len(export.lines(1, FilePart.SNAPSHOT)) == 5
        assert len(on_disk(export.depot.root)) == 2
