"""Versions of the directory that are owed, and after a rotation; tampered ones are in ``test_check_log``."""

from __future__ import annotations

from app.services.checking.check_directory import check_directories
from app.services.checking.findings import Findings
from app.services.checking.known_keys import known_keys
from app.services.proving.issue_directory import owe_directory
from app.storage import members
from app.storage.counter import take_order_lock
from tests.factories.members import Hub


def test_a_version_that_is_owed_has_nothing_to_look_at(quick_hub: Hub) -> None:
    quick_hub.enrol("Platform")
    with quick_hub.exchange.database.write() as connection:
        take_order_lock(connection)
        owe_directory(connection, quick_hub.clock.now)
    quick_hub.enrol("Hotline", jurisdiction="GB")
    with quick_hub.exchange.database.read() as connection:
        findings = Findings()
        known = known_keys(connection, quick_hub.exchange.keys, findings, members.this_exchange(connection).exchange_id)
        assert check_directories(connection, findings, known) >= 3
        assert findings.found == []
