from __future__ import annotations

from app.services.intake.withdraw import WithdrawalRequest, withdraw
from tests.factories.exporting import define, on_disk
from tests.factories.members import Hub
from tests.factories.stix_objects import indicator


def test_files_that_hold_what_was_withdrawn_go(hub: Hub) -> None:
    publisher = hub.enrol("Platform A")
    one, other = indicator(), indicator()
    publisher.store(one)
    export = define(hub.enrol("Platform B"))
    export.run()
    publisher.store(other)
    export.later()
    withdraw(hub.exchange, publisher.principal, WithdrawalRequest(one["id"]))
    hub.work()
    assert [name.rpartition("/")[2] for name in export.files] == ["00000002-delta-0001.ndjson", "manifest.json"]
    assert not any(one["id"].encode() in (export.depot.root / name).read_bytes() for name in on_disk(export.depot.root))
    export.later()
    assert other["id"] in export.holds
    assert export.holds == export.sees()
