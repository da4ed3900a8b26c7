from __future__ import annotations

import json
from dataclasses import replace

from app.domain.events import Event
from app.domain.vocabulary import KeyUsage
from app.services.proving.key_events import KeyEvent, ensure_own_keys, own_key, record_key_events
from app.storage import events, key_directory, log
from app.storage.counter import save_order, take_order_lock
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.log_leaf import LeafKind
from tests.factories.exchange_keys import new_exchange_keys
from tests.factories.members import Hub
from tests.factories.policy_values import DAY, NOW


def test_what_happens_to_a_key_is_an_event_a_leaf_and_a_new_version(hub: Hub) -> None:
    exchange = hub.exchange
    key = own_key(PrivateKey.generate(), KeyUsage.STATEMENT_SIGNING, NOW)
    with exchange.database.write() as connection:
        order = take_order_lock(connection)
        record_key_events(connection, order, exchange.keys, [KeyEvent(Event.KEY_ROTATE, key, "credential")], NOW)
        save_order(connection, order)
    with exchange.database.read() as connection:
        [leaf] = log.statements(connection, LeafKind.KEY_EVENT, key.keyid)
        recorded = [one for _, one in events.events(connection, 0, 1000) if one.subject == key.keyid]
        newest = key_directory.newest_version(connection)
    document = json.loads(leaf.document)
    assert (document["type"], document["event"], document["key"]["keyid"]) == ("key-event", "key:rotate", key.keyid)
    assert [(one.event, one.credential_id) for one in recorded] == [(Event.KEY_ROTATE, "credential")]
    assert newest is not None
    assert newest.version == 2


def test_a_key_that_never_counted_is_in_the_log_and_makes_no_version(quick_hub: Hub) -> None:
    exchange = quick_hub.exchange
    key = replace(own_key(PrivateKey.generate(), KeyUsage.STATEMENT_SIGNING, NOW), activated_at=None)
    with exchange.database.write() as connection:
        order = take_order_lock(connection)
        record_key_events(connection, order, exchange.keys, [KeyEvent(Event.KEY_REGISTER, key)], NOW)
        newest = key_directory.newest_version(connection)
        assert log.statements(connection, LeafKind.KEY_EVENT, key.keyid)
    assert newest is not None
    assert newest.version == 1


def test_the_exchanges_own_keys_are_registered_once_and_never_taken_for_others(quick_hub: Hub) -> None:
    exchange = quick_hub.exchange
    with exchange.database.write() as connection:
        order = take_order_lock(connection)
        before = key_directory.exchange_keys(connection)
        assert not ensure_own_keys(connection, order, exchange.keys, NOW + DAY)
        assert not ensure_own_keys(connection, order, new_exchange_keys(), NOW + DAY)
        assert key_directory.exchange_keys(connection) == before
    assert {one.usage for one in before} == {
        KeyUsage.STATEMENT_SIGNING,
        KeyUsage.DIRECTORY_SIGNING,
        KeyUsage.CHECKPOINT_SIGNING,
    }
