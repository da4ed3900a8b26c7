"""The log's rows as whoever checks it reads them: in order, in pieces, with what they commit to beside them.

Owns statements that walk everything; what must hold between the rows is ``services.proving``'s. Kept by
``tests/storage/test_log_check.py``.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from app.storage.tables import log_leaf


def tree_size(connection: Connection) -> int:
    """Give how many leaves the log has, if none is missing: one more than the highest index."""
    newest: int | None = connection.execute(select(func.max(log_leaf.c.log_index))).scalar_one()
    return 0 if newest is None else newest + 1
