from __future__ import annotations

import pytest

from app.domain.export import FilePart
from app.services.exporting import write_losses
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from tests.factories.exporting import define
from tests.factories.members import Hub
from tests.factories.recalled import notices
from tests.factories.stix_objects import indicator


def test_recall_notices_since_the_last_export_are_a_part_whatever_the_filter(quick_hub: Hub) -> None:
    publisher, reader = quick_hub.enrol("Platform A"), quick_hub.enrol("Platform B")
    one = indicator()
    publisher.store(one)
    export = define(reader, filters={"type": ["indicator"]})
    export.run()
    withdraw(quick_hub.exchange, publisher.principal, WithdrawalRequest(one["id"]))
    quick_hub.work()
    [told] = notices(reader)
    export.later()
    manifest = export.manifest(2)
    assert manifest is not None
    assert manifest.recalls == (told.sent.notice_id,)
    assert [line["id"] for line in export.lines(2, FilePart.RECALLS)] == [told.sent.notice_id]
    assert export.lines(2, FilePart.DELTA) == []
    export.later()
    manifest = export.manifest(3)
    assert manifest is not None
    assert manifest.recalls == ()


def test_tombstones_are_bounded_files_too(quick_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_losses, "MOST_LINES", 2)
    publisher, reader = quick_hub.enrol("Platform A"), quick_hub.enrol("Platform B")
    values = [indicator() for _ in range(5)]
    publisher.store(*values)
    export = define(reader)
    export.run()
    export.follow()
    for one in values:
        withdraw(quick_hub.exchange, publisher.principal, WithdrawalRequest(one["id"]))
    quick_hub.work()
    export.later()
    manifest = export.manifest(2)
    assert manifest is not None
    assert [one.objects for one in manifest.files if one.part is FilePart.TOMBSTONES] == [2, 2, 1]
    assert [one["id"] for one in export.lines(2, FilePart.TOMBSTONES)] == [one["id"] for one in values]
    assert export.holds == export.sees()
