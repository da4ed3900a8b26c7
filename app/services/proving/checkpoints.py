"""Checkpoints: signing what the log holds, and never anything that does not extend what was signed before.

Owns the order of steps: the missing hashes of the tree, the ledger's new rows as one leaf, the root, the proof to ourselves that
it extends the last checkpoint, the signature, the row. The order lock is held from the leaf on, so that there is one checkpoint
of a size and each row of the ledger is covered once. Whoever wants the newest outside the database reads
``storage.checkpoints.newest_checkpoint``. Kept by ``tests/services/proving/test_checkpoints.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from app.domain.errors import ConflictError, SignerRefusedError, UnavailableError, UnprovenError
from app.domain.events import Event, EventRecord
from app.domain.paging import AlarmCode
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyState, KeyUsage
from app.services.answer_once import KeyUse, earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.proving.disclosure_roots import Stretch, next_stretch
from app.services.proving.record import record_in_log
from app.services.raise_alarm import raise_alarm
from app.storage import checkpoints, key_directory, log_tree, members, submissions
from app.storage.checkpoints import KeptCheckpoint
from app.storage.counter import Order, read_order, save_order, take_order_lock
from app.storage.session import Connection
from breakwater_client.trust.checkpoint import Checkpoint, log_origin, sign_checkpoint
from breakwater_client.trust.keys import SigningKey
from breakwater_client.trust.merkle import TILE_WIDTH, Tree, TreeHead, subtree_hash, verify_consistency

CHECKPOINT = "checkpoint"
_MOST_TILES = 200
"""So many hashes of whole tiles are added in one transaction: on SQLite nobody else writes meanwhile."""


@dataclass(frozen=True, slots=True)
class Made:
    """The newest checkpoint, and whether the ledger has rows that it does not cover yet since they were too many."""

    checkpoint: KeptCheckpoint
    has_more: bool = False


def tree_of(connection: Connection, size: int) -> Tree:
    """Give the tree over the first ``size`` leaves of the log, read tile by tile."""
    return Tree(size, partial(log_tree.tile, connection))


def holds(connection: Connection, published: Checkpoint | TreeHead) -> bool:
    """Whether the rows have this root at this size; reads O(log n) of them."""
    try:
        return tree_of(connection, published.size).root() == published.root
    except UnprovenError:
        return False


def add_missing_nodes(connection: Connection, size: int, most: int | None = None) -> bool:
    """Add hashes of whole tiles of the first ``size`` leaves that are not kept yet, at most so many; True if some are left.

    What is kept already is not read again. Any number of servers may do this at once.
    """
    level, below, left = 1, size, most
    while whole := below // TILE_WIDTH:
        known = log_tree.node_count(connection, level)
        reach = whole if left is None else min(whole, known + left)
        hashes = [subtree_hash(log_tree.tile(connection, level - 1, number)) for number in range(known, reach)]
        log_tree.add_nodes(connection, level, known, hashes)
        if reach < whole:
            return True
        left = None if left is None else left - len(hashes)
        level, below = level + 1, whole
    return False


def checkpoint_key_in_force(connection: Connection) -> str | None:
    """Give the id of the key that signs checkpoints now, as the exchange registered it; None before it did."""
    registered = key_directory.exchange_keys(connection, KeyUsage.CHECKPOINT_SIGNING)
    return next((one.keyid for one in registered if one.state is KeyState.ACTIVE), None)


def make_checkpoint(connection: Connection, key: SigningKey, now: datetime) -> Made:
    """Sign what the log holds, unless nothing came since the last checkpoint; gives the newest one either way.

    Whatever was committed before the call is in it; of the ledger, what fits. ``key`` is the exchange's for checkpoints.

    Raises:
        UnprovenError: the log does not extend the last checkpoint: something of it is gone or changed. Nothing was signed.
    """
    last = checkpoints.newest_checkpoint(connection)
    stretch = next_stretch(connection, last.disclosed_to if last else 0)
    add_missing_nodes(connection, read_order(connection).log_index + 1)
    order = take_order_lock(connection)
    newest = checkpoints.newest_checkpoint(connection)
    if newest is not None and newest != last:
        return Made(newest, has_more=True)  # somebody else made it while this waited for the lock
    if newest is not None and stretch is None and newest.tree_size == order.log_index + 1:
        return Made(newest)
    made = _sign(connection, key, _Ground(order, newest, stretch), now)
    save_order(connection, order)
    return Made(made, has_more=stretch is not None and stretch.has_more)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a checkpoint stands on: the numbers under their lock, the one before, and what came to the ledger."""

    order: Order
    last: KeptCheckpoint | None
    stretch: Stretch | None

    @property
    def disclosed_to(self) -> int:
        return self.stretch.to if self.stretch else self.last.disclosed_to if self.last else 0


