"""Checkpoints as they are published: with a line of each witness that cosigned them.

Kept by ``tests/services/proving/test_published_notes.py``.
"""

from __future__ import annotations

from collections.abc import Collection

from app.domain.errors import NotFoundError
from app.storage import checkpoints, cosignatures
from app.storage.checkpoints import KeptCheckpoint
from app.storage.session import Connection


def published_note(connection: Connection, kept: KeptCheckpoint, first: Collection[str] = ()) -> str:
    """Give a checkpoint's note with the lines of those who cosigned it, those of the keys ``first`` (ids) before others."""
    return kept.note + "".join(cosignatures.lines_below(connection, kept.tree_size, first))


def newest_cosigned(connection: Connection, witnesses: int, among: Collection[str] = ()) -> KeptCheckpoint:
    """Give the newest checkpoint that so many witnesses cosigned (1 or more); with ``among`` by keys with these ids.

    Raises:
        NotFoundError: there is none.
    """
    size = cosignatures.newest_size(connection, witnesses, among)
    found = None if size is None else checkpoints.checkpoint_of_size(connection, size)
    if found is None:
        raise NotFoundError
    return found
