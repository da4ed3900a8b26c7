"""``jobs list``, ``jobs show``, ``jobs retry`` and ``jobs cancel``."""

from __future__ import annotations

from datetime import timedelta

from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from app.storage import work
from tests.cli.desk import Desk


def test_a_dead_job_is_listed_shown_cancelled_and_retried(desk: Desk) -> None:
    exchange = desk.running.exchange
    operator = desk.running.staff(StaffRole.OPERATOR, Permission)
    with exchange.database.write() as connection:
        work.add_work(connection, "evaluate", {}, exchange.clock())
    [job] = desk.json(operator, "jobs", "list", "--kind", "evaluate", "--most", "1")["jobs"]
    number = str(job["id"])
    assert desk.run(operator, "jobs", "cancel", number).exit_code == 1
    with exchange.database.write() as connection:
        for _attempt in range(work.MAX_ATTEMPTS):
            work.claim(connection, timedelta(seconds=-1), exchange.clock(), work.Lane(only=job["id"]), "machine:7")
        work.bury_exhausted(connection)
    listed = desk.run(operator, "jobs", "list", "--state", "dead").stdout
    assert "evaluate" in listed
    assert "machine:7" in listed
    assert "machine:7" in desk.run(operator, "jobs", "show", number).stdout
    assert "cancelled" in desk.run(operator, "jobs", "cancel", number).stdout
    assert "There is no such work." in desk.run(operator, "jobs", "list", "--state", "dead").stdout
    assert "is due now" in desk.run(operator, "jobs", "retry", number).stdout
