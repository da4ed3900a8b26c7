"""The log as everybody with a credential may see it: checkpoints, tiles, and proofs that it only grew.

Owns what is published: hashes that some checkpoint covers, and nothing of what they commit to. Kept by
``tests/services/proving/test_serve_log.py``.
"""

from __future__ import annotations

import re
from typing import Any

from app.crypto.strict_base64 import encode_base64
from app.domain.errors import MalformedInputError, NotFoundError
from app.domain.log_tile import LogTile, read_path
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.proving.checkpoints import tree_of
from app.storage import checkpoints, log_tree
from app.storage.checkpoints import KeptCheckpoint
from app.storage.session import Connection

_NUMBER = re.compile("0|[1-9][0-9]{0,17}")


def number(text: str) -> int:
    """Give the number of a path's step (unverified text).

    Raises:
        NotFoundError: no number in its one spelling, or one that nothing here can have.
    """
    if not _NUMBER.fullmatch(text):
        raise NotFoundError
    return int(text)


def checkpoint_note(exchange: Exchange, principal: Principal, size: int | None = None) -> str:
    """Give the signed note of the newest checkpoint, or of the one of exactly this size.

    Raises:
        NotFoundError: none was made yet, or none of this size.
    """
    require(principal, Permission.LOG_READ)
    with exchange.database.read() as connection:
        return _checkpoint(connection, size).note


def consistency_proof(exchange: Exchange, principal: Principal, first: int, second: int | None = None) -> dict[str, Any]:
    """Give the proof that the log of one checkpoint (None: the newest) extends that of an earlier one.

    Raises:
        NotFoundError: there is no checkpoint of one of these sizes.
        MalformedInputError: the second is the smaller one.
    """
    require(principal, Permission.LOG_READ)
    with exchange.database.read() as connection:
        later = _checkpoint(connection, second)
        if first != 0:
            _checkpoint(connection, first)
        if first > later.tree_size:
            raise MalformedInputError("The first checkpoint is the smaller one: a log only grows.")
        path = tree_of(connection, later.tree_size).consistency_path(first)
    return {
        "type": "log-consistency",
        "first": first,
        "second": later.tree_size,
        "path": [encode_base64(one) for one in path],
        "checkpoint": later.note,
    }


def tile_bytes(exchange: Exchange, principal: Principal, path: str) -> bytes:
    """Give a tile by its path (unverified), its hashes one after the other.

    Raises:
        NotFoundError: no path of a tile, or a tile that no checkpoint has (in this width, if it is not full).
    """
    require(principal, Permission.LOG_READ)
    tile = read_path(path)
    if tile is None:
        raise NotFoundError
    with exchange.database.read() as connection:
        if not _is_published(connection, tile):
            raise NotFoundError
        return b"".join(log_tree.tile(connection, tile.level, tile.number)[: tile.width])


def _is_published(connection: Connection, tile: LogTile) -> bool:
    having = checkpoints.first_checkpoint_from(connection, tile.first_size)
    return having is not None and (tile.last_size is None or having.tree_size <= tile.last_size)


def _checkpoint(connection: Connection, size: int | None) -> KeptCheckpoint:
    found = checkpoints.newest_checkpoint(connection) if size is None else checkpoints.checkpoint_of_size(connection, size)
    if found is None:
        raise NotFoundError
    return found
