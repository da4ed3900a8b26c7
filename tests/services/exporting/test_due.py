from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.services.exporting import due
from app.services.exporting.schedule import next_export
from app.storage import exports, work
from tests.factories.exporting import define
from tests.factories.exports import definition
from tests.factories.members import Hub, Member

LEASE = timedelta(minutes=1)
YEARS_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def test_each_definition_has_one_piece_of_work(hub: Hub) -> None:
    one, now = definition(), hub.clock.now
    with hub.exchange.database.write() as connection:
        assert due.due_at(connection, one.definition_id) is None
        for _twice in range(2):
            due.put_on_ledger(connection, one, now)
        assert due.due_at(connection, one.definition_id) == next_export(one, now)
        due.ensure_by(connection, one, now)
        assert due.due_at(connection, one.definition_id) == now
        due.put_on_ledger(connection, one, now)
        assert due.due_at(connection, one.definition_id) == now, "what is due already stays so"


def test_what_is_missing_on_the_ledger_is_put_there(quick_hub: Hub) -> None:
    partner: Member = quick_hub.enrol("NGO")
    living, ended = definition(partner_id=partner.id), definition(partner_id=partner.id, ended_at=quick_hub.clock.now)
    with quick_hub.exchange.database.write() as connection:
        for one in (living, ended):
            exports.add_definition(connection, one)
        due.ensure_export_work(connection, quick_hub.clock.now)
        assert due.due_at(connection, living.definition_id) == next_export(living, quick_hub.clock.now)
        assert due.due_at(connection, ended.definition_id) is None


def test_work_that_died_is_made_anew(quick_hub: Hub) -> None:
    one = definition()
    with quick_hub.exchange.database.write() as connection:
        due.ensure_by(connection, one, YEARS_AGO)
        for _ in range(work.MAX_ATTEMPTS):
            task = work.claim(connection, LEASE)
            assert task is not None
            assert task.kind == due.EXPORT_RUN
            work.put_back(connection, task, YEARS_AGO)
        work.bury_exhausted(connection)
        assert due.due_at(connection, one.definition_id) is None
        due.ensure_by(connection, one, YEARS_AGO)
        assert due.due_at(connection, one.definition_id) == YEARS_AGO


def test_whoever_cannot_go_on_is_given_the_next_one_soon_but_not_each_moment(hub: Hub) -> None:
    export = define(hub.enrol("Platform B"), deltas=None)
    first = export.run()

    def soon() -> datetime | None:
        with hub.exchange.database.write() as connection:
            due.put_sooner(connection, export.definition, hub.clock.now)
            return due.due_at(connection, export.definition.definition_id)

    assert first.published_at is not None
    assert soon() == first.published_at + timedelta(minutes=1)
    hub.clock.pass_time(timedelta(hours=3))
    hub.work()
    assert export.newest().number == first.number + 1
    hub.clock.pass_time(timedelta(hours=3))
    assert soon() == hub.clock.now
