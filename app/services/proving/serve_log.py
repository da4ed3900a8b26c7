"""The log as everybody with a credential may see it: checkpoints, tiles, and proofs that it only grew.

Owns what is published: hashes that some checkpoint covers, and nothing of what they commit to. Kept by
``tests/services/proving/test_serve_log.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from app.domain.errors import MalformedInputError, NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.proving.checkpoints import tree_of
from app.services.proving.published_notes import newest_cosigned, published_note
from app.storage import checkpoints, log_tree
from app.storage.checkpoints import KeptCheckpoint
from app.storage.session import Connection
from breakwater_client.log_tile import LogTile, read_path
from breakwater_client.trust.checkpoint import MAX_SIZE
from breakwater_client.trust.strict_base64 import encode_base64

_NUMBER = re.compile("0|[1-9][0-9]{0,17}")


def number(text: str) -> int:
    """Give the number of a path's step (unverified text).

    Raises:
        NotFoundError: no number in its one spelling, or one that nothing here can have.
    """
    if not _NUMBER.fullmatch(text):
        raise NotFoundError
    return int(text)


@dataclass(frozen=True, slots=True)
class Cosigners:
    """By how many witnesses a checkpoint is to be cosigned, and by which keys (their ids), if not by any.

    Who counts some of the witnesses has to name them: of any, others may cosign newer checkpoints first for ever.
    """

    needed: int
    keyids: frozenset[str] = frozenset()


def checkpoint_note(exchange: Exchange, principal: Principal, size: int | None = None, by: Cosigners | None = None) -> str:
    """Give the signed note of the newest checkpoint, or of the one of exactly this size, with the lines of its witnesses.

    With ``by``: of the newest that these cosigned; the lines of those that are named come first.

    Raises:
        NotFoundError: none was made yet, or none of this size, or cosigned by so many.
    """
    require(principal, Permission.LOG_READ)
    with exchange.database.read() as connection:
        if by is None:
            return published_note(connection, _checkpoint(connection, size))
        return published_note(connection, newest_cosigned(connection, by.needed, by.keyids), by.keyids)


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
        note = published_note(connection, later)
    return {
        "type": "log-consistency",
        "first": first,
        "second": later.tree_size,
        "path": [encode_base64(one) for one in path],
        "checkpoint": note,
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
    if tile.first_size > MAX_SIZE:  # no log can have it, and no database takes the number
        return False
    having = checkpoints.first_checkpoint_from(connection, tile.first_size)
    return having is not None and (tile.last_size is None or having.tree_size <= tile.last_size)


def _checkpoint(connection: Connection, size: int | None) -> KeptCheckpoint:
    found = checkpoints.newest_checkpoint(connection) if size is None else checkpoints.checkpoint_of_size(connection, size)
    if found is None:
        raise NotFoundError
    return found
