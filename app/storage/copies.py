"""Copies of the whole database: made while it serves, checked, and put in a database's place.

Owns how each kind of database does that: SQLite by its online backup, PostgreSQL by its own tools (``pg_dump``, ``pg_restore``,
``psql``), in the snapshot of a reading transaction. A copy is written where the caller says and is on the disk when this returns.
Kept by ``tests/storage/test_copies.py``.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url, text

from app.domain.errors import BreakwaterError, ConflictError, UnavailableError
from app.domain.read_only import ReadOnlyReason
from app.storage.session import Connection, Database

_PAGES_AT_ONCE = 4_096
_NO_TOOL = "The tools of PostgreSQL (pg_dump, pg_restore, psql) are not on this machine; install its client."


def copy_to(connection: Connection, database: Database, target: Path) -> None:
    """Copy the database as this reading transaction sees it to a file that is there, empty and private.

    Raises:
        UnavailableError: it cannot be written.
        BreakwaterError: it is no whole copy; what was written is the caller's to remove.
    """
    if database.is_sqlite:
        _copy_sqlite(connection, target)
    else:
        snapshot = str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())
        tool = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}"]
        _run(tool, database.engine.url)
    _sync(target)
    check(target, is_sqlite=database.is_sqlite)


def _copy_sqlite(connection: Connection, target: Path) -> None:
    # The driver's connection is another one: a backup waits for no transaction of its own source.
    source = connection.engine.url.database
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as origin, closing(sqlite3.connect(target)) as copy:
            origin.backup(copy, pages=_PAGES_AT_ONCE)
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as exc:
        for suffix in ("-journal", "-wal", "-shm"):  # a copy that broke off leaves them beside it
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        raise UnavailableError(f"The copy could not be written ({exc.sqlite_errorname}); is the disk full?") from None


def check(copy: Path, *, is_sqlite: bool) -> None:
    """Read a copy from end to end.

    Raises:
        BreakwaterError: it is damaged, or no copy of this kind of database.
    """
    if not is_sqlite:
        _run(["pg_restore", "--file=/dev/null", str(copy)], None)
        return
    try:
        with closing(sqlite3.connect(f"file:{copy}?mode=ro&immutable=1", uri=True)) as opened:
            [found] = opened.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error:
        found = "unreadable"
    if found != "ok":
        raise BreakwaterError("The copy is damaged.")


def is_copy_of_sqlite(copy: Path) -> bool:
    """Whether a file begins like an SQLite database."""
    with copy.open("rb") as file:
        return file.read(16) == b"SQLite format 3\x00"


def has_tables(database: Database) -> bool:
    """Whether anything is in a database already."""
    if database.is_sqlite and not Path(str(database.engine.url.database)).exists():
        return False
    count = "SELECT count(*) FROM sqlite_master" if database.is_sqlite else _TABLES
    with database.read() as connection:
        return bool(connection.execute(text(count)).scalar_one())


_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
_LEAVING_SECONDS = 3.0
"""So long a process that has just ended may still count as one that has the database open."""
_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def refuse_if_in_use(database: Database) -> None:
    """Refuse while any process has the database open.

    Raises:
        ConflictError: one has.
    """
    sentence = "Somebody has the database open: stop all servers and commands first."
    if not database.is_sqlite:
        until = time.monotonic() + _LEAVING_SECONDS
        while _has_others(database):
            if time.monotonic() > until:
                raise ConflictError(sentence)
            time.sleep(0.1)
        return
    path = Path(str(database.engine.url.database))
    if not path.exists():
        return
    try:
        # Leaving WAL takes the file for oneself alone; it fails while anybody else has it open, reading or not.
        with closing(sqlite3.connect(path, timeout=0.2)) as own:
            if own.execute("PRAGMA journal_mode=DELETE").fetchone()[0] != "delete":
                raise ConflictError(sentence)
    except sqlite3.DatabaseError as exc:
        if exc.sqlite_errorname in {"SQLITE_NOTADB", "SQLITE_CORRUPT"}:
            return  # that is why somebody brings another one back
        raise ConflictError(sentence) from None


def _has_others(database: Database) -> bool:
    with database.look() as connection:
        return bool(connection.execute(text(_OTHERS)).scalar_one())


@contextmanager
def staged_sqlite(copy: Path, beside: Path) -> Iterator[Path]:
    """Put a private copy of a copy beside a database's file, to be made ready there; gone at the end, unless it was swapped in.

    Raises:
        UnavailableError: it cannot be written, or another one is just being made ready.
    """
    drop_leftover(beside)
    staged = _staged(beside)
    try:
        descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        # Held to the end: by that ``drop_leftover`` tells what is in use from what a killed process left.
        with os.fdopen(descriptor, "wb") as target:
            fcntl.flock(target, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with copy.open("rb") as source:
                shutil.copyfileobj(source, target)
            target.flush()
            yield staged
    except OSError as exc:
        raise UnavailableError(f"The copy could not be written ({type(exc).__name__}); is the disk full?") from None
    finally:
        drop_leftover(beside)


def drop_leftover(beside: Path) -> None:
    """Remove the staged copy of a restore that was killed, with its logs; one that is in use stays."""
    staged = _staged(beside)
    try:
        with staged.open("rb") as left:
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        pass
    except BlockingIOError:
        return
    for suffix in ("", "-journal", "-wal", "-shm"):
        staged.with_name(staged.name + suffix).unlink(missing_ok=True)


def _staged(beside: Path) -> Path:
    return beside.with_name(f".{beside.name}.restoring")


def swap_sqlite(staged: Path, place: Path) -> None:
    """Put a staged file in a database's place in one step; what was there is gone, with its write-ahead log."""
    with closing(sqlite3.connect(staged)) as own:
        own.execute("PRAGMA journal_mode=DELETE")
    _sync(staged)
    for suffix in ("-wal", "-shm"):
        place.with_name(place.name + suffix).unlink(missing_ok=True)
    staged.replace(place)
    for suffix in ("-wal", "-shm"):
        staged.with_name(staged.name + suffix).unlink(missing_ok=True)
    _sync(place.parent)


