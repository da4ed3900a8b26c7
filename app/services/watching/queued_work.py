"""Measures of work that runs by itself. Kept by ``tests/services/watching/test_queued_work.py``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.domain.measure import Measure
from app.domain.work import LaneName
from app.services.working.look_after import lane_of
from app.storage import work_search
from app.storage.session import Connection


def of_work(connection: Connection, now: datetime) -> Iterator[Measure]:
    """Give how much waits, runs and died by kind, and for how long the oldest of each lane waits that is due."""
    found = work_search.standings(connection, now)
    oldest = dict.fromkeys(((lane.value,) for lane in LaneName), 0.0)
    for one in found:
        if one.oldest is not None:
            key = (lane_of(one.kind).value,)
            oldest[key] = max(oldest[key], (now - one.oldest).total_seconds())
    sentence = "How long the oldest work waits that was wanted by now and that nobody does; 0 without any."
    yield Measure("breakwater_work_oldest_waiting_seconds", sentence, oldest, ("lane",))
    counts = {(one.kind, state): getattr(one, state) for one in found for state in ("waiting", "running", "dead")}
    sentence = "Work that waits (also for its time), that a worker does, and that was given up, by kind."
    yield Measure("breakwater_work_jobs", sentence, counts, ("kind", "state"))
