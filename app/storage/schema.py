"""Bringing a database to the newest schema, and saying where it stands. Alembic, from the first table.

Owns upgrades; the steps are in ``migrations/versions``. Alembic is imported on use (it costs a tenth of a second). Kept by
``tests/storage/test_schema.py``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.errors import UnavailableError
from app.storage.session import Database
from app.storage.tables import metadata
from app.storage.text_tables import FTS5_TABLES

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"
# One number for "Breakwater migrates here": two processes that start at once wait for each other.
_ADVISORY_LOCK = 0x62726B77


def migrate(url: str, revision: str = "head") -> None:
    """Upgrade the database at ``url`` to ``revision``; does nothing when it is there already. One process at a time.

    A new file of SQLite is its owner's alone to read, whoever may enter its folder; so are the files that SQLite puts beside it.
    """
    from alembic import command

    database = Database(url)
    if database.is_sqlite:
        Path(str(database.engine.url.database)).touch(mode=0o600)
    try:
        with database.write() as connection:
            if not database.is_sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
            command.upgrade(_config(connection), revision)
    finally:
        database.dispose()


def downgrade(url: str, revision: str) -> None:
    """Step the database at ``url`` back to ``revision``. For tests and emergencies; data of dropped columns is lost."""
    from alembic import command

    database = Database(url)
    try:
        with database.write() as connection:
            command.downgrade(_config(connection), revision)
    finally:
        database.dispose()


def current_revision(database: Database) -> str | None:
    """Give the revision the database is at, None for an empty one. Raises ``UnavailableError`` when it is away."""
    from alembic.runtime.migration import MigrationContext

    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def head_revision() -> str:
    """Give the newest revision this code knows; read from the folder once, for readiness is asked often and by anybody."""
    from alembic.script import ScriptDirectory

    head = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    if head is None:
        raise UnavailableError("This installation carries no migrations.")
    return head


def differences(database: Database) -> list[Any]:
    """List what differs between the database and ``tables``; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    options = {"compare_type": True, "include_name": _is_of_metadata}
    with database.read() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _is_of_metadata(name: str | None, _kind: str, _parents: Any) -> bool:
    return name is None or not name.startswith(FTS5_TABLES)


def _config(connection: Any) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