_EMPTY = """
DO $$
DECLARE one text;
BEGIN
  FOR one IN SELECT format('DROP TABLE IF EXISTS %I.%I CASCADE', schemaname, tablename) FROM pg_tables
             WHERE schemaname = current_schema() LOOP
    EXECUTE one;
  END LOOP;
  FOR one IN SELECT 'DROP ROUTINE ' || p.oid::regprocedure || ' CASCADE' FROM pg_proc p
             WHERE p.pronamespace = current_schema()::regnamespace
             AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
    EXECUTE one;
  END LOOP;
END $$;
"""
"""Drops what is in the schema, also what a newer revision than the copy's made: ``pg_restore --clean`` knows the copy's alone."""


_MARK = """
RESET search_path;
DO $$
BEGIN
  IF EXISTS (SELECT FROM information_schema.columns WHERE table_schema = current_schema()
             AND table_name = 'position_counter' AND column_name = 'read_only') THEN
    UPDATE position_counter SET read_only = '{}';
  END IF;
END $$;
"""
"""Marks what was brought back, in the same commit; an older revision without the column is marked once it has one."""


def restore_postgres(copy: Path, database: Database, mark: ReadOnlyReason | None = None) -> None:
    """Bring a copy back into a PostgreSQL database, all of it or nothing; what was in it goes. ``mark``: why it is read-only.

    Raises:
        BreakwaterError: a tool failed; what was there is there.
        UnavailableError: there are no such tools on this machine.
    """
    environment = _environment(database.engine.url)
    quiet: dict[str, Any] = {"env": environment, "stderr": subprocess.DEVNULL}
    script = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"]
    tool = ["pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--file=-", str(copy)]
    try:
        with subprocess.Popen(script, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, **quiet) as into:  # noqa: S603  # a fixed tool
            failed = _fill(into.stdin, tool, quiet, "" if mark is None else _MARK.format(mark))
    except FileNotFoundError:
        raise UnavailableError(_NO_TOOL) from None
    if into.returncode:
        raise BreakwaterError(f"psql failed (status {into.returncode}).")
    if failed:
        raise BreakwaterError(f"pg_restore failed (status {failed}).")


def _fill(into: Any, tool: list[str], quiet: dict[str, Any], afterwards: str) -> int:
    """Send what empties and what fills; only what came to its end is committed, for psql rolls back what breaks off."""
    try:
        into.write(f"BEGIN;{_EMPTY}".encode())
        into.flush()
        done = subprocess.run(tool, stdout=into, check=False, **quiet)  # noqa: S603  # a fixed tool
        if not done.returncode:
            into.write(f"{afterwards}COMMIT;\n".encode())
        into.close()
    except BrokenPipeError:
        return 1  # psql's own status says why
    return done.returncode


def _run(command: list[str], url: URL | None) -> None:
    try:
        done = subprocess.run(command, env=_environment(url), capture_output=True, check=False)  # noqa: S603  # a fixed tool
    except FileNotFoundError:
        raise UnavailableError(_NO_TOOL) from None
    if done.returncode:
        # What the tool says may hold rows.
        raise BreakwaterError(f"{command[0]} failed (status {done.returncode}).")


def _environment(url: URL | None) -> dict[str, str]:
    environment = dict(os.environ)
    if url is not None:
        plain = make_url(url)
        given = {"PGHOST": plain.host or plain.query.get("host"), "PGPORT": plain.port, "PGUSER": plain.username}
        given |= {"PGDATABASE": plain.database, "PGPASSWORD": plain.password}
        environment |= {name: str(value) for name, value in given.items() if value is not None}
    return environment


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
