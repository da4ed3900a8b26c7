from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import text

from app.services.proving import disclosure_roots
from app.services.proving.checkpoints import checkpoint_now
from app.services.proving.disclosure_roots import next_stretch, row_bytes
from app.storage import disclosures, log
from breakwater_client.instant import instant_text
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.log_leaf import LeafKind, leaf_hash
from breakwater_client.trust.merkle import subtree_hash
from tests.factories.members import Hub, Member
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator
from tests.factories.tampering import lift_guards


@pytest.fixture
def reader(hub: Hub) -> Member:
    author, reader = hub.enrol("Author"), hub.enrol("Reader")
    author.store(indicator())
    return reader


def stored(hub: Hub) -> list[Any]:
    with hub.exchange.database.read() as connection:
        return disclosures.stored_rows(connection, 0, 1_000, 1_000)


def test_a_row_is_spelled_in_one_way(hub: Hub, reader: Member) -> None:
    reader.pull()
    [row] = stored(hub)
    assert json.loads(row_bytes(row)) == {
        "number": row.disclosure_id,
        "partner": reader.id,
        "credential": reader.principal.credential.credential_id,
        "purpose": "detection",
        "channel": "portal",
        "agreement_version": 1,
        "policy_epoch": row.policy_epoch,
        "disclosed_at": instant_text(NOW),
        "feed": 0,
        "version_count": 1,
        "versions": hashlib.sha256(row.versions).hexdigest(),
        "extent": "content",
        "position": row.position,
    }
    assert row_bytes(row) == canonical_bytes(json.loads(row_bytes(row)))


def test_a_stretch_is_a_tree_over_the_rows(hub: Hub, reader: Member) -> None:
    for _ in range(3):
        reader.pull()
    rows = stored(hub)
    with hub.exchange.database.write() as connection:
        whole, rest = (next_stretch(connection, after) for after in (0, rows[0].disclosure_id))
        assert next_stretch(connection, rows[2].disclosure_id) is None
    assert whole is not None
    assert rest is not None
    assert (whole.count, whole.to, whole.has_more) == (3, rows[2].disclosure_id, False)
    assert whole.root == subtree_hash([leaf_hash(row_bytes(row)) for row in rows])
    assert rest.root == subtree_hash([leaf_hash(row_bytes(row)) for row in rows[1:]])


def test_a_long_stretch_is_cut_and_goes_on_at_once(hub: Hub, reader: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosure_roots, "MOST_ROWS", 2)
    for _ in range(5):
        reader.pull()
    for _ in range(3):
        checkpoint_now(hub.exchange, hub.operator)
    with hub.exchange.database.read() as connection:
        ends = [str(row.disclosure_id) for row in disclosures.stored_rows(connection, 0, 1_000, 1_000)]
        found = [one for end in ends for one in log.statements(connection, LeafKind.DISCLOSURE_ROOT, end)]
    documents = [json.loads(one.document) for one in found]
    assert [one["count"] for one in documents] == [2, 2, 1]
    assert [one["previous"] for one in documents] == [None, documents[0]["root"], documents[1]["root"]]
    assert [one["from"] for one in documents[1:]] == [one["to"] + 1 for one in documents[:-1]]


def test_a_row_that_is_changed_later_has_another_root(hub: Hub, reader: Member) -> None:
    reader.pull()
    with hub.exchange.database.write() as connection:
        before = next_stretch(connection, 0)
    with hub.exchange.database.write() as connection:
        lift_guards(connection)
        connection.execute(text("UPDATE disclosure SET purpose = 'moderation'"))
    with hub.exchange.database.write() as connection:
        after = next_stretch(connection, 0)
    assert before is not None
    assert after is not None
    assert before.root != after.root


def test_settling_holds_nobody_up_who_discloses_something(hub: Hub, reader: Member) -> None:
    if hub.exchange.database.is_sqlite:
        return  # its one writer waits for every other one
    with hub.exchange.database.write() as connection:
        assert next_stretch(connection, 0) is None
        reader.pull()
        connection.execute(text("SELECT 1"))
    assert len(stored(hub)) == 1
