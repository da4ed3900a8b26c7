"""Keeps what short work does that belongs to no other service; ``tests/services/test_do_work.py`` does it from the ledger."""

from __future__ import annotations

from datetime import timedelta

from app.services.working import do_batches
from tests.factories.members import Hub
from tests.factories.policy_values import NOW


def test_sweeps_come_back(quick_hub: Hub) -> None:
    with quick_hub.exchange.database.write() as connection:
        assert do_batches.sweep(connection, {}, NOW) == NOW + timedelta(days=1)
        assert do_batches.sweep_nonces(connection, {}, NOW) == NOW + timedelta(minutes=2)


def test_a_partner_that_is_not_there_is_not_evaluated(quick_hub: Hub) -> None:
    with quick_hub.exchange.database.write() as connection:
        assert do_batches.evaluate_partner(connection, {"partner_id": "00000000-0000-4000-8000-000000000000"}, NOW) is None
