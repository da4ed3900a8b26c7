"""Somebody who has checkpoints of a log made and keeps every one; and the root of a tree as the RFC computes it, to judge them.

Owns what is asked of checkpoints after a server was killed. The root is a transcription of RFC 9162 §2.1.2, and uses nothing of
``breakwater_client.trust.merkle``; growth is verified as partners do. Kept by ``tests/walk/test_torture.py``.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import requests

from breakwater_client.trust.checkpoint import open_checkpoint, read_checkpoint
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.merkle import TILE_WIDTH, Tree, TreeHead, verify_consistency
from tests.factories.exchanges import Caller

_PATIENCE_SECONDS = 90


def roots_of(leaves: Sequence[bytes], sizes: Collection[int]) -> dict[int, bytes]:
    """Give the root over the first leaves (their hashes), for each of the sizes (RFC 9162 §2.1.2)."""
    stack: list[bytes] = []
    found = {0: hashlib.sha256(b"").digest()}
    for index, leaf in enumerate(leaves):
        stack.append(leaf)
        for _ in range(((index + 1) & -(index + 1)).bit_length() - 1):  # as often as 2 divides the number of leaves so far
            right, left = stack.pop(), stack.pop()
            stack.append(_node(left, right))
        if index + 1 in sizes:
            root = stack[-1]
            for left in reversed(stack[:-1]):
                root = _node(left, root)
            found[index + 1] = root
    return found


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class LogKeeper:
    """Has the server make checkpoints, as its operator, and keeps their notes: nobody signs beside the signer."""

    url: str
    home: Path
    operator: Caller
    notes: list[str] = field(default_factory=list)

    @property
    def key(self) -> PrivateKey:
        """The exchange's key for checkpoints."""
        return PrivateKey.from_pem((self.home / "keys" / "checkpoint.pem").read_bytes())

    def keep(self) -> None:
        """Have a checkpoint made and keep it; what a kill left signed and not committed is refused until the log has grown."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                answer = self.operator.post("log/checkpoints", {})
            except requests.RequestException:
                answer = None
            if answer is not None and answer.status < 300:
                self.notes.append(answer.json["note"])
                return
            assert time.monotonic() < deadline, "no checkpoint could be made" if answer is None else answer.body
            time.sleep(0.1)

    def check(self, leaves: Sequence[bytes], checkpoints: Sequence[Any], nodes: Sequence[Any]) -> None:
        """Every checkpoint, kept or stored, is of these leaves and extends the one before; hashes of tiles are right."""
        stored = {row.tree_size: row for row in checkpoints}
        roots = roots_of(leaves, stored.keys())
        for size, row in stored.items():
            opened = open_checkpoint(row.note, read_checkpoint(row.note).origin, self.key.public)
            assert (opened.size, opened.root, row.root_hash) == (size, roots[size], roots[size])
        kept = [read_checkpoint(note) for note in self.notes]
        assert kept
        assert set(self.notes) <= {row.note for row in checkpoints}
        tree = Tree(len(leaves), lambda level, number: tile(leaves, nodes, level, number))
        for first, second in pairwise(kept):
            assert first.size <= second.size
            path = Tree(second.size, tree.tiles).consistency_path(first.size)
            verify_consistency(TreeHead(first.size, first.root), TreeHead(second.size, second.root), path)
        for row in nodes:
            width = TILE_WIDTH**row.level
            below = leaves[row.number * width : (row.number + 1) * width]
            assert (len(below), roots_of(below, {width})[width]) == (width, row.hash)


def tile(leaves: Sequence[bytes], nodes: Sequence[Any], level: int, number: int) -> list[bytes]:
    """Give a tile from the rows."""
    if level == 0:
        return list(leaves[number * TILE_WIDTH : (number + 1) * TILE_WIDTH])
    hashes = {row.number: row.hash for row in nodes if row.level == level}
    return [hashes[place] for place in range(number * TILE_WIDTH, (number + 1) * TILE_WIDTH) if place in hashes]
