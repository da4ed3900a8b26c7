"""Applying the journal of erasures to a database that was brought back: what was erased after it was made goes once more.

Owns which rows are meant: those with the number and the leaf that the journal names; numbers that were given out anew after
a loss was accepted have another leaf. Content goes before anything is served, also while the exchange takes nothing in; recall
and log follow as queued work once it does (``finish_erasures``). And what the database knows and the file does not, since
another server erased it, is written to the file. Kept by ``tests/services/retention/test_bring_back.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from app.domain.erasure import ErasedVersion
from app.services.exchange import Exchange
from app.services.retention import journal
from app.services.retention.journal import Entry
from app.storage import erasures, members
from app.storage.batches import batches
from app.storage.counter import take_order_lock
from app.storage.session import Connection, Database

_AT_ONCE = 1_000


def bring_back(exchange: Exchange) -> int:
    """Apply the exchange's own journal, and complete it. Gives how many versions were erased once more.

    Raises:
        UnavailableError: the database is away, or the file cannot be written.
        BreakwaterError: the file cannot be read.
    """
    path = exchange.erasure_journal
    if path is None:
        return 0
    applied = apply_journals(exchange.database, [path])
    _complete(exchange.database, path)
    return applied


def catch_up(exchange: Exchange) -> int:
    """Do the same if the last entry of the journal is not in the database; a look that costs next to nothing."""
    last = None if exchange.erasure_journal is None else journal.last(exchange.erasure_journal)
    if last is None:
        return 0
    with exchange.database.read() as connection:
        is_known = members.find_exchange(connection) is None or not _missing(connection, [last])
    return 0 if is_known else bring_back(exchange)


def apply_journals(database: Database, paths: Iterable[Path]) -> int:
    """Erase once more what these journals name and the database holds. Gives how many versions that was."""
    applied = 0
    for path in paths:
        for entries in batches(journal.read(path), at_once=_AT_ONCE):
            with database.read() as connection:
                missing = [] if members.find_exchange(connection) is None else _missing(connection, entries)
            if missing:
                with database.write(while_read_only=True) as connection:
                    take_order_lock(connection, while_read_only=True)
                    applied += _erase(connection, _missing(connection, entries))
    return applied


def _missing(connection: Connection, entries: Sequence[Entry]) -> list[ErasedVersion]:
    """Give what is to be remembered of those versions that are meant and still stored as if they were not erased."""
    known = erasures.erased_among(connection, [one.version_id for one in entries])
    named = {one.version_id: one for one in entries if one.version_id not in known}
    found = []
    for leaf in erasures.stored_leaves(connection, named):
        entry = named[leaf.version_id]
        if (leaf.log_index, leaf.leaf_hash) == (entry.log_index, entry.leaf_hash):
            one = ErasedVersion(
                version_id=leaf.version_id,
                log_index=leaf.log_index,
                owner_id=leaf.owner_id,
                reason=entry.reason,
                received_at=leaf.received_at,
                erased_at=entry.erased_at,
                logged_in=None,
                finished_at=None,
            )
            found.append(one)
    return found


def _erase(connection: Connection, missing: Sequence[ErasedVersion]) -> int:
    erasures.add_erased(connection, missing)
    erasures.drop_contents(connection, [one.version_id for one in missing])
    return len(missing)


def _complete(database: Database, path: Path) -> None:
    """Write what the database remembers and the file does not behind what is in it."""
    named = {(one.version_id, one.leaf_hash) for one in journal.read(path)}
    after = 0
    while True:
        with database.read() as connection:
            rows = [] if members.find_exchange(connection) is None else erasures.all_erased(connection, after, _AT_ONCE)
        entries = [Entry(row.version_id, row.log_index, leaf, row.reason, row.erased_at) for row, leaf in rows]
        more = [one for one in entries if (one.version_id, one.leaf_hash) not in named]
        if more:
            journal.append(path, more)
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1][0].version_id
