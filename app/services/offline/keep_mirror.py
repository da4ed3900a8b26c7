"""A mirror of the log: tiles that are fetched once, each verified before it is kept, and a checkpoint that only ever grows.

Owns what is fetched, in which order, and what is refused; how it is fetched and kept is the caller's (``Fetch``, ``Shelf``). It
keeps hashes alone, and says nothing of what they commit to. Kept by ``tests/services/offline/test_keep_mirror.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.crypto.merkle import HASH_BYTES, Tree, TreeHead, subtree_hash, verify_consistency
from app.domain.errors import Code, UnprovenError
from app.domain.log_tile import WIDTH, LogTile, tiles_of
from app.services.offline.verify_checkpoints import LogKeys, VerifiedCheckpoint, read_checkpoint_file

CHECKPOINT = "checkpoint"
Fetch = Callable[[str], bytes]
"""Gives what the exchange has at a path below its ``/log``: ``checkpoint``, or ``tile/…`` (unverified bytes)."""


class Shelf(Protocol):
    """Where a mirror keeps its files, by the same paths."""

    def read(self, path: str) -> bytes | None:
        """Give a file, None if there is none."""

    def has(self, path: str) -> bool:
        """Whether there is such a file."""

    def write(self, path: str, content: bytes) -> None:
        """Keep a file, whole or not at all."""

    def remove(self, path: str) -> None:
        """Take a file away, if it is there."""


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What a mirror holds now, the size that it held before (0: nothing), and how many tiles were fetched."""

    checkpoint: VerifiedCheckpoint
    earlier_size: int
    fetched: int


def update_mirror(shelf: Shelf, fetch: Fetch, log: LogKeys) -> Mirrored:
    """Bring a mirror up to the newest checkpoint. What is there already is not fetched again, also after a kill.

    1. The new checkpoint and the kept one verify, and the new tree is not smaller.
    2. The tiles at the right edge give the new root.
    3. Every other tile gives the hash that the tile above it has.
    4. The new tree extends the kept one.

    Raises:
        FailedStepError: a checkpoint does not verify.
        UnprovenError: codes ``log-rolled-back`` and ``log-forked``; or ``proof-invalid`` for a tile that is not the tree's.
            The kept checkpoint stays.
    """
    # (1) what is shown, beside what is kept
    shown = read_checkpoint_file(note := fetch(CHECKPOINT), log)
    before = shelf.read(CHECKPOINT)
    kept = None if before is None else read_checkpoint_file(before, log)
    earlier = TreeHead(0, b"") if kept is None else kept.head
    _check_newer(kept, shown)
    # (2) and (3): the tiles, from the top down
    update = _Update(shelf, fetch, shown.head, earlier.size)
    update.take_edge()
    update.take_whole_tiles()
    # (4) nothing has gone
    if kept is not None:
        _check_extends(kept, update.tree())
    update.keep_edge()
    shelf.write(f"checkpoints/{shown.head.size}", note)
    shelf.write(CHECKPOINT, note)
    update.drop_old_edge()
    return Mirrored(shown, earlier.size, update.fetched)


def _check_newer(kept: VerifiedCheckpoint | None, shown: VerifiedCheckpoint) -> None:
    if kept is None:
        return
    if shown.checkpoint.origin != kept.checkpoint.origin:
        raise UnprovenError("The checkpoint is of another exchange's log than this mirror.", code=Code.LOG_FORKED)
    if shown.head.size < kept.head.size:
        sentence = f"The log has {shown.head.size} leaves, and had {kept.head.size} when it was mirrored: it was rolled back."
        raise UnprovenError(sentence, code=Code.LOG_ROLLED_BACK)
    if shown.head.size == kept.head.size and shown.head.root != kept.head.root:
        sentence = "The exchange's key signed two checkpoints of one size with different roots: two logs. Keep both."
        raise UnprovenError(sentence, code=Code.LOG_FORKED)


def _check_extends(kept: VerifiedCheckpoint, tree: Tree) -> None:
    try:
        verify_consistency(kept.head, tree.head(), tree.consistency_path(kept.head.size))
    except UnprovenError as refusal:
        sentence = "The log is not the one that was mirrored: it does not extend it. Keep the mirror, and ask the exchange."
        raise UnprovenError(sentence, code=Code.LOG_FORKED) from refusal


@dataclass(slots=True)
class _Update:
    """One run: tiles that were complete in the tree of ``earlier_size`` leaves were verified when it was mirrored."""

    shelf: Shelf
    fetch: Fetch
    head: TreeHead
    earlier_size: int
    fetched: int = 0
    _edge: dict[tuple[int, int], Sequence[bytes]] = field(default_factory=dict)
    _edge_tiles: list[LogTile] = field(default_factory=list)

    def take_edge(self) -> None:
        """Fetch the tiles that are not full; together they are what the root is made of."""
        for tile in tiles_of(self.head.size):
            if tile.width < WIDTH:
                self._edge[tile.level, tile.number] = self._fetched(tile)
                self._edge_tiles.append(tile)
        if self.tree().root() != self.head.root:
            raise UnprovenError("The tiles of the log do not give the root of its checkpoint.")

    def take_whole_tiles(self) -> None:
        """Take full tiles from the top down, so that each can be held against the tile above it before it is kept."""
        for tile in sorted(tiles_of(self.head.size), key=lambda one: (-one.level, one.number)):
            was_verified = tile.first_size <= self.earlier_size and self.shelf.has(_path(tile))
            if tile.width < WIDTH or was_verified:
                continue
            above = self._tile(tile.level + 1, tile.number // WIDTH)
            expected = above[tile.number % WIDTH]
            kept = self.shelf.read(_path(tile))
            if kept is not None and subtree_hash(_hashes(kept)) == expected:
                continue
            hashes = self._fetched(tile)
            if subtree_hash(hashes) != expected:
                raise UnprovenError(f"The tile {tile.path} is not one of the checkpoint's tree.")
            self.shelf.write(_path(tile), b"".join(hashes))

    def keep_edge(self) -> None:
        for tile in self._edge_tiles:
            self.shelf.write(_path(tile), b"".join(self._edge[tile.level, tile.number]))

    def drop_old_edge(self) -> None:
        """Take away the tiles that were not full before and are fuller now."""
        for tile in set(tiles_of(self.earlier_size)) - set(self._edge_tiles):
            if tile.width < WIDTH:
                self.shelf.remove(_path(tile))

    def tree(self) -> Tree:
        """Give the tree over what is held, for its root and its proofs."""
        return Tree(self.head.size, self._tile)

    def _tile(self, level: int, number: int) -> Sequence[bytes]:
        if (level, number) in self._edge:
            return self._edge[level, number]
        content = self.shelf.read(_path(LogTile(level, number)))
        if content is None:
            raise UnprovenError(f"The mirror lacks the tile {LogTile(level, number).path}.")
        return _hashes(content)

    def _fetched(self, tile: LogTile) -> Sequence[bytes]:
        content = self.fetch(_path(tile))
        self.fetched += 1
        if len(content) != tile.width * HASH_BYTES:
            raise UnprovenError(f"The tile {tile.path} has another length than it must have.")
        return _hashes(content)


def _path(tile: LogTile) -> str:
    return f"tile/{tile.path}"


def _hashes(content: bytes) -> Sequence[bytes]:
    return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]
