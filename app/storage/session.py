"""The database: one engine, write transactions, read snapshots and single looks.

Owns connecting, isolation and the translation of the driver's errors: "away" and "full" are ``UnavailableError``, "stored
already" is ``ConflictError``, anything else is a mistake of ours. Opened by services only. Kept by
``tests/storage/test_session.py``.
"""

from __future__ import annotations

import select as polling
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.domain.errors import BreakwaterError, Code, ConflictError, ReadOnlyError, UnavailableError
from app.domain.read_only import ReadOnlyReason

__all__ = ["Connection", "Database", "before_commit", "database_time"]

REMEMBERED_CLASSES = "remembered_classes"
_BUSY_SECONDS = 20
_USED = "used before"
_QUIET = nullcontext()
_AWAY = "The exchange cannot reach its database just now; try again shortly."
_FULL = "The exchange has no room left to store anything; nothing of this request was kept. Try again later."
_AWAY_KINDS = {"InterfaceError", "OperationalError"}  # as PEP 249 names them
# PostgreSQL's SQLSTATE (Appendix A) and SQLite's extended result codes.
_DUPLICATES = {"23505", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_ROWID", "SQLITE_CONSTRAINT_UNIQUE"}
_NO_ROOM = {"53100", "SQLITE_FULL"}


class Database:
    """One SQLite file or PostgreSQL database, given by a SQLAlchemy URL (``sqlite:///…`` or ``postgresql+psycopg://…``)."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        """Prepare the engine; nothing is connected to yet."""
        parsed = make_url(url)
        if parsed.drivername in {"postgresql", "postgres"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": pool_size, "pool_timeout": _BUSY_SECONDS}
        options["hide_parameters"] = True  # the text of an error must not carry what somebody submitted
        if self.is_sqlite:
            options["connect_args"] = {"timeout": _BUSY_SECONDS, "check_same_thread": False}
        else:
            options["connect_args"] = {"connect_timeout": 5, "options": "-c jit=off -c timezone=UTC"}
        # Handling classes by the digest of their content, for ``handling``: never stale, whatever is rolled back.
        options["execution_options"] = {REMEMBERED_CLASSES: {}}
        self.engine: Engine = create_engine(parsed, **options)
        self.read_only: ReadOnlyReason | None = None
        """While it is set, this process takes nothing in; ``services.proving.kept_checkpoint`` sets and clears it."""
        self.around: Callable[[str], AbstractContextManager[object]] = lambda _kind: _QUIET
        """Stands around each transaction, of which it is told whether it reads or writes: for whoever traces."""
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine, "checkout", _refuse_ended_connection)

    @contextmanager
    def write(self, *, while_read_only: bool = False) -> Iterator[Connection]:
        """Open one write transaction: committed at the end of the block, rolled back when it raises.

        ``while_read_only``: it goes on while the exchange takes nothing in. That is for what reading keeps (ledger, visible
        sets), for calling people who wait, and for mending; everything else leaves it out.

        SQLite takes its write lock at the start (BEGIN IMMEDIATE); on PostgreSQL the order lock is taken by
        ``counter.take_order_lock`` where order matters.

        Raises:
            ReadOnlyError: the exchange takes nothing in.
            UnavailableError: the database is away or stays locked; its disk is full (code ``storage-full``).
            ConflictError: something was written under a key that is taken, as when two requests do the same at once.
            BreakwaterError: the database refused a statement of ours.
        """
        if self.read_only is not None and not while_read_only:
            raise ReadOnlyError
        with (
            self._translated("write"),
            self.engine.connect().execution_options(begin="IMMEDIATE") as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open one read-only snapshot: all statements of the block see the same committed state.

        Raises ``UnavailableError`` when the database is away.
        """
        options: dict[str, Any] = {"begin": "DEFERRED"}
        if not self.is_sqlite:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._translated("read"), self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """Give a connection on which each statement sees what is committed when it starts, and nothing is written.

        For what takes one statement, or several that need no common state: no transaction is begun or ended for them.
        Raises ``UnavailableError`` when the database is away.
        """
        options: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        with self._translated("look"), self.engine.connect().execution_options(**options) as connection:
            yield connection

    @contextmanager
    def stroke(self) -> Iterator[Connection]:
        """Give a connection for one statement that writes: committed with it on PostgreSQL, at the end of the block on SQLite.

        For what reading keeps alone: it goes on while the exchange takes nothing in. Raises as ``write``.
        """
        with self.write(while_read_only=True) if self.is_sqlite else self.look() as connection:
            yield connection

    def empty_log(self) -> None:
        """Bring what SQLite's write-ahead log holds into the file and empty it, so that pages from before are nowhere any more.

        Where somebody reads meanwhile it stays, for the next time. PostgreSQL keeps its own.
        """
        if self.is_sqlite:
            with self.look() as connection:
                driver: Any = connection.connection.driver_connection
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def dispose(self) -> None:
        """Close all pooled connections (after a fork, and at the end of tests)."""
        self.engine.dispose()

    @contextmanager
    def _translated(self, kind: str) -> Iterator[None]:
        drivers_error: type[Exception] = self.engine.dialect.loaded_dbapi.Error
        try:
            with self.around(kind):
                yield
        except PoolTimeoutError as exc:
            raise UnavailableError(_AWAY) from exc
        except (DBAPIError, drivers_error) as exc:  # bare, it comes from a ``prepared`` statement
            orig = exc.orig if isinstance(exc, DBAPIError) else exc
            names = {getattr(orig, "sqlstate", None), getattr(orig, "sqlite_errorname", None)}
            if names & _NO_ROOM:
                raise UnavailableError(_FULL, code=Code.STORAGE_FULL) from exc
            if _AWAY_KINDS & {kind.__name__ for kind in type(orig).__mro__}:
                raise UnavailableError(_AWAY) from exc
            # PostgreSQL's texts name values of keys and of rows: they must not travel along, only the place may.
            if names & _DUPLICATES:
                raise ConflictError("The same was stored by another request.") from None
            mistake = BreakwaterError(f"The database refused a statement ({type(orig).__name__}).")
            raise mistake.with_traceback(exc.__traceback__) from None


def before_commit(connection: Connection, act: Callable[[], object]) -> None:
    """Have something done when this transaction is about to commit, and not if it is rolled back.

    If it raises, nothing is committed. If the commit itself fails afterwards, it was done nevertheless.
    """
    event.listen(connection, "commit", lambda _connection: act(), once=True)


def database_time(connection: Connection) -> datetime:
    """Give the database's own clock, which all workers share; leases are measured by it."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return now.astimezone(UTC)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: BEGIN is ours, so that its kind is ours too.
    connection.isolation_level = None
    cursor = connection.cursor()
    # FULL: what was acknowledged survives the loss of power, not only the loss of the process. What is deleted is overwritten:
    # erased content must not stay in free pages.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_SECONDS * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    kind = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")


def _refuse_ended_connection(connection: Any, record: Any, _proxy: Any) -> None:
    """Have a connection replaced that the server ended while it waited in the pool: then its socket has something to read.

    This asks the kernel and not the server, which would cost a round trip each time. What ends later is away, as ever.
    """
    if record.info.get(_USED):
        asked = polling.poll()
        asked.register(connection.fileno(), polling.POLLIN)
        if asked.poll(0):
            raise DisconnectionError
    record.info[_USED] = True
