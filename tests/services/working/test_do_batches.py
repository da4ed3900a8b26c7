"""Keeps what short work does that belongs to no other service; ``tests/services/test_do_work.py`` does it from the ledger."""

from __future__ import annotations

from datetime import timedelta

from app.domain.signing_task import SETTLED_TASKS_ARE_KEPT, TaskState
from app.services.working import do_batches
from app.storage import signing_tasks
from tests.factories.members import Hub
from tests.factories.policy_values import NOW
from tests.factories.signing_tasks import Desk, stored


def test_sweeps_come_back(quick_hub: Hub) -> None:
    with quick_hub.exchange.database.write() as connection:
        assert do_batches.sweep(connection, {}, NOW) == NOW + timedelta(days=1)
        assert do_batches.sweep_nonces(connection, {}, NOW) == NOW + timedelta(minutes=2)


def test_the_sweep_lets_tasks_lapse_and_forgets_them(quick_hub: Hub) -> None:
    task = Desk(quick_hub.enrol("Synthetic platform")).objects()
    with quick_hub.exchange.database.write() as connection:
        do_batches.sweep(connection, {}, task.lapses_at)
        lapsed = stored(connection, task)
        do_batches.sweep(connection, {}, task.lapses_at + SETTLED_TASKS_ARE_KEPT)
        assert signing_tasks.find_task(connection, task.partner_id, task.task_id) is None
    assert (lapsed.state, lapsed.document) == (TaskState.LAPSED, None)


def test_a_partner_that_is_not_there_is_not_evaluated(quick_hub: Hub) -> None:
    with quick_hub.exchange.database.write() as connection:
        assert do_batches.evaluate_partner(connection, {"partner_id": "00000000-0000-4000-8000-000000000000"}, NOW) is None
