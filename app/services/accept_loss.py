"""Going on knowingly from a database that is behind what was published: from the machine itself, recorded where all can see it.

Owns what is asked before: that something is lost at all, that the database at least holds its own newest checkpoint, and that
whoever accepts says from which size on. Whoever kept a checkpoint that is lost will see that the log does not extend it, and is
right. Kept by ``tests/services/test_accept_loss.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import ConflictError
from app.domain.events import Event, EventRecord
from app.domain.read_only import ReadOnlyReason
from app.services.exchange import Exchange
from app.services.proving.kept_checkpoint import compare, kept_size, own_checkpoint, replace_kept
from app.services.proving.record import Recorded, record_in_log
from app.storage import counter, events, log_check, members
from breakwater_client.trust.log_leaf import LeafKind

SKIPPED_PLACES = 1_000_000_000
"""So far readers may have been beyond the end of the feed: places that they believe to have read are not given out again."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What is lost: why nothing is taken in, the size that was published, and the size that the database has."""

    reason: ReadOnlyReason
    published: int | None
    tree_size: int


def find_loss(exchange: Exchange) -> Loss:
    """Give what would be accepted.

    Raises:
        ConflictError: nothing is lost, or nothing that could be accepted: the file is to be mended, or the database.
    """
    reason = compare(exchange)
    if reason is None:
        raise ConflictError("The log agrees with the kept checkpoint: there is no loss to accept.")
    if not reason.is_of_the_database:
        raise ConflictError("What is wrong is the file of the kept checkpoint, not the database: bring the file back.")
    with exchange.database.read() as connection:
        members.this_exchange(connection)
        if own_checkpoint(exchange, connection) is None:
            raise ConflictError("The database does not hold even its own newest checkpoint: bring another one back.")
        return Loss(reason, kept_size(exchange), log_check.tree_size(connection))


def accept_loss(exchange: Exchange, tree_size: int) -> Loss:
    """Go on from the database as it is; ``tree_size`` is what whoever accepts says that it has.

    Raises:
        ConflictError: as ``find_loss``, or another size.
    """
    loss = find_loss(exchange)
    if tree_size != loss.tree_size:
        raise ConflictError("That is not the number of leaves that the database has: nothing was accepted.")
    now = exchange.clock()
    with exchange.database.write(while_read_only=True) as connection:
        order = counter.take_order_lock(connection, while_read_only=True)
        if order.log_index + 1 != loss.tree_size:
            raise ConflictError("The log went on meanwhile: look again.")
        counter.set_read_only(connection, None)
        order.position += SKIPPED_PLACES
        document = {
            "type": "loss-accepted",
            "reason": loss.reason.value,
            "published": loss.published,
            "tree_size": loss.tree_size,
        }
        record_in_log(connection, order, Recorded(LeafKind.LOSS_ACCEPTED, str(loss.tree_size), document), now)
        counter.save_order(connection, order)
        events.add_events(connection, [EventRecord(Event.LOG_ACCEPT_LOSS, now, subject=str(loss.tree_size), code=loss.reason)])
        note = own_checkpoint(exchange, connection)
    if note is not None:
        replace_kept(exchange, note)
    compare(exchange)
    return loss
