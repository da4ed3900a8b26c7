"""What stands beside ledger rows, also of those that no checkpoint covers yet; tampered rows are in ``test_check_log``."""

from __future__ import annotations

import pytest

from app.services.checking import check_disclosed
from app.services.checking.check_disclosed import DisclosedCheck
from app.services.checking.findings import Findings
from app.storage import disclosures
from app.storage.session import Connection
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator
from tests.factories.tampering import lift_guards


def found(connection: Connection) -> list[str]:
    findings = Findings()
    DisclosedCheck(connection, findings).rows(disclosures.stored_rows(connection, 0, 1_000, 1_000))
    return [one.what for one in findings.found]


def test_rows_are_compared_with_their_versions_whatever_their_number(
    quick_hub: Hub, publisher: Member, other: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_disclosed, "_BLOCK", 2)  # so that blocks are forgotten and read again
    monkeypatch.setattr(check_disclosed, "_MOST_BLOCKS", 2)
    for member in (publisher, other) * 6:
        member.store(indicator())
    assert publisher.pull()[0]
    assert other.pull(limit=3)[0]
    with quick_hub.exchange.database.write() as connection:
        lift_guards(connection)
        assert found(connection) == []
        connection.exec_driver_sql("UPDATE disclosure SET first_version_id = NULL, last_version_id = NULL")
        assert found(connection) == []  # as in rows from before that was kept
        connection.exec_driver_sql("UPDATE disclosure SET first_version_id = 2, last_version_id = 2 WHERE disclosure_id = 1")
        assert found(connection) == ["has other bounds than its versions"]
        connection.exec_driver_sql("DELETE FROM disclosure_owner WHERE disclosure_id = 2 AND owner_id = ?", (other.id,))
        assert found(connection)[1:] == ["names other owners than those of what was given"]


def test_nothing_to_look_at_is_nothing_to_find(quick_hub: Hub) -> None:
    with quick_hub.exchange.database.read() as connection:
        assert found(connection) == []
