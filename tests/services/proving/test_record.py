from __future__ import annotations

import hashlib
import json

from app.services.proving.record import Recorded, record_in_log
from app.storage import log
from app.storage.counter import read_order, save_order, take_order_lock
from breakwater_client.instant import instant_text
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.log_leaf import LeafKind, leaf_bytes, leaf_hash
from tests.factories.members import Hub
from tests.factories.policy_values import NOW

DOCUMENT = {"keyid": "a", "event": "registered"}


def test_a_leaf_commits_to_a_document_that_is_kept_beside_it(hub: Hub) -> None:
    with hub.exchange.database.write() as connection:
        order = take_order_lock(connection)
        index = record_in_log(connection, order, Recorded(LeafKind.KEY_EVENT, "a", DOCUMENT), NOW)
        save_order(connection, order)
    with hub.exchange.database.read() as connection:
        [kept] = log.statements(connection, LeafKind.KEY_EVENT, "a")
        assert read_order(connection).log_index == index == kept.log_index
        [hashed] = log.leaf_hashes(connection, index, 1)
    said = {**DOCUMENT, "recorded_at": instant_text(NOW)}
    assert json.loads(kept.document) == said
    digest = hashlib.sha256(canonical_bytes(said)).digest()
    assert hashed == leaf_hash(leaf_bytes(LeafKind.KEY_EVENT, kept.salt, digest))


def test_two_leaves_of_the_same_document_look_different(hub: Hub) -> None:
    with hub.exchange.database.write() as connection:
        order = take_order_lock(connection)
        first = record_in_log(connection, order, Recorded(LeafKind.RECALL, "a", DOCUMENT), NOW)
        record_in_log(connection, order, Recorded(LeafKind.RECALL, "a", DOCUMENT), NOW)
        save_order(connection, order)
        one, other = log.leaf_hashes(connection, first, 2)
    assert one != other
