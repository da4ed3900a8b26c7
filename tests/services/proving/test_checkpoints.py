from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import insert, text

from app.domain.errors import ConflictError, ForbiddenError, SignerRefusedError
from app.domain.paging import AlarmCode
from app.services.do_work import ensure_periodic_work
from app.services.exchange import Exchange
from app.services.proving import checkpoints as proving
from app.services.proving.checkpoints import checkpoint_now, tree_of
from app.services.raise_alarm import alarm_counts
from app.services.start_exchange import identity
from app.storage import checkpoints, disclosures, log, log_tree
from app.storage.checkpoints import KeptCheckpoint
from app.storage.counter import read_order, save_order, take_order_lock
from app.storage.session import Connection
from app.storage.tables import log_leaf
from breakwater_client.trust.checkpoint import Checkpoint, log_origin, open_checkpoint, open_date
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.log_leaf import LeafKind
from breakwater_client.trust.merkle import TreeHead, subtree_hash, verify_consistency
from tests.factories.members import Hub, as_seen_by_another_worker, at_once
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator
from tests.factories.tampering import lift_guards

OWN = 4
"""Leaves of a new exchange: its own keys."""


def kept(hub: Hub) -> list[KeptCheckpoint]:
    with hub.exchange.database.read() as connection:
        sizes = connection.execute(text("SELECT tree_size FROM checkpoint ORDER BY tree_size")).scalars()
        found = [checkpoints.checkpoint_of_size(connection, size) for size in sizes]
    return [one for one in found if one is not None]


def make(hub: Hub) -> KeptCheckpoint:
    return checkpoint_now(hub.exchange, hub.operator)


def add_leaves(hub: Hub, count: int, at: datetime = NOW) -> None:
    """Log so many leaves that stand for nothing."""
    with hub.exchange.database.write() as connection:
        order = take_order_lock(connection)
        rows = [
            {"log_index": (index := order.next_log_index()), "kind": "recall", "leaf_hash": b"%032d" % index, "recorded_at": at}
            for _ in range(count)
        ]
        connection.execute(insert(log_leaf), rows)
        save_order(connection, order)


def leaves(connection: Connection, size: int) -> list[bytes]:
    return log.leaf_hashes(connection, 0, size)


def test_a_checkpoint_is_signed_over_the_root_of_all_leaves(hub: Hub) -> None:
    add_leaves(hub, 600)
    made = make(hub)
    origin = log_origin(identity(hub.exchange).exchange_id)
    opened = open_checkpoint(made.note, origin, hub.exchange.keys.checkpoints.public)
    with hub.exchange.database.read() as connection:
        size = read_order(connection).log_index + 1
        assert opened == Checkpoint(origin, size, subtree_hash(leaves(connection, size)))
    assert (made.tree_size, made.root_hash, made.made_at) == (size, opened.root, NOW)
    assert kept(hub) == [made]


def test_the_note_says_when_it_was_made_and_never_before_its_leaves(hub: Hub) -> None:
    key, origin = hub.exchange.keys.checkpoints.public, log_origin(identity(hub.exchange).exchange_id)
    add_leaves(hub, 1)
    made = make(hub)
    assert (open_date(made.note, origin, key), made.made_at) == (NOW, NOW)
    add_leaves(hub, 1, NOW + timedelta(seconds=2.5))  # a server whose clock is ahead, or that had the lock meanwhile
    made = make(hub)
    assert open_date(made.note, origin, key) == NOW + timedelta(seconds=3)
    assert made.made_at == NOW + timedelta(seconds=2.5)


def test_a_new_exchange_begins_with_its_own_keys_and_the_catalogue(quick_hub: Hub) -> None:
    assert make(quick_hub).tree_size == OWN


def test_nothing_is_signed_again_while_nothing_comes(quick_hub: Hub) -> None:
    add_leaves(quick_hub, 3)
    made = make(quick_hub)
    quick_hub.clock.pass_time(quick_hub.exchange.checkpoint_every)
    assert make(quick_hub) == made
    assert kept(quick_hub) == [made]


