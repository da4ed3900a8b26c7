"""The order of statements about the ledger; rows are in ``test_check_log``."""

from __future__ import annotations

import json

import pytest

from app.services.checking.check_ledger import LedgerCheck
from app.services.checking.findings import Findings
from tests.factories.checkpoints import make_checkpoint
from tests.factories.members import Hub
from tests.factories.stix_objects import indicator
from tests.factories.tampering import lift_guards


@pytest.mark.parametrize("member", ["previous", "from"])
def test_a_stretch_that_does_not_follow_the_one_before_is_found(quick_hub: Hub, member: str) -> None:
    publisher, reader = quick_hub.enrol("Platform"), quick_hub.enrol("Hotline", jurisdiction="GB")
    for _ in range(2):
        publisher.store(indicator())
        assert reader.pull()[0]
        make_checkpoint(quick_hub.exchange)
    with quick_hub.exchange.database.write() as connection:
        lift_guards(connection)
        findings = Findings()
        assert LedgerCheck(connection, findings).run() == 2
        assert findings.found == []
        index, text = connection.exec_driver_sql(
            "SELECT log_index, document FROM log_statement WHERE kind = 'disclosure-root' ORDER BY log_index DESC LIMIT 1"
        ).one()
        changed = json.dumps(json.loads(text) | {member: {"previous": "00", "from": 9}[member]})
        connection.exec_driver_sql("UPDATE log_statement SET document = ? WHERE log_index = ?", (changed, index))
        LedgerCheck(connection, findings).run()
        assert f"log_statement {index}" in {one.where for one in findings.found}
