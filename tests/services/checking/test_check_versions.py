"""Versions as the check of the log judges them; each tampered row is in ``test_check_log``."""

from __future__ import annotations

from app.services.checking.check_versions import VersionCheck, _read_class
from app.services.checking.findings import Findings
from app.services.checking.known_keys import known_keys
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.storage import erasures, members, version_check
from app.storage.session import Connection
from tests.factories.erasures import erase
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator
from tests.factories.tampering import lift_guards


def found(hub: Hub, connection: Connection) -> list[str]:
    findings = Findings()
    keys = known_keys(connection, hub.exchange.keys, findings, members.this_exchange(connection).exchange_id)
    check = VersionCheck(connection, findings, keys)
    check.piece(version_check.versions_between(connection, 0, 1_000).values(), erasures.erased_between(connection, 0, 1_000))
    assert check.classes() >= 1
    return [one.what for one in findings.found]


def test_content_that_was_erased_may_be_gone_and_no_other(quick_hub: Hub, publisher: Member) -> None:
    gone, kept = indicator(), indicator()
    publisher.store(gone, kept)
    withdraw(quick_hub.exchange, publisher.principal, WithdrawalRequest(gone["id"]))
    erase(publisher, gone["id"])
    with quick_hub.exchange.database.write() as connection:
        lift_guards(connection)
        assert found(quick_hub, connection) == []
        connection.exec_driver_sql("DELETE FROM object_content")
        assert found(quick_hub, connection) == ["is gone, and nothing erased it"]


def test_a_class_without_audience_is_narrower_than_any_label() -> None:
    named = '{"tlp": "green", "audiences": ["a"]}'
    assert _read_class(f'{{"owner": "o", "handlings": [{named}]}}') == ("o", 1)
    assert _read_class(f'{{"owner": "o", "handlings": [{named}, {{"tlp": "clear", "audiences": []}}]}}') == ("o", 5)
    for text in ("", "[]", "{}", '{"owner": "o", "handlings": [{}]}', '{"owner": "o", "handlings": [{"tlp": "x"}]}'):
        assert _read_class(text) == (None, -1)
