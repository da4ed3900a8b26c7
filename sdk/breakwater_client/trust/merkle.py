"""The Merkle tree of the log: its root, proofs that a leaf is in it, proofs that one tree extends another, and checking both.

Owns the tree hash and the proofs of RFC 9162 §2.1 (the same as RFC 6962 §2.1). Reads hashes through ``Tiles``, of which a proof
needs O(log n); does not keep them, and knows neither leaves' bytes (``log_leaf``) nor signatures (``checkpoint``). Kept by
``tests/client/trust/test_merkle.py``.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from breakwater_client.errors import UnprovenError

HASH_BYTES = 32
TILE_BITS = 8
TILE_WIDTH = 1 << TILE_BITS
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of the tree without leaves."""

Tiles = Callable[[int, int], Sequence[bytes]]
"""``tiles(level, number)``: hashes of the complete subtrees of 256^level leaves, from number ``256 * number`` on, at most 256.

Level 0 is the leaves' hashes. At the right edge there are fewer; there may be more than the tree in question has.
"""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """A tree by its number of leaves and its root."""

    size: int
    root: bytes


def node_hash(left: bytes, right: bytes) -> bytes:
    """Give the hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def subtree_hash(hashes: Sequence[bytes]) -> bytes:
    """Give the root over the roots of neighbouring subtrees of one size, the first of them leftmost: RFC 9162's MTH over them.

    For a power of two of them (a whole tile has 256) it is the hash of their common subtree.
    """
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        above = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
        level = above if len(level) % 2 == 0 else [*above, level[-1]]
    return level[0]


@dataclass(slots=True)
class Tree:
    """The tree over the first ``size`` leaves. Reads each tile and computes each hash once, for however many proofs."""

    size: int
    tiles: Tiles
    _read: dict[tuple[int, int], Sequence[bytes]] = field(default_factory=dict)
    _known: dict[tuple[int, int], bytes] = field(default_factory=dict)

    @property
    def tiles_read(self) -> int:
        """How many tiles were read so far."""
        return len(self._read)

    def root(self) -> bytes:
        """Give the root; for a tree without leaves SHA-256 of nothing."""
        return self._hash(0, self.size) if self.size else EMPTY_ROOT

    def head(self) -> TreeHead:
        """Give size and root."""
        return TreeHead(self.size, self.root())

    def inclusion_path(self, index: int) -> list[bytes]:
        """Give the hashes that lead from a leaf to the root, the leaf's sibling first (RFC 9162 §2.1.3.1).

        Raises:
            UnprovenError: the tree has no such leaf.
        """
        if not 0 <= index < self.size:
            raise UnprovenError("The tree has no such leaf.")
        start, stop, path = 0, self.size, []
        while stop - start > 1:
            middle = start + _split(stop - start)
            if index < middle:
                path.append(self._hash(middle, stop))
                stop = middle
            else:
                path.append(self._hash(start, middle))
                start = middle
        return path[::-1]

    def consistency_path(self, first: int) -> list[bytes]:
        """Give the hashes that show that this tree extends the one of its first ``first`` leaves (RFC 9162 §2.1.4.1).

        Nothing is needed where that one is empty or the same.

        Raises:
            UnprovenError: it would have more leaves than this one.
        """
        if not 0 <= first <= self.size:
            raise UnprovenError("A tree extends no tree with more leaves.")
        if first in {0, self.size}:
            return []
        start, stop, path = 0, self.size, []
        while first != stop:
            middle = start + _split(stop - start)
            if first <= middle:
                path.append(self._hash(middle, stop))
                stop = middle
            else:
                path.append(self._hash(start, middle))
                start = middle
        # What is left is the part of the first tree that its verifier cannot compute, unless it is that whole tree.
        known = [] if start == 0 else [self._hash(start, stop)]
        return known + path[::-1]

    def _hash(self, start: int, stop: int) -> bytes:
        """Give the hash over the leaves from ``start`` to before ``stop``; ``start`` is a multiple of the next power of two."""
        if (start, stop) not in self._known:
            height = (stop - start).bit_length() - 1
            middle = start + (1 << height)
            whole = self._complete(start, height)
            self._known[start, stop] = whole if middle == stop else node_hash(whole, self._hash(middle, stop))
        return self._known[start, stop]

    def _complete(self, start: int, height: int) -> bytes:
        """Give the hash of the complete subtree of 2^height leaves at ``start``, from the highest tile that tells it."""
        level, inside = divmod(height, TILE_BITS)
        number, place = divmod(start >> (level * TILE_BITS), TILE_WIDTH)
        known = self._tile(level, number)[place : place + (1 << inside)]
        if len(known) != 1 << inside:
            raise UnprovenError("A tile lacks hashes that the tree must have.")
        return subtree_hash(known)

    def _tile(self, level: int, number: int) -> Sequence[bytes]:
        if (level, number) not in self._read:
            self._read[level, number] = self.tiles(level, number)
        return self._read[level, number]


def verify_inclusion(leaf: bytes, index: int, path: Sequence[bytes], head: TreeHead) -> TreeHead:
    """Give back the tree that a leaf (its hash) is shown to be in, at this index (RFC 9162 §2.1.3.2).

    Does NOT check who vouches for the tree.

    Raises:
        UnprovenError: the path does not lead from this leaf at this index to this root.
    """
    if not 0 <= index < head.size:
        raise UnprovenError("The leaf would be beyond the end of the tree.")
    _check_lengths([leaf, head.root, *path])
    place, last, found = index, head.size - 1, leaf
    for sibling in path:
        if last == 0:
            raise UnprovenError("The path of the leaf is too long.")
        if place % 2 == 1 or place == last:
            found = node_hash(sibling, found)
            place, last = _past_the_edge(place, last)
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise UnprovenError("The path of the leaf is too short.")
    if not hmac.compare_digest(found, head.root):
        raise UnprovenError("The path of the leaf does not lead to this root.")
    return head


def verify_consistency(first: TreeHead, second: TreeHead, path: Sequence[bytes]) -> TreeHead:
    """Give back ``second``, which is shown to extend ``first``: nothing of it went or changed (RFC 9162 §2.1.4.2).

    The tree without leaves is extended by every tree, without a path. Does NOT check who vouches for the trees.

    Raises:
        UnprovenError: ``second`` is smaller, or the path does not show this.
    """
    if not 0 <= first.size <= second.size:
        raise UnprovenError("The later tree has fewer leaves: something is gone from the log.")
    _check_lengths([first.root, second.root, *path])
    if first.size in {0, second.size}:
        expected = second.root if first.size else EMPTY_ROOT
        if path or first.root != expected:
            raise UnprovenError("The path from tree to tree does not lead to these roots.")
        return second
    _walk(first, second, path if first.size & (first.size - 1) else [first.root, *path])
    return second


def _walk(first: TreeHead, second: TreeHead, path: Sequence[bytes]) -> None:
    """Compute both roots from one path, as RFC 9162 §2.1.4.2 numbers it: (4) to (6)."""
    if not path:
        raise UnprovenError("The path from tree to tree is too short.")
    place, last = first.size - 1, second.size - 1
    while place % 2 == 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise UnprovenError("The path from tree to tree is too long.")
        if place % 2 == 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            place, last = _past_the_edge(place, last)
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise UnprovenError("The path from tree to tree is too short.")
    if not (hmac.compare_digest(old, first.root) and hmac.compare_digest(new, second.root)):
        raise UnprovenError("The path from tree to tree does not lead to these roots.")


def _past_the_edge(place: int, last: int) -> tuple[int, int]:
    """Climb to where a node is a right child: at the tree's right edge, levels without a sibling have no hash in the path."""
    while place % 2 == 0 and place != 0:
        place, last = place >> 1, last >> 1
    return place, last


def _check_lengths(hashes: Sequence[bytes]) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise UnprovenError("A hash of the proof has not 32 bytes.")


def _split(count: int) -> int:
    """Give the largest power of two below ``count``, which is at least 2."""
    return 1 << ((count - 1).bit_length() - 1)
