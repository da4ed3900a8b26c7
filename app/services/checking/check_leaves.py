"""Leaf by leaf: what a leaf commits to, the tree over all leaves, and the checkpoints that were signed of it.

Owns one pass over the log in its order, in bounded memory. The tree is computed from the leaves as they are kept; whether they
are right is what their rows say. Kept by ``tests/services/checking/test_check_log.py``.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.domain.erasure import ErasedVersion
from app.domain.errors import BreakwaterError
from app.services.checking.check_versions import VersionCheck
from app.services.checking.findings import Findings
from app.services.checking.said import document_of
from app.storage import erasures, log_check, version_check
from app.storage.checkpoints import newest_checkpoint
from app.storage.log import Statement
from app.storage.log_check import LeafRow
from app.storage.session import Connection
from app.storage.version_check import VersionRow
from breakwater_client.instant import instant_text
from breakwater_client.trust.checkpoint import Checkpoint, open_checkpoint
from breakwater_client.trust.keys import PublicKey
from breakwater_client.trust.log_leaf import LeafKind, leaf_bytes, leaf_hash
from breakwater_client.trust.merkle import EMPTY_ROOT, TILE_BITS, node_hash

_AT_ONCE = 1_024
_SLACK = timedelta(minutes=10)
"""So much later than what was logged after it may something seem: clocks are read before the lock is waited for."""


@dataclass(slots=True)
class Grown:
    """The tree over the leaves seen so far: its whole subtrees from left to right, by height."""

    size: int = 0
    peaks: list[tuple[int, bytes]] = field(default_factory=list)

    def add(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf. Gives the subtrees of 256^level leaves that it completed: level, number and hash."""
        height, hashed, whole = 0, leaf, []
        while self.peaks and self.peaks[-1][0] == height:
            height, hashed = height + 1, node_hash(self.peaks.pop()[1], hashed)
            if height % TILE_BITS == 0:
                whole.append((height // TILE_BITS, self.size >> height, hashed))
        self.peaks.append((height, hashed))
        self.size += 1
        return whole

    def root(self) -> bytes:
        """Give the root over all of them."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            root = node_hash(left, root)
        return root


@dataclass(slots=True)
class LeafCheck:
    """One pass over the log; ``keys`` are those that its checkpoints may be signed with, ``versions`` looks at those rows."""

    connection: Connection
    findings: Findings
    origin: str
    keys: Sequence[PublicKey]
    versions: VersionCheck
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _tree: Grown | None = field(default_factory=Grown)
    _whole: list[tuple[int, int, bytes]] = field(default_factory=list)
    _nodes: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    _signed_to: int = 0
    _latest: datetime | None = None

    def run(self) -> int:
        """Check everything that hangs on leaves. Gives how many there are."""
        size = log_check.tree_size(self.connection)
        newest = newest_checkpoint(self.connection)
        self._signed_to = newest.tree_size if newest else 0
        signed = log_check.all_checkpoints(self.connection)
        due = self._meet(signed, next(signed, None))
        for first in range(0, size, _AT_ONCE):
            due = self._piece(first, min(first + _AT_ONCE, size), signed, due)
            self._compare_nodes()
        while due is not None:
            self.findings.add(f"checkpoint {due.tree_size}", "is of more leaves than the log has, or cannot be recomputed")
            due = next(signed, None)
        self._outside(size)
        return size

    def _piece(self, first: int, beyond: int, signed: Iterator[Any], due: Any) -> Any:
        leaves = log_check.leaves_between(self.connection, first, beyond)
        versions = version_check.versions_between(self.connection, first, beyond)
        statements = log_check.statements_between(self.connection, first, beyond)
        erased = erasures.erased_between(self.connection, first, beyond)
        for index in range(first, beyond):
            leaf, committed = leaves.get(index), self._committed(index, versions.get(index), statements.get(index))
            self._judge(index, leaf, committed, erased.get(index))
            self._follow_clock(index, leaf, statements.get(index))
            hashed = leaf.leaf_hash if leaf else committed[1] if committed else None
            if hashed is None and self._tree is not None:
                self.findings.add(
                    f"log_leaf {index}", "cannot be made again: tree and checkpoints are not recomputed from here on"
                )
                self._tree = None
            if self._tree is not None and hashed is not None:
                self._whole += self._tree.add(hashed)
                due = self._meet(signed, due)
        self.versions.piece(versions.values(), erased)
        self.counts["object_content"] += sum(one.content is not None for one in versions.values())
        self.findings.advance(beyond - first)
        return due

    def _committed(self, index: int, version: VersionRow | None, statement: Statement | None) -> tuple[str, bytes] | None:
        """Give kind and hash of the leaf that the rows ask for; None without any."""
        if version is not None and statement is not None:
            self.findings.add(f"log_statement {index}", "shares its index with an object version")
        if version is not None:
            self.counts["object_version"] += 1
            kind, salt, digest = LeafKind.OBJECT_VERSION.value, version.salt, version.payload_digest
        elif statement is not None:
            self.counts["log_statement"] += 1
            kind, salt, digest = statement.kind, statement.salt, hashlib.sha256(statement.document.encode()).digest()
        else:
            return None
        try:
            return kind, leaf_hash(leaf_bytes(LeafKind(kind), salt, digest))
        except (BreakwaterError, ValueError):
            return kind, b""

    def _judge(self, index: int, leaf: LeafRow | None, committed: tuple[str, bytes] | None, erased: ErasedVersion | None) -> None:
        where = f"log_leaf {index}"
        is_gone = erased is not None and erased.finished_at is not None
        self.counts["erased_version"] += erased is not None
        if is_gone and committed is not None:
            self.findings.add(f"erased_version {index}", "is said to be gone, and something is kept in its place")
        if leaf is None:
            self.findings.add(where, "is gone" + ("" if committed is None else f" ({committed[0]})"))
        elif committed is None and not (is_gone and leaf.kind == LeafKind.OBJECT_VERSION):
            self.findings.add(where, f"commits to a row that is gone ({leaf.kind})")
        elif committed is not None and committed != (leaf.kind, leaf.leaf_hash):
            self.findings.add(where, f"does not commit to its row ({leaf.kind})")

    def _follow_clock(self, index: int, leaf: LeafRow | None, statement: Statement | None) -> None:
        if leaf is not None:
            said = None if statement is None else document_of(statement).get("recorded_at")
            if said not in {None, instant_text(leaf.recorded_at)}:
                self.findings.add(f"log_leaf {index}", "says another time than its document")
            if self._latest is not None and leaf.recorded_at + _SLACK < self._latest:
                self.findings.add(f"log_leaf {index}", "says that it was logged before the leaves before it")
            self._latest = max(leaf.recorded_at, self._latest or leaf.recorded_at)

    def _meet(self, signed: Iterator[Any], due: Any) -> Any:
        """Check the checkpoints of the tree as it is now, and give the next one."""
        while due is not None and self._tree is not None and due.tree_size <= self._tree.size:
            self.counts["checkpoint"] += 1
            self._check_checkpoint(due, self._tree.root())
            due = next(signed, None)
        return due

    def _check_checkpoint(self, row: Any, root: bytes) -> None:
        where = f"checkpoint {row.tree_size}"
        if self._tree is not None and row.tree_size == self._tree.size and row.root_hash != root:
            self.findings.add(where, "has not the root of the log's leaves")
        if self._latest is not None and row.made_at + _SLACK < self._latest:
            self.findings.add(where, "was made before what it holds was logged")
        for key in self.keys:
            try:
                said = open_checkpoint(row.note, self.origin, key)
            except BreakwaterError:
                continue
            if said != Checkpoint(self.origin, row.tree_size, row.root_hash):
                self.findings.add(where, "has a note that says something else")
            return
        self.findings.add(where, "is not signed by a checkpoint key of this exchange")

    def _compare_nodes(self) -> None:
        """Compare the subtrees that were completed with those that are kept; above the last checkpoint they may be missing."""
        by_level: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
        for level, number, hashed in self._whole:
            by_level[level].append((number, hashed))
        for level, computed in by_level.items():
            kept = log_check.nodes_between(self.connection, level, computed[0][0], computed[-1][0] + 1)
            for number, hashed in computed:
                self.counts["log_node"] += number in kept
                is_owed = (number + 1) << (TILE_BITS * level) <= self._signed_to
                if number not in kept and is_owed:
                    self.findings.add(f"log_node {level}/{number}", "is gone")
                elif number in kept and kept[number] != hashed:
                    self.findings.add(f"log_node {level}/{number}", "is not the hash of its leaves")
            self._nodes[level] = computed[-1][0] + 1
        self._whole = []

    def _outside(self, size: int) -> None:
        for table, indexes in log_check.indexes_outside(self.connection, size).items():
            for index in indexes:
                self.findings.add(f"{table} {index}", "has no place in the log")
        if self._tree is not None:
            for level, number in log_check.nodes_outside(self.connection, self._nodes):
                self.findings.add(f"log_node {level}/{number}", "is of leaves that are not there")
