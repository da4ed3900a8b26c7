"""Verifying offline a mirror of the log: a folder with a checkpoint and the tiles of its tree (C2SP tlog-tiles).

Owns the steps. Reads through a function that gives the content of a path, and knows no folders. A whole mirror shows what proofs
show one by one: of each smaller tree, what its root was. Kept by ``tests/client/verifying/test_verify_mirrors.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from breakwater_client.errors import UnprovenError
from breakwater_client.log_tile import WIDTH, LogTile, tiles_of
from breakwater_client.trust.merkle import EMPTY_ROOT, HASH_BYTES, Tree, subtree_hash
from breakwater_client.verifying.steps import Step, at_step
from breakwater_client.verifying.verify_checkpoints import LogKeys, VerifiedCheckpoint, read_checkpoint_file

MIRROR_STEPS = (
    Step(1, "Its file `checkpoint` verifies.", "What a checkpoint's own steps do not show."),
    Step(2, "Every tile of a tree of that size is there, whole.", "What its leaves are about: they are salted digests."),
    Step(
        3,
        "Each hash in a higher tile is the root over its 256 hashes below.",
        "Anything new: others can use the mirror.",
    ),
    Step(4, "The root over all leaves is the checkpoint's.", "Whether the exchange shows others the same."),
)
"""How a mirror is verified. Each other checkpoint that is given is then compared with the leaves here."""

ReadFile = Callable[[str], bytes | None]
"""Give the content of a file of the mirror by its path, None if it is not there."""


@dataclass(slots=True)
class VerifiedMirror:
    """A mirror all of whose hashes lead to its checkpoint; ``root_at`` tells of every tree before what its root was."""

    checkpoint: VerifiedCheckpoint
    tile: Callable[[int, int], Sequence[bytes]] = field(repr=False)

    def root_at(self, size: int) -> bytes:
        """Give the root over the first ``size`` leaves, of which the mirror has at least so many."""
        return Tree(size, self.tile).root() if size else EMPTY_ROOT


def verify_mirror(read: ReadFile, log: LogKeys) -> VerifiedMirror:
    """Give a mirror (unverified files) if all of it belongs to the checkpoint that the exchange signed, by ``MIRROR_STEPS``.

    Raises:
        FailedStepError: a step fails.
    """
    with at_step(1):
        shown = read_checkpoint_file(_file(read, "checkpoint"), log)
    with at_step(2):
        tiles = {(one.level, one.number): _hashes(read, one) for one in tiles_of(shown.head.size)}
    with at_step(3):
        for (level, number), hashes in tiles.items():
            above = tiles.get((level + 1, number // WIDTH), [])
            if len(hashes) == WIDTH and subtree_hash(hashes) != above[number % WIDTH]:
                raise UnprovenError(f"A hash of tile {LogTile(level + 1, number // WIDTH).path} is not the root of those below.")
    mirror = VerifiedMirror(shown, lambda level, number: tiles.get((level, number), []))
    with at_step(4):
        if mirror.root_at(shown.head.size) != shown.head.root:
            raise UnprovenError("The mirror's leaves do not lead to the root of its checkpoint.")
    return mirror


def _hashes(read: ReadFile, tile: LogTile) -> list[bytes]:
    content = _file(read, f"tile/{tile.path}")
    if len(content) != tile.width * HASH_BYTES:
        raise UnprovenError(f"The tile {tile.path} has another length than it must have.")
    return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]


def _file(read: ReadFile, path: str) -> bytes:
    content = read(path)
    if content is None:
        raise UnprovenError(f"The mirror lacks the file {path}.")
    return content