def test_each_checkpoint_extends_the_one_before(hub: Hub) -> None:
    for count in (1, 255 - OWN, 1, 300, 70_000 if hub.exchange.database.is_sqlite else 700):
        add_leaves(hub, count)
        make(hub)
    made = kept(hub)
    assert [one.tree_size for one in made[:4]] == [OWN + 1, 256, 257, 557]
    with hub.exchange.database.read() as connection:
        for first, second in pairwise(made):
            path = tree_of(connection, second.tree_size).consistency_path(first.tree_size)
            heads = [TreeHead(one.tree_size, one.root_hash) for one in (first, second)]
            verify_consistency(heads[0], heads[1], path)
        assert log_tree.node_count(connection, 1) == made[-1].tree_size // 256
        assert log_tree.node_count(connection, 2) == made[-1].tree_size // 65_536


def test_a_new_checkpoint_reads_no_old_leaves(quick_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    add_leaves(quick_hub, 5_000)
    make(quick_hub)
    add_leaves(quick_hub, 1)
    read: list[tuple[int, int]] = []
    real = log_tree.tile

    def noting(connection: Connection, level: int, number: int) -> list[bytes]:
        read.append((level, number))
        return real(connection, level, number)

    monkeypatch.setattr(log_tree, "tile", noting)
    make(quick_hub)
    assert set(read) == {(0, 19), (1, 0)}  # the last tile of leaves, and the hashes of those before it


def test_new_rows_of_the_ledger_become_one_leaf_each_row_once(hub: Hub) -> None:
    author, reader = hub.enrol("Author"), hub.enrol("Reader")
    author.store(indicator())
    make(hub)
    reader.pull()
    first = make(hub)
    reader.pull()
    reader.pull()
    second = make(hub)
    assert first.disclosed_to < second.disclosed_to
    with hub.exchange.database.read() as connection:
        [one] = log.statements(connection, LeafKind.DISCLOSURE_ROOT, str(first.disclosed_to))
        [other] = log.statements(connection, LeafKind.DISCLOSURE_ROOT, str(second.disclosed_to))
    assert (one.log_index, other.log_index) == (first.tree_size - 1, second.tree_size - 1)
    assert f'"from":{first.disclosed_to + 1},' in other.document
    assert '"count":2,' in other.document


def test_two_servers_that_make_checkpoints_at_once_make_one_of_a_size(hub: Hub) -> None:
    author, reader = hub.enrol("Author"), hub.enrol("Reader")
    other = as_seen_by_another_worker(hub.exchange)

    def often(exchange: Exchange) -> None:
        for _ in range(6):
            checkpoint_now(exchange, hub.operator)

    def write() -> None:
        for _ in range(6):
            author.store(indicator())
            reader.pull()

    try:
        ends = at_once(lambda: often(hub.exchange), lambda: often(other), write)
    finally:
        other.database.dispose()
    assert ends == [None, None, None]
    make(hub)
    with hub.exchange.database.write() as connection:
        settled = disclosures.settled_to(connection)
        documents = connection.execute(
            text("SELECT document FROM log_statement WHERE kind = 'disclosure-root' ORDER BY log_index")
        ).scalars()
        spans = [(one["from"], one["to"]) for one in map(json.loads, documents)]
    assert [first for first, _ in spans] == [1, *(to + 1 for _, to in spans[:-1])], "a gap, or a row covered twice"
    assert spans[-1][1] == settled == kept(hub)[-1].disclosed_to


@pytest.mark.parametrize(
    "change", ["UPDATE log_leaf SET leaf_hash = :wrong WHERE log_index = 1", "DELETE FROM log_leaf WHERE log_index = 3"]
)
def test_what_does_not_extend_the_last_checkpoint_is_not_signed_and_alarms(hub: Hub, change: str) -> None:
    add_leaves(hub, 4)
    made = make(hub)
    add_leaves(hub, 1)
    with hub.exchange.database.write() as connection:
        lift_guards(connection)
        statement = text(change)
        connection.execute(statement, {"wrong": bytes(32)} if ":wrong" in change else {})
    with pytest.raises(ConflictError):
        make(hub)
    assert kept(hub) == [made]
    assert alarm_counts(hub.exchange, hub.operator)[AlarmCode.LOG_NOT_EXTENDED] == 1


def test_a_log_that_lost_its_end_is_not_signed(hub: Hub) -> None:
    add_leaves(hub, 4)
    made = make(hub)
    with hub.exchange.database.write() as connection:
        lift_guards(connection)
        connection.execute(text("DELETE FROM log_leaf WHERE log_index >= 2"))
        connection.execute(text("UPDATE position_counter SET log_index = 1"))
    with pytest.raises(ConflictError):
        make(hub)
    assert kept(hub) == [made]


def test_the_periodic_work_makes_one_at_each_cadence_if_anything_came(hub: Hub) -> None:
    ensure_periodic_work(hub.exchange)
    ensure_periodic_work(hub.exchange)
    hub.work()
    assert [one.tree_size for one in kept(hub)] == [OWN + 1], "the key of overlap checks is logged as a server starts"
    add_leaves(hub, 2)
    hub.work()
    assert len(kept(hub)) == 1, "not before its time"
    for _ in range(3):
        hub.clock.pass_time(hub.exchange.checkpoint_every)
        hub.work()
    assert [one.tree_size for one in kept(hub)] == [OWN + 1, OWN + 3]


def test_a_large_log_gets_its_hashes_step_by_step(quick_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "_MOST_TILES", 2)
    add_leaves(quick_hub, 7 * 256 + 4 - OWN)
    ensure_periodic_work(quick_hub.exchange)
    assert quick_hub.work() >= 4
    [made] = kept(quick_hub)
    assert made.tree_size == 7 * 256 + 5
    with quick_hub.exchange.database.read() as connection:
        assert made.root_hash == subtree_hash(leaves(connection, made.tree_size))


def test_the_periodic_work_goes_on_after_an_alarm(quick_hub: Hub) -> None:
    add_leaves(quick_hub, 4)
    make(quick_hub)
    with quick_hub.exchange.database.write() as connection:
        lift_guards(connection)
        connection.execute(text("UPDATE log_leaf SET leaf_hash = :wrong WHERE log_index = 1"), {"wrong": bytes(32)})
    add_leaves(quick_hub, 1)
    ensure_periodic_work(quick_hub.exchange)
    for _ in range(12):
        quick_hub.work()
        quick_hub.clock.pass_time(quick_hub.exchange.checkpoint_every)
    assert alarm_counts(quick_hub.exchange, quick_hub.operator)[AlarmCode.LOG_NOT_EXTENDED] == 12
    assert alarm_counts(quick_hub.exchange, quick_hub.operator)[AlarmCode.WORK_DEAD] == 0


def test_who_may_not_have_checkpoints_made_is_refused(quick_hub: Hub) -> None:
    with pytest.raises(ForbiddenError):
        checkpoint_now(quick_hub.exchange, quick_hub.enrol("Partner").principal)


def test_a_checkpoint_that_the_signer_refuses_is_an_alarm(quick_hub: Hub) -> None:
    class Refusing(PrivateKey):
        def sign(self, _message: bytes) -> bytes:
            raise SignerRefusedError("The signer refuses this: checkpoint-rolled-back.")

    key = quick_hub.exchange.keys.checkpoints
    assert isinstance(key, PrivateKey)
    exchange = replace(quick_hub.exchange, keys=replace(quick_hub.exchange.keys, checkpoints=Refusing.from_pem(key.to_pem())))
    with pytest.raises(ConflictError):
        checkpoint_now(exchange, quick_hub.operator)
    assert alarm_counts(exchange, quick_hub.operator)[AlarmCode.LOG_NOT_EXTENDED] == 1
