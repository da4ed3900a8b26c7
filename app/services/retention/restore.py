"""Restoring: a backup in the database's place, without what was erased since.

Owns what is refused (a database in use, one that holds something, another exchange's, a damaged file) and the order: the file is
checked, brought to this version's schema, and the journals of erasures are applied to it before it stands where a server would
find it. On PostgreSQL the copy comes in one transaction, and the journal right behind it; a server that is started in between
applies it before it serves (``bring_back``). Kept by ``tests/services/retention/test_restore.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import BreakwaterError, ConflictError, UnavailableError
from app.domain.read_only import ReadOnlyReason
from app.services.exchange import Exchange
from app.services.proving.kept_checkpoint import kept_origin
from app.services.retention.back_up import Manifest, read_manifest
from app.services.retention.bring_back import apply_journals
from app.services.retention.find_lost import Lost, find_lost, write_lost
from app.storage import copies, counter, log_check, members
from app.storage.schema import migrate
from app.storage.session import Database
from breakwater_client.trust.checkpoint import log_origin, read_checkpoint


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back: the backup, its log now, what was published meanwhile (None: unknown), versions erased once more.

    ``replaced`` is what the database knew that was replaced.
    """

    manifest: Manifest
    tree_size: int
    published: int | None
    erased_again: int
    replaced: Lost

    @property
    def lost(self) -> int:
        """How many leaves of the log were published, or in the database that was replaced, and are not in it."""
        return max(0, max(self.published or 0, self.replaced.tree_size or 0) - self.tree_size)


def restore(
    exchange: Exchange, backup: Path, journals: Sequence[Path] = (), *, replacing: bool = False, lost_to: Path | None = None
) -> Restored:
    """Put a backup in the place of the exchange's database, whose servers are stopped.

    ``journals`` are further journals of erasures, of other servers; the exchange's own is always applied. ``replacing``: what the
    database holds goes. Where that is more than the backup holds, nothing serves the database before somebody accepted the loss,
    and what is to be done again is written to ``lost_to``.

    Raises:
        MalformedInputError: the file is damaged or no backup.
        ConflictError: the database is in use, or holds something; or the backup is another exchange's, or of another kind.
        UnavailableError: the database is away, or the disk is full; what was there is there.
    """
    manifest = read_manifest(backup)
    database = exchange.database
    kind = "sqlite" if database.is_sqlite else "postgresql"
    if manifest.database != kind:
        raise ConflictError(f"This is a backup of {manifest.database}; the exchange's database is of {kind}.")
    copies.check(backup, is_sqlite=database.is_sqlite)
    _refuse_another_exchange(exchange, manifest)
    database.dispose()  # our own look at it, just now, must not count
    copies.refuse_if_in_use(database)
    if not replacing and _holds_something(database):
        raise ConflictError("The database holds something: say --replace if that may go.")
    database.dispose()
    lost = find_lost(exchange, manifest)
    database.dispose()
    if lost.accept and lost_to is not None:
        write_lost(lost, manifest, lost_to)
    mark = ReadOnlyReason.RESTORED_BEHIND if lost.accept else None
    paths = [*([] if exchange.erasure_journal is None else [exchange.erasure_journal]), *journals]
    if database.is_sqlite:
        erased = _restore_sqlite(Path(str(database.engine.url.database)), backup, paths, mark)
    else:
        copies.restore_postgres(backup, database, mark)
        erased = _make_ready(database.engine.url.render_as_string(hide_password=False), paths, mark)
    with database.read() as connection:
        size = log_check.tree_size(connection)
    return Restored(manifest, size, lost.published, erased, lost)


def _holds_something(database: Database) -> bool:
    try:
        return copies.has_tables(database)
    except UnavailableError:
        raise
    except BreakwaterError:
        return True  # it is no database any more, and may still be of use to somebody


def _refuse_another_exchange(exchange: Exchange, manifest: Manifest) -> None:
    """Refuse where the kept checkpoint or the database itself says that another exchange lives here."""
    sentence = "This is a backup of another exchange than the one that lives here."
    if kept_origin(exchange) not in {None, log_origin(manifest.exchange)}:
        raise ConflictError(sentence)
    if manifest.checkpoint is not None and read_checkpoint(manifest.checkpoint).origin != log_origin(manifest.exchange):
        raise ConflictError(sentence)
    try:
        if not copies.has_tables(exchange.database):
            return
        with exchange.database.read() as connection:
            home = members.find_exchange(connection)
    except BreakwaterError:
        return  # it cannot be read: that is why somebody brings another one back
    if home is not None and home.exchange_id != manifest.exchange:
        raise ConflictError(sentence)


def _restore_sqlite(place: Path, backup: Path, journals: Sequence[Path], mark: ReadOnlyReason | None) -> int:
    with copies.staged_sqlite(backup, place) as staged:
        erased = _make_ready(f"sqlite:///{staged}", journals, mark)
        copies.swap_sqlite(staged, place)
    return erased


def drop_leftover(exchange: Exchange) -> None:
    """Remove what a killed restore left beside the database: all of a backup, with what was erased since."""
    if exchange.database.is_sqlite:
        copies.drop_leftover(Path(str(exchange.database.engine.url.database)))


def is_behind(exchange: Exchange) -> bool:
    """Whether the database was brought back without what was known after it, and nobody accepted that yet."""
    with exchange.database.read() as connection:
        return counter.why_read_only(connection) is ReadOnlyReason.RESTORED_BEHIND


def _make_ready(url: str, journals: Sequence[Path], mark: ReadOnlyReason | None) -> int:
    migrate(url)
    database = Database(url)
    try:
        if mark is not None:
            with database.write() as connection:
                counter.set_read_only(connection, mark)
        return apply_journals(database, journals)
    finally:
        database.empty_log()
        database.dispose()
