from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.domain.events import Event
from app.domain.export import ExportState, FilePart, Schedule
from app.domain.vocabulary import Harm
from app.services.exporting.publish import life_of
from app.services.exporting.schedule import longest_gap
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.storage import events, log
from tests.factories.exporting import define
from tests.factories.exports import EVERY_FIVE_MINUTES, NIGHTLY
from tests.factories.members import Hub
from tests.factories.policy_values import DAY, NOW
from tests.factories.stix_objects import context, indicator

HOUR = timedelta(hours=1)


def test_manifests_follow_each_other_and_stand_in_the_log(hub: Hub) -> None:
    export = define(hub.enrol("Platform B"))
    first = export.run()
    second = export.later()
    one, other = export.manifest(1), export.manifest(2)
    assert one is not None
    assert other is not None
    assert (one.previous, one.since) == (None, None)
    assert (other.previous, other.since) == (first.manifest_sha256, first.as_of)
    assert other.epoch == one.epoch
    assert first.log_index is not None
    assert second.log_index is not None
    with hub.exchange.database.read() as connection:
        told = [record for _, record in events.events(connection, 0, 1_000) if record.event is Event.EXPORT_PUBLISH]
    assert [record.subject for record in told] == [f"{export.definition.definition_id}/{number}" for number in (1, 2)]
    assert {record.partner_id for record in told} == {export.member.id}


@pytest.mark.parametrize(
    ("snapshots", "deltas", "life"),
    [
        (NIGHTLY, EVERY_FIVE_MINUTES, HOUR),
        (NIGHTLY, None, 3 * DAY),
        (Schedule("0 3 * * 1"), None, 21 * DAY),
        (Schedule("0 3 1 * *"), None, 62 * DAY),
    ],
)
def test_an_export_counts_for_three_times_the_longest_wait(snapshots: Schedule, deltas: Schedule | None, life: timedelta) -> None:
    assert life_of([snapshots, deltas], NOW) == life


def test_nothing_is_there_before_it_is_published(quick_hub: Hub) -> None:
    publisher = quick_hub.enrol("Platform A")
    publisher.store(indicator())
    export = define(quick_hub.enrol("Platform B"))
    quick_hub.work()
    export.due()
    export.step(2)  # frozen, and the snapshot written
    assert export.newest().state is ExportState.WRITING
    assert [name.rpartition("/")[2] for name in export.files] == ["00000001-snapshot-0001.ndjson"]
    assert export.manifest(1) is None
    export.step()
    assert export.newest().state is ExportState.PUBLISHED
    export.step()
    assert export.manifest(1) is not None


def test_what_is_forbidden_while_it_is_written_is_not_in_it(hub: Hub) -> None:
    publisher, reader = hub.enrol("Platform A"), hub.enrol("Platform B")
    hidden, shown = indicator(stated=context(harm_types=["csam"])), indicator()
    publisher.store(hidden, shown)
    export = define(reader)
    hub.work()
    export.due()
    export.step(2)
    reader.agree(harm_types=frozenset(Harm) - {Harm.CSAM})
    hub.work()
    assert [one["id"] for one in export.lines(1, FilePart.SNAPSHOT)] == [shown["id"]]
    export.follow()
    assert export.holds == export.sees()


def test_what_is_withdrawn_while_it_is_written_is_not_in_it(hub: Hub) -> None:
    publisher, reader = hub.enrol("Platform A"), hub.enrol("Platform B")
    one, other = indicator(), indicator()
    publisher.store(one, other)
    export = define(reader)
    hub.work()
    export.due()
    export.step(2)
    withdraw(hub.exchange, publisher.principal, WithdrawalRequest(one["id"]))
    hub.work()
    assert [line["id"] for line in export.lines(1, FilePart.SNAPSHOT)] == [other["id"]]
    export.follow()
    export.later()
    assert export.holds == export.sees()


def test_the_leaf_of_an_export_names_its_manifest(quick_hub: Hub) -> None:
    export = define(quick_hub.enrol("Platform B"))
    done = export.run()
    with quick_hub.exchange.database.read() as connection:
        [said] = log.statements(connection, "export", f"{done.definition_id}/1")
    assert done.manifest_sha256 is not None
    assert done.manifest_sha256 in said.document


def test_how_long_an_export_counts_is_known_before_others_have_to_wait(quick_hub: Hub) -> None:
    # A schedule may be due each minute, so that thousands of due times are looked at.
    each_minute = Schedule("*/1 */1 1-31 * *", "Africa/Casablanca")
    export = define(quick_hub.enrol("Platform B"), snapshots=each_minute, deltas=each_minute)
    quick_hub.work()
    export.due()
    export.step(2)  # frozen, and the snapshot written
    asked: list[int] = []

    def note(connection: Any) -> None:
        known = longest_gap.cache_info()
        if connection.get_execution_options().get("begin") != "DEFERRED":
            asked.append(known.hits + known.misses)

    event.listen(quick_hub.exchange.database.engine, "begin", note)
    export.step()
    assert export.newest().state is ExportState.PUBLISHED
    *before, publishing, afterwards = asked
    assert publishing == afterwards == before[-1] + 2


def test_how_long_an_export_counts_is_looked_up_once_a_day() -> None:
    schedule = Schedule("*/7 * * * *", "Europe/Lisbon")
    before = longest_gap.cache_info().misses
    lives = {life_of([schedule, None], NOW + hours * HOUR) for hours in range(3)}
    assert lives == {HOUR}
    assert longest_gap.cache_info().misses == before + 1
