"""Keeping the words of what is stored: looking through what came before there was full text, and making it all anew.

What is admitted brings its words in its own transaction; this is the rest. Kept by
``tests/services/searching/test_keep_words.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.services.exchange import Exchange
from app.stix.facts import searched_words
from app.storage import words, work
from app.storage.session import Connection

INDEX_WORDS = "index-words"
_AT_ONCE = 500


def index_some(connection: Connection, _payload: Mapping[str, Any], now: datetime) -> datetime | None:
    """Look through a batch of what is still to be looked through, newest first; gives when to go on, None at the end."""
    return now if _index(connection) else None


def ensure_indexing(connection: Connection, now: datetime) -> None:
    """Put that on the ledger if there is something to be looked through and nobody is at it."""
    if words.still_below(connection) and not work.has_waiting(connection, INDEX_WORDS):
        work.add_work(connection, INDEX_WORDS, {}, now)


def purge_erased(exchange: Exchange) -> None:
    """See to it that nothing is left of words that were erased."""
    with exchange.database.write(while_read_only=True) as connection:
        words.purge(connection)


def make_anew(exchange: Exchange, tell: Callable[[int], None] = lambda _count: None) -> int:
    """Make the words of all that is stored anew, batch by batch; gives how many versions were looked through.

    Who is killed meanwhile leaves the rest to the work of the ledger. ``tell`` is called with the size of each batch.
    """
    with exchange.database.write() as connection:
        words.begin_anew(connection)
        ensure_indexing(connection, exchange.clock())
    total = 0
    while True:
        with exchange.database.write() as connection:
            done = _index(connection)
        if not done:
            break
        total += done
        tell(done)
    with exchange.database.write() as connection:
        words.rebuild_index(connection)
    return total


def _index(connection: Connection) -> int:
    """Look through one batch; gives how many versions that were, 0 at the end."""
    below = words.still_below(connection, held=True)
    batch = words.contents_below(connection, below, _AT_ONCE) if below else []
    words.replace_words(connection, [(version_id, searched_words(json.loads(content))) for version_id, content in batch])
    words.go_down_to(connection, batch[-1][0] if batch else 0)
    return len(batch)
