"""Keeps who sees and changes work, and what may be cancelled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import ConflictError, ForbiddenError, NotFoundError
from app.domain.events import Event
from app.domain.work import LaneName, WorkState
from app.services.answer_once import key_use
from app.services.working import look_after
from app.services.working.do_batches import SWEEP
from app.services.working.look_after import Wanted, cancel_job, get_job, list_jobs, retry_job, standings
from app.storage import events, work
from tests.factories.members import Hub, Member

LONG = "long-work"
LEASE = timedelta(seconds=60)


@pytest.fixture(autouse=True)
def long_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of long work that is owed to nobody."""
    monkeypatch.setattr(look_after, "LONG_KINDS", {LONG: None})


def added(hub: Hub, kind: str = LONG) -> int:
    """Put work on the ledger. Gives its number."""
    with hub.exchange.database.write() as connection:
        work.add_work(connection, kind, {}, hub.clock.now)
    return list_jobs(hub.exchange, hub.operator, Wanted(), None, 1)[0].work_id


def kill(hub: Hub, work_id: int) -> None:
    with hub.exchange.database.write() as connection:
        for _attempt in range(work.MAX_ATTEMPTS):
            work.claim(connection, timedelta(seconds=-1), lane=work.Lane(only=work_id))
        work.bury_exhausted(connection)


def fail(hub: Hub, work_id: int) -> None:
    with hub.exchange.database.write() as connection:
        task = work.claim(connection, LEASE, lane=work.Lane(only=work_id))
        assert task is not None
        work.put_back(connection, task, hub.clock.now + timedelta(hours=1), "KeyError at somewhere")


def told(hub: Hub) -> list[tuple[Event, str | None]]:
    with hub.exchange.database.read() as connection:
        found = [one for _, one in events.events(connection, 0, 1000)]
    return [(one.event, one.subject) for one in found if one.event in {Event.WORK_RETRY, Event.WORK_CANCEL}]


def test_dead_and_failed_work_is_retried_and_that_is_recorded(quick_hub: Hub) -> None:
    dead, failed = added(quick_hub), added(quick_hub)
    kill(quick_hub, dead)
    fail(quick_hub, failed)
    for one in (dead, failed):
        job = retry_job(quick_hub.exchange, quick_hub.operator, one)
        assert (job.state, job.attempts, job.due_at) == (WorkState.WAITING, 0, quick_hub.clock.now)
    assert told(quick_hub) == [(Event.WORK_RETRY, str(dead)), (Event.WORK_RETRY, str(failed))]


def test_what_did_not_fail_or_is_done_or_running_is_not_retried(quick_hub: Hub) -> None:
    waiting, running, done = (added(quick_hub) for _ in range(3))
    fail(quick_hub, running)
    with quick_hub.exchange.database.write() as connection:
        assert work.claim(connection, LEASE, quick_hub.clock.now + timedelta(hours=1), work.Lane(only=running))
        task = work.claim(connection, LEASE, quick_hub.clock.now, work.Lane(only=done))
        assert task is not None
        work.finish(connection, task)
    for one in (waiting, running, done):
        with pytest.raises(ConflictError):
            retry_job(quick_hub.exchange, quick_hub.operator, one)
    assert told(quick_hub) == []


def test_dead_periodic_work_that_came_anew_is_not_doubled(quick_hub: Hub) -> None:
    dead = added(quick_hub, SWEEP)
    kill(quick_hub, dead)
    new = added(quick_hub, SWEEP)
    with pytest.raises(ConflictError, match="anew"):
        retry_job(quick_hub.exchange, quick_hub.operator, dead)
    kill(quick_hub, new)
    assert retry_job(quick_hub.exchange, quick_hub.operator, dead).state is WorkState.WAITING


def test_long_work_is_cancelled_also_while_somebody_is_at_it(quick_hub: Hub) -> None:
    number = added(quick_hub)
    with quick_hub.exchange.database.write() as connection:
        task = work.claim(connection, LEASE, lane=work.Lane(only=number))
        assert task is not None
    assert cancel_job(quick_hub.exchange, quick_hub.operator, number).state is WorkState.CANCELLED
    with quick_hub.exchange.database.write() as connection:
        assert not work.renew(connection, task, LEASE)
    with pytest.raises(ConflictError, match="ended"):
        cancel_job(quick_hub.exchange, quick_hub.operator, number)
    assert told(quick_hub) == [(Event.WORK_CANCEL, str(number))]


@pytest.mark.parametrize("kind", [SWEEP, "notify-recall", "release-embargoed", "finish-erasures", "export-forget", "unknown"])
def test_what_is_owed_to_somebody_or_comes_back_is_cancelled_only_when_it_is_dead(quick_hub: Hub, kind: str) -> None:
    number = added(quick_hub, kind)
    with pytest.raises(ConflictError, match="owed"):
        cancel_job(quick_hub.exchange, quick_hub.operator, number)
    kill(quick_hub, number)
    assert cancel_job(quick_hub.exchange, quick_hub.operator, number).state is WorkState.CANCELLED


def test_a_request_that_is_repeated_is_answered_and_not_done_again(quick_hub: Hub) -> None:
    number = added(quick_hub)
    use = key_use(quick_hub.operator, "jobs", "once", b"")
    for _ in range(2):
        assert cancel_job(quick_hub.exchange, quick_hub.operator, number, use).state is WorkState.CANCELLED
    assert len(told(quick_hub)) == 1


def test_partners_see_and_change_no_work(quick_hub: Hub) -> None:
    partner: Member = quick_hub.enrol("Platform A")
    number = added(quick_hub)
    for act in (
        lambda: list_jobs(quick_hub.exchange, partner.principal, Wanted(), None, 1),
        lambda: get_job(quick_hub.exchange, partner.principal, number),
        lambda: retry_job(quick_hub.exchange, partner.principal, number),
        lambda: cancel_job(quick_hub.exchange, partner.principal, number),
        lambda: standings(quick_hub.exchange, partner.principal),
    ):
        with pytest.raises(ForbiddenError):
            act()


def test_what_is_not_there_is_not_found(quick_hub: Hub) -> None:
    for act in (get_job, retry_job, cancel_job):
        with pytest.raises(NotFoundError):
            act(quick_hub.exchange, quick_hub.operator, 999)


def test_how_work_stands_is_told_to_whoever_watches(quick_hub: Hub) -> None:
    added(quick_hub)
    found, now = standings(quick_hub.exchange, quick_hub.operator)
    assert [(one.kind, one.waiting) for one in found if one.kind == LONG] == [(LONG, 1)]
    assert now == quick_hub.clock.now
    assert look_after.lane_of(LONG) is LaneName.BULK
    assert look_after.lane_of(SWEEP) is LaneName.PROMPT
