"""A mirror of the log: tiles that are fetched once, each verified before it is kept, and a checkpoint that only ever grows.

Owns what is fetched, in which order, and what is refused; how it is fetched and kept is the caller's (``Fetch``, ``Shelf``). It
keeps hashes alone, and says nothing of what they commit to. Kept by ``tests/client/verifying/test_keep_mirror.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from breakwater_client.errors import Code, UnprovenError
from breakwater_client.log_tile import WIDTH, LogTile, edge_of, whole_tiles_of
from breakwater_client.trust.merkle import HASH_BYTES, Tree, TreeHead, subtree_hash, verify_consistency
from breakwater_client.verifying.verify_checkpoints import LogKeys, VerifiedCheckpoint, read_checkpoint_file

CHECKPOINT = "checkpoint"
MOST_NEW_LEAVES = 1 << 28
"""So many leaves are taken in one run, 8 GiB of hashes: a key can sign any size, and the tiles of a made-up tree have no end."""

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


def update_mirror(shelf: Shelf, fetch: Fetch, log: LogKeys, most: int = MOST_NEW_LEAVES) -> Mirrored:
    """Bring a mirror up to the newest checkpoint. What is there already is not fetched again, also after a kill.

    1. The new checkpoint and the kept one verify, and the new tree is not smaller.
    2. The tiles at the right edge give the new root.
    3. The new tree extends the kept one, and not by more than ``most`` leaves.
    4. Every other tile gives the hash that the tile above it has.

    Raises:
        FailedStepError: a checkpoint does not verify.
        UnprovenError: codes ``log-rolled-back`` and ``log-forked``, and what was shown is then kept under ``evidence``; or
            ``proof-invalid`` for a tile that is not the tree's, or too many leaves. The mirror itself stays.
    """
    # (1) what is shown, beside what is kept
    shown = read_checkpoint_file(note := fetch(CHECKPOINT), log)
    before = shelf.read(CHECKPOINT)
    kept = None if before is None else read_checkpoint_file(before, log)
    earlier = TreeHead(0, b"") if kept is None else kept.head
    update = _Update(shelf, fetch, shown.head, earlier.size)
    with _keeping_evidence(update, note):
        _check_newer(kept, shown)
        # (2) the new root, and (3) nothing has gone: before anything is written
        update.take_edge()
        if kept is not None:
            _check_extends(kept, update.tree())
    _check_growth(shown.head.size - earlier.size, most)
    # (4) the tiles, from the top down
    update.take_whole_tiles()
    update.keep_edge()
    shelf.write(f"checkpoints/{shown.head.size}", note)
    shelf.write(CHECKPOINT, note)
    update.drop_old_edge()
    return Mirrored(shown, earlier.size, update.fetched)


@contextmanager
def _keeping_evidence(update: _Update, note: bytes) -> Iterator[None]:
    """Keep what the exchange signed, and the tiles that it gave, if that is no continuation: it may not show it a second time."""
    try:
        yield
    except UnprovenError as refusal:
        if refusal.code not in {Code.LOG_ROLLED_BACK, Code.LOG_FORKED}:
            raise
        folder = update.keep_evidence(note)
        raise UnprovenError(f"{refusal.sentence} What was shown is kept in {folder}.", code=refusal.code) from refusal


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
    path = tree.consistency_path(kept.head.size)
    try:
        verify_consistency(kept.head, tree.head(), path)
    except UnprovenError as refusal:
        sentence = "The log is not the one that was mirrored: it does not extend it. Keep the mirror, and ask the exchange."
        raise UnprovenError(sentence, code=Code.LOG_FORKED) from refusal


def _check_growth(leaves: int, most: int) -> None:
    if leaves > most:
        sentence = (
            f"The checkpoint says that the log grew by {leaves} leaves, and at most {most} are taken at once. Nothing was taken: "
            "ask the operators, and allow more if that is right."
        )
        raise UnprovenError(sentence)


@dataclass(slots=True)
class _Update:
    """One run: tiles that were complete in the tree of ``earlier_size`` leaves were verified when it was mirrored.

    ``_edge`` and ``_held`` are tiles that were fetched and verified, and that are not written yet.
    """

    shelf: Shelf
    fetch: Fetch
    head: TreeHead
    earlier_size: int
    fetched: int = 0
    _edge: dict[LogTile, Sequence[bytes]] = field(default_factory=dict)
    _held: dict[LogTile, Sequence[bytes]] = field(default_factory=dict)

    def take_edge(self) -> None:
        """Fetch the tiles that are not full; together they are what the root is made of."""
        for tile in edge_of(self.head.size):
            self._edge[tile] = self._fetched(tile)
        if self.tree().root() != self.head.root:
            raise UnprovenError("The tiles of the log do not give the root of its checkpoint.")

    def take_whole_tiles(self) -> None:
        """Take full tiles from the top down, so that each can be held against the tile above it before it is kept."""
        for tile in whole_tiles_of(self.head.size):
            if tile.first_size > self.earlier_size or not self.shelf.has(_path(tile)):
                expected = self._above(tile)[tile.number % WIDTH]
                if self._on_shelf(tile, expected) is None:
                    hashes = self._held.pop(tile, None) or self._checked(tile, expected)
                    self.shelf.write(_path(tile), b"".join(hashes))

    def keep_edge(self) -> None:
        for tile, hashes in self._edge.items():
            self.shelf.write(_path(tile), b"".join(hashes))

    def keep_evidence(self, note: bytes) -> str:
        """Keep a note that was refused and the tiles at hand, beside the mirror; give the folder. Never writes over anything."""
        folder = f"evidence/{self.head.size}-{self.head.root.hex()[:16]}"
        if not self.shelf.has(f"{folder}/{CHECKPOINT}"):
            self.shelf.write(f"{folder}/{CHECKPOINT}", note)
            for tile, hashes in (self._edge | self._held).items():
                self.shelf.write(f"{folder}/{_path(tile)}", b"".join(hashes))
        return folder

    def drop_old_edge(self) -> None:
        """Take away the tiles that were not full before and are fuller now."""
        for tile in edge_of(self.earlier_size):
            if tile not in self._edge:
                self.shelf.remove(_path(tile))

    def tree(self) -> Tree:
        """Give the tree over what is held or fetched, for its root and its proofs; each tile leads to the one above it."""
        return Tree(self.head.size, self._verified)

    def _verified(self, level: int, number: int) -> Sequence[bytes]:
        edge = self._edge_tile(level, number)
        if edge is not None:
            return edge
        tile = LogTile(level, number)
        if tile not in self._held:
            expected = self._verified(level + 1, number // WIDTH)[number % WIDTH]
            hashes = self._on_shelf(tile, expected)
            if hashes is not None:
                return hashes
            self._held[tile] = self._checked(tile, expected)
        return self._held[tile]

    def _above(self, tile: LogTile) -> Sequence[bytes]:
        """Give the tile above one: taken before it, since tiles are taken from the top down."""
        level, number = tile.level + 1, tile.number // WIDTH
        edge = self._edge_tile(level, number)
        if edge is not None:
            return edge
        content = self.shelf.read(_path(LogTile(level, number)))
        if content is None:
            raise UnprovenError(f"The mirror lacks the tile {LogTile(level, number).path}.")
        return _hashes(content)

    def _edge_tile(self, level: int, number: int) -> Sequence[bytes] | None:
        return next((hashes for tile, hashes in self._edge.items() if (tile.level, tile.number) == (level, number)), None)

    def _on_shelf(self, tile: LogTile, expected: bytes) -> Sequence[bytes] | None:
        """Give a tile of the mirror's own if it is the tree's."""
        content = self.shelf.read(_path(tile))
        hashes = None if content is None else _hashes(content)
        return hashes if hashes is not None and len(hashes) == WIDTH and subtree_hash(hashes) == expected else None

    def _checked(self, tile: LogTile, expected: bytes) -> Sequence[bytes]:
        hashes = self._fetched(tile)
        if subtree_hash(hashes) != expected:
            raise UnprovenError(f"The tile {tile.path} is not one of the checkpoint's tree.")
        return hashes

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
