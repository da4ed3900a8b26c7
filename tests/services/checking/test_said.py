"""What statements say of themselves; whole rows tampered with are in ``test_check_log``."""

from __future__ import annotations

from typing import Any

import pytest

from app.services.checking.findings import Findings
from app.services.checking.said import gather, subject_of
from app.services.proving.record import Recorded, record_in_log
from app.storage.counter import save_order, take_order_lock
from breakwater_client.trust.log_leaf import LeafKind
from tests.factories.members import Hub

SINCE = "2026-01-01T00:00:00.000000Z"
KEY = {"keyid": "k", "public_key": "p", "algorithm": "a", "usage": "u", "owner": "o"}
LOST = KEY | {"state": "compromised", "compromised_since": SINCE}


def said_of(hub: Hub, *keys: dict[str, Any], subject: str = "k") -> list[str]:
    """Log events of a key, as whoever has the database can have them logged, and give what is found."""
    with hub.exchange.database.write() as connection:
        order = take_order_lock(connection)
        for key in keys:
            document = {"type": "key-event", "event": "key.activate", "key": key}
            record_in_log(connection, order, Recorded(LeafKind.KEY_EVENT, subject, document), hub.clock.now)
        save_order(connection, order)
        findings = Findings()
        gather(connection, findings, LeafKind.KEY_EVENT)
    return [one.what for one in findings.found]


def test_a_key_may_be_registered_activated_lost_and_found_lost_earlier(quick_hub: Hub) -> None:
    steps = [KEY | {"state": "pending"}, KEY | {"state": "active"}, LOST]
    assert said_of(quick_hub, *steps, LOST | {"compromised_since": "2025-12-01T00:00:00.000000Z"}) == []


@pytest.mark.parametrize(
    "after",
    [
        KEY | {"state": "active"},
        KEY | {"state": "compromised"},
        LOST | {"state": "retired"},
        LOST | {"compromised_since": "2026-02-01T00:00:00.000000Z"},
    ],
)
def test_a_later_event_that_takes_a_compromise_back_is_found(quick_hub: Hub, after: dict[str, Any]) -> None:
    assert said_of(quick_hub, LOST, after) == ["takes back that a key is compromised"]


@pytest.mark.parametrize("member", ["public_key", "algorithm", "usage", "owner"])
def test_a_later_event_about_another_key_is_found(quick_hub: Hub, member: str) -> None:
    assert said_of(quick_hub, KEY, KEY | {member: "x"}) == ["is about another key under the same id"]


def test_a_statement_filed_under_another_subject_is_found(quick_hub: Hub) -> None:
    assert said_of(quick_hub, KEY, subject="other") == ["is filed under something else than it is about"]


def test_a_decision_that_is_logged_twice_is_found(quick_hub: Hub) -> None:
    with quick_hub.exchange.database.write() as connection:
        order = take_order_lock(connection)
        for _ in range(2):
            record_in_log(connection, order, Recorded(LeafKind.RECALL, "r", {"recall": "r"}), quick_hub.clock.now)
        findings = Findings()
        gather(connection, findings, LeafKind.RECALL)
        assert [one.what for one in findings.found] == ["is about what was logged before, once and for all"]


@pytest.mark.parametrize("kind", [one for one in LeafKind if one is not LeafKind.OBJECT_VERSION])
def test_what_is_no_statement_of_its_kind_is_about_nothing(kind: LeafKind) -> None:
    for document in ({}, {"key": None}, {"key": "x"}, {"key": []}):
        assert subject_of(kind, document) is None
