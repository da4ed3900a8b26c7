from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import event, text

from app.domain.errors import UnavailableError
from app.domain.events import Event, EventRecord
from app.domain.paging import AlarmCode
from app.domain.vocabulary import Harm, PartnerState
from app.services import do_work
from app.services.answer_once import earlier_outcome, key_use
from app.services.do_work import KINDS, PERIODIC, SWEEP, Again, do_next, ensure_periodic_work
from app.services.exporting import due
from app.services.exporting.schedule import next_export
from app.services.intake.admit import RELEASE_EMBARGOED
from app.services.membership.change_policy import EVALUATE
from app.services.membership.enrol_partner import change_state
from app.services.raise_alarm import alarm_counts
from app.services.reading import back_fill
from app.services.reading.back_fill import BACK_FILL
from app.services.working import do_batches
from app.storage import events, exports, submissions, work
from app.storage.session import Connection
from tests.factories.exports import definition
from tests.factories.members import Hub, Member, as_seen_by_another_worker, at_once, started_hub
from tests.factories.policy_values import DAY, NOW
from tests.factories.stix_objects import context, indicator

on_sqlite = pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
"""For what the services alone decide."""

BUT_CSAM = frozenset(Harm) - {Harm.CSAM}
RETRY = timedelta(seconds=5)
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def publisher(hub: Hub) -> Member:
    return hub.enrol("Platform A")


@pytest.fixture
def reader(hub: Hub) -> Member:
    return hub.enrol("Platform B", harm_types=BUT_CSAM)


def _waiting(hub: Hub, *kinds: str) -> list[tuple[str, str]]:
    """List (kind, state) of the work that is not done."""
    with hub.exchange.database.read() as connection:
        rows = connection.execute(text("SELECT kind, state FROM work WHERE state <> 'done' ORDER BY work_id")).all()
    return [(kind, state) for kind, state in rows if not kinds or kind in kinds]


def _hidden(count: int) -> list[dict[str, Any]]:
    return [indicator(stated=context(harm_types=["csam"])) for _ in range(count)]


def _ids(objects: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in objects]


def _open_up(publisher: Member, reader: Member, count: int) -> tuple[list[str], str]:
    """Let a wider agreement open stored objects. Gives their ids, and a cursor from before; only the evaluation was done."""
    publisher.hub.work()
    hidden = _hidden(count)
    publisher.store(*hidden)
    _, cursor = reader.pull()
    reader.agree()
    while (EVALUATE, "waiting") in _waiting(publisher.hub):
        assert do_next(publisher.hub.exchange)
    return _ids(hidden), cursor


# --- what each kind does --------------------------------------------------------------------------------------------------------


@on_sqlite
def test_where_nothing_is_due_nothing_is_done(hub: Hub) -> None:
    assert do_next(hub.exchange) is False


@on_sqlite
def test_a_changed_agreement_is_evaluated_and_back_filled_before_anybody_asks(
    hub: Hub, publisher: Member, reader: Member
) -> None:
    opened, cursor = _open_up(publisher, reader, 3)
    assert _waiting(hub) == []
    assert _ids(reader.pull(cursor)[0]) == opened


@on_sqlite
def test_who_was_suspended_meanwhile_is_not_sent_everything_again(hub: Hub, publisher: Member, reader: Member) -> None:
    publisher.store(indicator())
    had, cursor = reader.pull()
    change_state(hub.exchange, hub.operator, reader.id, PartnerState.SUSPENDED)
    reader.agree(harm_types=BUT_CSAM)
    hub.work()
    hub.reactivate(reader.id)
    reader.page()
    hub.work()
    assert reader.pull(cursor)[0] == []
    assert reader.pull()[0] == had


