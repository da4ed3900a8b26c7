"""The log's tree as rows, tile by tile: hashes of leaves, and of whole subtrees of 256, 65,536, … leaves.

Rows are only added, and say the same whoever adds them. What a hash is, and which are needed, is ``crypto.merkle``'s. Kept by
``tests/storage/test_log_tree.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BindParameter, Connection, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.errors import UnprovenError
from app.storage.prepared import Prepared
from app.storage.tables import log_leaf
from app.storage.trust_tables import log_node

TILE_WIDTH = 256
_INDEX, _NUMBER = log_leaf.c.log_index, log_node.c.number
_FIRST: BindParameter[int] = bindparam("first")
_BEYOND: BindParameter[int] = bindparam("beyond")
_LEAVES = Prepared(select(_INDEX, log_leaf.c.leaf_hash).where(_INDEX >= _FIRST, _INDEX < _BEYOND).order_by(_INDEX))
_NODES = Prepared(
    select(_NUMBER, log_node.c.hash)
    .where(log_node.c.level == bindparam("level"), _NUMBER >= _FIRST, _NUMBER < _BEYOND)
    .order_by(_NUMBER)
)
_ADDITIONS = {
    "postgresql": postgresql.insert(log_node).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(log_node).on_conflict_do_nothing(),
}


def tile(connection: Connection, level: int, number: int) -> list[bytes]:
    """Give the hashes of the subtrees of 256^level leaves from number ``256 * number`` on; 256, or fewer at the end of the log.

    Raises:
        UnprovenError: one of them is missing although later ones are there: something of the log is gone.
    """
    first = number * TILE_WIDTH
    asked = {"first": first, "beyond": first + TILE_WIDTH}
    rows = _LEAVES.rows(connection, **asked) if level == 0 else _NODES.rows(connection, level=level, **asked)
    if rows and rows[-1][0] != first + len(rows) - 1:
        raise UnprovenError("A hash of the log is gone.")
    return [bytes(row[1]) for row in rows]


def latest_leaf(connection: Connection, first: int) -> datetime | None:
    """Give the latest time at which a leaf from index ``first`` on was logged, by whichever server; None without one."""
    found: datetime | None = connection.execute(select(func.max(log_leaf.c.recorded_at)).where(first <= _INDEX)).scalar_one()
    return found


def node_count(connection: Connection, level: int) -> int:
    """Give how many hashes of this level (1 or more) are kept; they are kept from the first on, without gaps."""
    statement = select(func.coalesce(func.max(_NUMBER), -1)).where(log_node.c.level == level)
    newest: int = connection.execute(statement).scalar_one()
    return newest + 1


def add_nodes(connection: Connection, level: int, first: int, hashes: Sequence[bytes]) -> None:
    """Keep hashes of a level (1 or more) from number ``first`` on. One that somebody else kept meanwhile is left as it is."""
    rows = [{"level": level, "number": first + place, "hash": one} for place, one in enumerate(hashes)]
    if rows:
        connection.execute(_ADDITIONS[connection.dialect.name], rows)
