"""Rows from before the log spoke of their kind are passed over; the others are in ``test_check_log``."""

from __future__ import annotations

from app.services.checking.check_twins import TwinCheck
from app.services.checking.findings import Findings
from tests.factories.members import Hub
from tests.factories.tampering import lift_guards


def test_rows_of_a_kind_that_was_never_logged_are_passed_over(quick_hub: Hub) -> None:
    quick_hub.enrol("Platform")
    with quick_hub.exchange.database.write() as connection:
        lift_guards(connection)
        connection.exec_driver_sql("DELETE FROM log_statement")
        findings = Findings()
        assert TwinCheck(connection, findings).run() == 0
        assert findings.found == []
