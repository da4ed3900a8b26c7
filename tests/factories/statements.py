"""Statements that SQLAlchemy has compiled, shared by the engines of a test process: each test has a database, and so an engine.

Without it a tenth of the time of tests with a database goes into compiling the same statements again.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, event
from sqlalchemy.util import LRUCache

_MOST = 2_000
_FIRST: dict[str, Engine] = {}


def share_compiled_statements() -> None:
    """Let every engine that connects from now on use what was compiled for the first one of its kind."""
    if not event.contains(Engine, "engine_connect", _share):
        event.listen(Engine, "engine_connect", _share)


def _share(connection: Connection) -> None:
    engine = connection.engine
    if engine.dialect.name not in _FIRST:
        _FIRST[engine.dialect.name] = engine
        engine._compiled_cache = LRUCache(_MOST)
    first = _FIRST[engine.dialect.name]
    # What is compiled is kept by dialect, so that this is shared as well. It knows nothing of any one database.
    connection.dialect = engine.dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
