"""Keeps which work is told of, and when again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from app.domain.work import LaneName
from app.services import announce_work
from app.services.announce_work import announce
from app.services.exchange import utc_now
from app.storage import work
from app.storage.tables import work as work_table
from tests.factories.members import Hub, as_seen_by_another_worker, at_once


def add(hub: Hub, *due_in_hours: int) -> None:
    with hub.exchange.database.write() as connection:
        for hours in due_in_hours:
            work.add_work(connection, "evaluate", {}, hub.clock.now + timedelta(hours=hours))


def test_what_is_due_and_free_is_told_of_once(hub: Hub) -> None:
    hub.work()
    add(hub, 0, -1, 1)
    with hub.exchange.database.write() as connection:
        connection.execute(update(work_table).where(work_table.c.state == "waiting").values(announced_at=None))
    told = announce(hub.exchange)
    assert len([lane for _, lane in told if lane is LaneName.PROMPT]) == 2
    assert announce(hub.exchange) == []


def test_what_nobody_came_for_is_told_of_again(hub: Hub) -> None:
    add(hub, 0)
    told = announce(hub.exchange)
    with hub.exchange.database.write() as connection:
        connection.execute(update(work_table).values(announced_at=utc_now() - announce_work.AGAIN))
    assert announce(hub.exchange) == told


def test_what_somebody_holds_is_not_told_of(hub: Hub) -> None:
    add(hub, 0)
    with hub.exchange.database.write() as connection:
        task = work.claim(connection, timedelta(minutes=1), hub.clock.now)
        assert task is not None
    assert announce(hub.exchange) == []
    with hub.exchange.database.write() as connection:
        work.carry_on(connection, task, {}, hub.clock.now)
    assert [number for number, _ in announce(hub.exchange)] == [task.work_id]


def test_several_who_tell_tell_of_different_work(hub: Hub) -> None:
    add(hub, *[0] * 12)
    other = as_seen_by_another_worker(hub.exchange)
    one, two = at_once(lambda: announce(hub.exchange), lambda: announce(other))  # type: ignore[misc]  # two ends
    other.database.dispose()
    assert not set(one) & set(two)
    assert len(one) + len(two) == 12