def test_a_back_fill_goes_on_in_batches(hub: Hub, publisher: Member, reader: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(back_fill, "BATCH", 2)
    opened, cursor = _open_up(publisher, reader, 5)
    read = []
    for _ in range(3):
        found, cursor = reader.pull(cursor)
        read.append(_ids(found))
        do_next(hub.exchange)
    assert read == [opened[:2], opened[2:4], opened[4:]]
    assert _waiting(hub) == []


def test_embargoes_are_released_in_batches_in_the_order_of_their_times(
    hub: Hub, publisher: Member, reader: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(do_batches, "BATCH", 1)
    later, sooner = (publisher.mark(release_at=f"2026-03-01T{hour}:00:00Z") for hour in (15, 14))
    values = [indicator(object_marking_refs=[mark]) for mark in (later, sooner, later, sooner)]
    publisher.store(*values)
    hub.work()
    assert reader.pull()[0] == []
    hub.clock.now = NOW + timedelta(hours=2)
    hub.work()
    assert _ids(reader.pull()[0]) == [sooner, values[1]["id"], values[3]["id"]]
    hub.clock.now = NOW + timedelta(hours=3)
    hub.work()
    assert _ids(reader.pull()[0])[3:] == [later, values[0]["id"], values[2]["id"]]


def test_an_embargo_is_released_by_the_exchanges_clock_and_not_the_databases(hub: Hub, publisher: Member) -> None:
    # The clock of the test stands months before the database's: to that one, the release is long due.
    mark = publisher.mark(release_at="2026-03-01T13:00:00Z")
    assert hub.work() >= 0
    assert (RELEASE_EMBARGOED, "waiting") in _waiting(hub)
    hub.clock.now = NOW + timedelta(hours=1)
    hub.work()
    assert _ids(publisher.pull()[0]) == [mark]


@on_sqlite
def test_used_idempotency_keys_are_forgotten_after_seven_days_and_the_sweep_comes_back(hub: Hub, publisher: Member) -> None:
    uses = [key_use(publisher.principal, "partners", name, b"") for name in ("old", "new")]
    ensure_periodic_work(hub.exchange)
    with hub.exchange.database.write() as connection:
        for use, created_at in zip(uses, (NOW - MICROSECOND, NOW), strict=True):
            assert use is not None
            submissions.add_key_use(connection, use, "reference", created_at)
    for days in range(8):
        hub.clock.now = NOW + days * DAY
        hub.work()
        assert _waiting(hub, SWEEP) == [(SWEEP, "waiting")]
    with hub.exchange.database.read() as connection:
        assert [earlier_outcome(connection, use) for use in uses] == [None, "reference"]


def test_periodic_work_is_put_on_the_ledger_once(hub: Hub) -> None:
    at_once(*[lambda: ensure_periodic_work(hub.exchange)] * 3)
    hub.work()
    ensure_periodic_work(hub.exchange)
    assert _waiting(hub, SWEEP) == [(SWEEP, "waiting")]


def test_exports_are_due_again_whatever_became_of_their_work(quick_hub: Hub) -> None:
    one = definition(partner_id=quick_hub.enrol("NGO").id)
    with quick_hub.exchange.database.write() as connection:
        exports.add_definition(connection, one)
    ensure_periodic_work(quick_hub.exchange)
    with quick_hub.exchange.database.read() as connection:
        assert due.due_at(connection, one.definition_id) == next_export(one, quick_hub.clock.now)


# --- failures and kills ---------------------------------------------------------------------------------------------------------


class KilledError(BaseException):
    """Stands for the end of the process: nothing catches it."""


def _dying(kind: str, *, after_it: bool, error: type[BaseException]) -> Any:
    done = KINDS[kind]

    def die(connection: Connection, payload: Mapping[str, Any], now: datetime) -> Again:
        if after_it:
            done(connection, payload, now)
        raise error

    return {**KINDS, kind: die}


@pytest.mark.parametrize("after_it", [False, True])
def test_a_kill_between_two_batches_loses_and_doubles_nothing(
    hub: Hub,
    publisher: Member,
    reader: Member,
    monkeypatch: pytest.MonkeyPatch,
    after_it: bool,  # noqa: FBT001  # a parameter of the table
) -> None:
    monkeypatch.setattr(back_fill, "BATCH", 2)
    opened, cursor = _open_up(publisher, reader, 5)
    with monkeypatch.context() as patched:
        patched.setattr(do_work, "KINDS", _dying(BACK_FILL, after_it=after_it, error=KilledError))
        with pytest.raises(KilledError):
            do_next(hub.exchange)
    found, cursor = reader.pull(cursor)
    assert _ids(found) == opened[:2]
    assert do_next(hub.exchange) is False  # leased to the one that died
    _let_leases_run_out(hub)
    hub.work()
    assert _ids(reader.pull(cursor)[0]) == opened[2:]
    assert _ids(reader.pull()[0]) == opened


def _let_leases_run_out(hub: Hub) -> None:
    with hub.exchange.database.write() as connection:
        ago = "datetime('now', '-1 second')" if hub.exchange.database.is_sqlite else "now() - interval '1 second'"
        connection.exec_driver_sql(f"UPDATE work SET leased_until = {ago} WHERE leased_until IS NOT NULL")  # noqa: S608  # our own words


class FailedError(Exception):
    """Something went wrong in a batch."""


class AwayError(UnavailableError):
    """What a batch needed was away."""

    def __init__(self) -> None:
        super().__init__("Away.")


def test_a_batch_that_fails_is_undone_and_tried_again_later(
    hub: Hub, publisher: Member, reader: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(back_fill, "BATCH", 1)
    opened, cursor = _open_up(publisher, reader, 2)
    with monkeypatch.context() as patched:
        patched.setattr(do_work, "KINDS", _dying(BACK_FILL, after_it=True, error=FailedError))
        with pytest.raises(FailedError):
            do_next(hub.exchange)
    assert _ids(reader.pull(cursor)[0]) == opened[:1]
    hub.clock.pass_time(RETRY - MICROSECOND)
    assert do_next(hub.exchange) is False
    hub.clock.pass_time(MICROSECOND)
    assert do_next(hub.exchange) is True
    assert _ids(reader.pull(cursor)[0]) == opened


def test_work_that_fails_ten_times_is_dead_and_recorded_and_holds_nothing_up(hub: Hub, publisher: Member) -> None:
    hub.work()
    with hub.exchange.database.write() as connection:
        work.add_work(connection, "unknown", {}, hub.clock.now)
    for _ in range(work.MAX_ATTEMPTS):
        with pytest.raises(KeyError):
            do_next(hub.exchange)
        hub.clock.pass_time(timedelta(hours=1))
    hub.work()
    publisher.agree()
    assert do_next(hub.exchange) is True
    assert _waiting(hub) == [("unknown", "dead")]
    with hub.exchange.database.read() as connection:
        dead = [one for _, one in events.events(connection, 0, 1000) if one.event is Event.WORK_DEAD]
        (number,) = connection.execute(text("SELECT work_id FROM work WHERE state = 'dead'")).one()
    assert [one.subject for one in dead] == [str(number)]
    assert alarm_counts(hub.exchange, hub.operator)[AlarmCode.WORK_DEAD] == 1


@on_sqlite
def test_periodic_work_that_is_dead_comes_again_after_an_hour(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    with hub.exchange.database.write() as connection:
        work.add_work(connection, SWEEP, {}, hub.clock.now)
    with monkeypatch.context() as patched:
        patched.setattr(do_work, "KINDS", _dying(SWEEP, after_it=False, error=FailedError))
        for _ in range(work.MAX_ATTEMPTS):
            with pytest.raises(FailedError):
                do_next(hub.exchange)
            hub.clock.pass_time(timedelta(hours=1))
    assert do_next(hub.exchange) is False
    assert _waiting(hub, SWEEP) == [(SWEEP, "dead"), (SWEEP, "waiting")]
    hub.clock.pass_time(timedelta(hours=1))
    assert do_next(hub.exchange) is True
    assert _waiting(hub, SWEEP) == [(SWEEP, "dead"), (SWEEP, "waiting")]


@on_sqlite
@pytest.mark.parametrize(("kind", "payload"), [("export-run", {"definition_id": "one"}), ("export-forget", {"versions": [1, 2]})])
def test_work_on_exports_that_is_dead_comes_again_as_it_was(hub: Hub, kind: str, payload: dict[str, Any]) -> None:
    with hub.exchange.database.write() as connection:
        work.add_work(connection, kind, payload, hub.clock.now)
        connection.execute(text("UPDATE work SET attempts = 10 WHERE kind = :kind"), {"kind": kind})
    assert do_next(hub.exchange) is False
    assert _waiting(hub, kind) == [(kind, "dead"), (kind, "waiting")]
    with hub.exchange.database.read() as connection:
        assert work.due_at_of(connection, kind, payload) == hub.clock.now + timedelta(hours=1)


@on_sqlite
def test_work_waits_longer_each_time_it_fails_unless_somebody_else_was_away(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    with hub.exchange.database.write() as connection:
        work.add_work(connection, SWEEP, {}, hub.clock.now)
    for error, waits in ((FailedError, (5, 10, 20)), (AwayError, (40, 40, 40))):
        monkeypatch.setattr(do_work, "KINDS", _dying(SWEEP, after_it=False, error=error))
        for seconds in waits:
            with pytest.raises(error):
                do_next(hub.exchange)
            hub.clock.pass_time(timedelta(seconds=seconds) - MICROSECOND)
            assert do_next(hub.exchange) is False
            hub.clock.pass_time(MICROSECOND)
    with hub.exchange.database.read() as connection:
        told = connection.execute(text("SELECT failure, attempts FROM work")).one()
    assert told.attempts == 3
    assert told.failure.startswith("AwayError at ")
    assert do_work.wait_after(work.MAX_ATTEMPTS) <= timedelta(hours=1)


@on_sqlite
def test_a_batch_that_went_on_starts_its_attempts_anew(hub: Hub) -> None:
    ensure_periodic_work(hub.exchange)
    hub.clock.pass_time(DAY)  # the round of contests is not due at once
    for _ in range(work.MAX_ATTEMPTS + 2):
        assert hub.work() == len(PERIODIC)
        hub.clock.pass_time(DAY)
    assert sorted(_waiting(hub)) == sorted((kind, "waiting") for kind in PERIODIC)


# --- several workers ------------------------------------------------------------------------------------------------------------


def _notes(hub: Hub) -> list[str | None]:
    with hub.exchange.database.read() as connection:
        return [one.subject for _, one in events.events(connection, 0, 1000) if one.event is Event.SUBMISSION_STORE]


def _note(connection: Connection, payload: Mapping[str, Any], now: datetime) -> Again:
    events.add_events(connection, [EventRecord(Event.SUBMISSION_STORE, now, subject=payload["note"])])


def _add_notes(hub: Hub, *notes: str) -> None:
    hub.work()
    with hub.exchange.database.write() as connection:
        for note in notes:
            work.add_work(connection, "note", {"note": note}, hub.clock.now)


def test_workers_share_what_is_due_and_do_each_task_once(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(do_work, "KINDS", {**KINDS, "note": _note})
    notes = [str(number) for number in range(12)]
    _add_notes(hub, *notes)
    assert sum(cast("list[int]", at_once(*[hub.work] * 3))) == 12
    assert sorted(map(str, _notes(hub))) == sorted(notes)


def test_a_worker_whose_lease_ran_out_writes_nothing(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(do_work, "KINDS", {**KINDS, "note": _note})
    elsewhere = Hub(as_seen_by_another_worker(hub.exchange), hub.clock, hub.first_operator)
    _add_notes(hub, "once")

    def overtake() -> None:
        _let_leases_run_out(elsewhere)
        assert do_next(elsewhere.exchange) is True

    turns = iter((lambda: None, overtake))  # a worker claims first, and connects again to do the batch

    def connected(_connection: object) -> None:
        next(turns)()

    event.listen(hub.exchange.database.engine, "engine_connect", connected)
    assert do_next(hub.exchange) is True
    event.remove(hub.exchange.database.engine, "engine_connect", connected)
    elsewhere.exchange.database.dispose()
    assert _notes(hub) == ["once"]
    assert _waiting(hub) == []


def test_while_the_database_is_away_a_worker_says_so(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.storage.session._BUSY_SECONDS", 0.05)
    with started_hub(sqlite_url) as hub, closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as writer:
        ensure_periodic_work(hub.exchange)
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError):
            do_next(hub.exchange)
        writer.rollback()
        assert do_next(hub.exchange) is True
