"""Rows from before the log spoke of their kind are passed over, and erased versions; the others are in ``test_check_log``."""

from __future__ import annotations

import pytest

from app.services.checking.check_log import check_log
from app.services.checking.check_twins import TwinCheck
from app.services.checking.findings import Findings
from tests.factories.erasures import erase
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator
from tests.factories.tampering import lift_guards


def test_rows_of_a_kind_that_was_never_logged_are_passed_over(quick_hub: Hub) -> None:
    quick_hub.enrol("Platform")
    with quick_hub.exchange.database.write() as connection:
        lift_guards(connection)
        connection.exec_driver_sql("DELETE FROM log_statement")
        findings = Findings()
        assert TwinCheck(connection, findings).run() == 0
        assert findings.found == []


FALSE = (
    "INSERT INTO erased_version SELECT version_id, log_index, owner_id, 'erasure', received_at, received_at, {leaf}, received_at"
)
AS_IF_ERASED = (
    f"{FALSE} FROM object_version",
    "DELETE FROM object_version",
    "DELETE FROM object_content",
    "DELETE FROM object_facet",
)
THE_LEAF = "(SELECT logged_in FROM erased_version)"
TAMPERED = [
    ("commits to a row that is gone", ["DELETE FROM erased_version"]),
    ("was never logged", ["UPDATE erased_version SET logged_in = NULL"]),
    ("names a leaf that records no erasure", ["UPDATE erased_version SET logged_in = 0"]),
    ("is not what was logged: reason", ["UPDATE erased_version SET reason = 'retention'"]),
    ("is not what was logged: log_indexes", [one.format(leaf=THE_LEAF) for one in AS_IF_ERASED]),
    ("was never logged", [one.format(leaf="NULL") for one in AS_IF_ERASED]),
    ("and something is kept in its place", [f"{FALSE} FROM object_version".format(leaf=THE_LEAF)]),
    ("was logged and is gone", ["DELETE FROM erased_version"]),
    ("no receipt that the exchange signed", ["UPDATE submission SET receipt = replace(receipt, 'payload\"', 'other\"')"]),
]


@pytest.mark.parametrize(("what", "statements"), TAMPERED)
def test_what_somebody_deletes_is_told_from_what_was_erased(
    quick_hub: Hub, publisher: Member, what: str, statements: list[str]
) -> None:
    publisher.store(one := indicator(), indicator())
    erase(publisher, one["id"])
    quick_hub.work()
    assert check_log(quick_hub.exchange).findings == ()
    with quick_hub.exchange.database.write() as connection:
        lift_guards(connection)
        for statement in statements:
            assert connection.exec_driver_sql(statement).rowcount
    said = [one.what for one in check_log(quick_hub.exchange).findings]
    assert any(what in one for one in said), said
