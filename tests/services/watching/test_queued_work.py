"""Keeps what is measured of work that runs by itself."""

from __future__ import annotations

from datetime import timedelta

from app.services.watching.queued_work import of_work
from app.storage import work
from tests.factories.members import Hub


def test_the_oldest_work_that_was_wanted_shows_in_its_lane_whatever_failed(quick_hub: Hub) -> None:
    quick_hub.work()
    now = quick_hub.clock.now
    with quick_hub.exchange.database.write() as connection:
        work.add_work(connection, "unknown", {}, now - timedelta(minutes=5))
        task = work.claim(connection, timedelta(minutes=1), now)
        assert task is not None
        work.put_back(connection, task, now + timedelta(hours=1), "KeyError at somewhere")
        ages, counts = of_work(connection, now)
    assert ages.values == {("bulk",): 0.0, ("calls",): 0.0, ("prompt",): 300.0}
    assert counts.values[("unknown", "waiting")] == 1
    assert counts.values[("unknown", "dead")] == 0