def _sign(connection: Connection, key: SigningKey, ground: _Ground, now: datetime) -> KeptCheckpoint:
    if ground.stretch is not None:
        record_in_log(connection, ground.order, ground.stretch.recorded(connection), now)
    size = ground.order.log_index + 1
    add_missing_nodes(connection, size)
    head = _extending(tree_of(connection, size), ground.last)
    origin = log_origin(members.this_exchange(connection).exchange_id)
    at = _not_before_its_leaves(connection, ground.last, now)
    note = sign_checkpoint(Checkpoint(origin, head.size, head.root), key, at)
    made = KeptCheckpoint(head.size, head.root, note, at, ground.disclosed_to)
    checkpoints.add_checkpoint(connection, made)
    return made


def _not_before_its_leaves(connection: Connection, last: KeptCheckpoint | None, now: datetime) -> datetime:
    """Give when a checkpoint was made: ``now``, unless a leaf came since, or was logged by a server whose clock is ahead."""
    latest = log_tree.latest_leaf(connection, last.tree_size if last else 0)
    return now if latest is None else max(now, latest)


def _extending(tree: Tree, last: KeptCheckpoint | None) -> TreeHead:
    """Give the tree's head if the tree is an extension of the last checkpoint's, proved as anybody else would verify it."""
    if last is None:
        return tree.head()
    return verify_consistency(TreeHead(last.tree_size, last.root_hash), tree.head(), tree.consistency_path(last.tree_size))


def make_or_alarm(connection: Connection, key: SigningKey, now: datetime) -> Made | None:
    """Make a checkpoint, in a transaction that is kept either way; None, and an alarm for the operator, if none may be signed.

    Raises:
        UnavailableError: another key signs checkpoints by now: this server was not started again since.
    """
    try:
        with connection.begin_nested():
            made = make_checkpoint(connection, key, now)
            # Under the order lock, behind which a rotation would wait.
            if checkpoint_key_in_force(connection) not in {None, key.public.keyid}:
                raise UnavailableError("Another key signs checkpoints now: this server has to be started again.")
            return made
    except (UnprovenError, SignerRefusedError):
        raise_alarm(connection, AlarmCode.LOG_NOT_EXTENDED, EventRecord(Event.ALARM_RAISE, now))
        return None


def keep_checkpoints(exchange: Exchange, connection: Connection, _payload: Mapping[str, Any], now: datetime) -> datetime:
    """Do one step of the periodic work: some missing hashes, or a checkpoint. Gives when to come back."""
    if add_missing_nodes(connection, read_order(connection).log_index + 1, _MOST_TILES):
        return now
    made = make_or_alarm(connection, exchange.keys.checkpoints, now)
    return now if made is not None and made.has_more else now + exchange.checkpoint_every


def checkpoint_now(exchange: Exchange, principal: Principal, use: KeyUse | None = None) -> KeptCheckpoint:
    """Make a checkpoint on demand. Gives the newest one, in which everything is that was logged before.

    Raises:
        ForbiddenError: the caller may not have checkpoints made.
        ConflictError: the log does not extend the last checkpoint, and the operator was alarmed; or the idempotency key came with
            another body before.
    """
    require(principal, Permission.LOG_CHECKPOINT)
    has_more = True
    while has_more:
        with exchange.database.write() as connection:
            has_more = add_missing_nodes(connection, read_order(connection).log_index + 1, _MOST_TILES)
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        made = _made_before(connection, use)
        if made is None:
            made = make_or_alarm(connection, exchange.keys.checkpoints, exchange.clock())
            if made is not None and use is not None:
                submissions.add_key_use(connection, use, str(made.checkpoint.tree_size), exchange.clock())
    if made is None:
        raise ConflictError("The log does not extend its last checkpoint, so nothing was signed: run breakwater log check.")
    return made.checkpoint


def _made_before(connection: Connection, use: KeyUse | None) -> Made | None:
    if use is None:
        return None
    earlier = earlier_outcome(connection, use)
    kept = None if earlier is None else checkpoints.checkpoint_of_size(connection, int(earlier))
    return None if kept is None else Made(kept)
