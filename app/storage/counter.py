"""The one order of the exchange: feed positions, log indexes and row ids, given out under one lock.

The lock is the single row of ``position_counter``, held until the transaction commits (on SQLite the database's own write lock
does the same). So the order of commits is the order of the feed, and a reader who asks for "after N" never misses a late
commit. Kept by ``tests/storage/test_counter.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, insert, select, update

from app.domain.errors import ReadOnlyError
from app.domain.read_only import ReadOnlyReason
from app.storage.prepared import Prepared
from app.storage.tables import position_counter

_MICROSECOND = timedelta(microseconds=1)
_MILLISECOND = timedelta(milliseconds=1)
_NUMBERS = ("position", "log_index", "version_id", "class_id", "added_at")
_READ = Prepared(select(*(position_counter.c[name] for name in _NUMBERS)))
_LOCK = Prepared(select(*(position_counter.c[name] for name in (*_NUMBERS, "read_only"))).with_for_update())
_SAVE = Prepared(update(position_counter).values({name: bindparam(name) for name in _NUMBERS}))


@dataclass(frozen=True, slots=True)
class Moment:
    """A place of the order that a change was made with: looks at lower places saw what was before. ``at`` is its own instant."""

    position: int
    at: datetime


@dataclass(slots=True)
class Order:
    """The counter while its lock is held: the last number given of each kind. ``save_order`` makes it durable."""

    position: int
    log_index: int
    version_id: int
    class_id: int
    added_at: datetime
    first: datetime | None = None
    """From when on instants are given, if that was arranged."""

    def end_on_a_millisecond(self, count: int, now: datetime) -> None:
        """Arrange that the last of the next ``count`` instants is a whole millisecond, the last one before ``now`` if it is free.

        Clients that cut dates to milliseconds then go on exactly behind it (decision 25). Fewer instants may be asked for.
        """
        last = max(now, self.added_at + count * _MICROSECOND + _MILLISECOND - _MICROSECOND)
        last -= timedelta(microseconds=last.microsecond % 1000)
        self.first = last - (count - 1) * _MICROSECOND

    def next_position(self, now: datetime) -> tuple[int, datetime]:
        """Give the next feed position and its ``added_at``: both above all given before, whatever the clock does."""
        self.position += 1
        return self.position, self.next_instant(now)

    def next_moment(self, now: datetime) -> Moment:
        """Give the next position to a change of what is stored, which gets no place in the feed."""
        return Moment(*self.next_position(now))

    def moment_of_next(self, now: datetime) -> Moment:
        """Give the moment of a change that gives at least one more position after this, and takes none for itself."""
        return Moment(self.position + 1, max(now, self.added_at + _MICROSECOND))

    def next_instant(self, now: datetime) -> datetime:
        """Give an instant after every one given before, and not before ``now`` or what was arranged instead."""
        self.added_at = max(self.first or now, self.added_at + _MICROSECOND)
        return self.added_at

    def next_log_index(self) -> int:
        """Give the next index of the log; the first is 0, and none is left out."""
        self.log_index += 1
        return self.log_index

    def next_version_id(self) -> int:
        """Give the next row id of an object version."""
        self.version_id += 1
        return self.version_id

    def next_class_id(self) -> int:
        """Give the next id of a handling class."""
        self.class_id += 1
        return self.class_id


def start_order(connection: Connection, now: datetime) -> None:
    """Create the counter of a new exchange."""
    connection.execute(insert(position_counter).values(only=1, position=0, log_index=-1, version_id=0, class_id=0, added_at=now))


def take_order_lock(connection: Connection, *, while_read_only: bool = False) -> Order:
    """Take the lock until the transaction ends, and read where the numbers stand. ``while_read_only`` as in ``Database.write``.

    Raises:
        ReadOnlyError: some server on this database found that it is not what was published.
    """
    [[*numbers, read_only]] = _LOCK.rows(connection)
    if read_only is not None and not while_read_only:
        raise ReadOnlyError
    return Order(*numbers)


def save_order(connection: Connection, order: Order) -> None:
    """Write back what was given out, in the same transaction."""
    _SAVE.run(connection, **{name: getattr(order, name) for name in _NUMBERS})


def read_order(connection: Connection) -> Order:
    """Read where the numbers stand in this snapshot, without the lock."""
    [row] = _READ.rows(connection)
    return Order(*row)


def why_read_only(connection: Connection) -> ReadOnlyReason | None:
    """Give what some server found wrong with this database, None if none did, or it was accepted since."""
    found = connection.execute(select(position_counter.c.read_only)).scalar_one_or_none()
    return None if found is None else ReadOnlyReason(found)


def set_read_only(connection: Connection, reason: ReadOnlyReason | None) -> None:
    """Tell every server on this database that nothing is to be taken in, or with None that it may be again."""
    connection.execute(update(position_counter).values(read_only=reason))
