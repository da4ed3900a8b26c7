"""The disclosure ledger against what the log says of it: each stretch of rows has the root that was logged, and none is left out.

A wrong root says which stretch, not which row. What a row says twice is compared with its versions (``check_disclosed``), each
statement about the ledger with the checkpoint that was made right behind it. Kept by
``tests/services/checking/test_check_log.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.services.checking.check_disclosed import DisclosedCheck
from app.services.checking.findings import Findings
from app.services.proving.disclosure_roots import MOST_ROWS, row_bytes
from app.storage import disclosures, log_check
from app.storage.session import Connection
from breakwater_client.trust.log_leaf import LeafKind, leaf_hash
from breakwater_client.trust.merkle import subtree_hash

_AT_ONCE = 1_000
_NO_END = 2**63 - 1


@dataclass(slots=True)
class LedgerCheck:
    """One pass over the ledger, stretch by stretch, and over the checkpoints that cover them."""

    connection: Connection
    findings: Findings
    rows: int = 0
    disclosed: DisclosedCheck = field(init=False)
    _signed: Iterator[Any] = field(init=False)
    _due: Any = None
    _covered_to: int = 0
    _previous: str | None = None

    def __post_init__(self) -> None:
        """Begin with the first checkpoint."""
        self.disclosed = DisclosedCheck(self.connection, self.findings)
        self._signed = log_check.all_checkpoints(self.connection)
        self._due = next(self._signed, None)

    def run(self) -> int:
        """Check all stretches. Gives how many rows are covered."""
        for statement in log_check.all_statements(self.connection, LeafKind.DISCLOSURE_ROOT):
            try:
                said = json.loads(statement.document)
                first, to = int(said["from"]), int(said["to"])
                count, root, previous = int(said["count"]), said["root"], said["previous"]
            except (ValueError, KeyError, TypeError):
                self.findings.add(f"log_statement {statement.log_index}", "is no statement about the ledger")
                continue
            if (first, previous) != (self._covered_to + 1, self._previous):
                self.findings.add(f"log_statement {statement.log_index}", "does not follow the one about the ledger before it")
            self._checkpoints_to(statement.log_index)
            if self._due is None or self._due.tree_size != statement.log_index + 1:
                self.findings.add(f"checkpoint {statement.log_index + 1}", "is gone: the log has what was logged for it alone")
            self._stretch(first, to, count, root)
            self._covered_to, self._previous = to, root
        self._checkpoints_to(_NO_END)
        self._uncovered()
        return self.rows

    def _checkpoints_to(self, size: int) -> None:
        """Compare with what is covered so far the checkpoints of trees of at most so many leaves."""
        while self._due is not None and self._due.tree_size <= size:
            if self._due.disclosed_to != self._covered_to:
                self.findings.add(f"checkpoint {self._due.tree_size}", "covers other rows of the ledger than the log says")
            self._due = next(self._signed, None)

    def _stretch(self, first: int, to: int, count: int, root: str) -> None:
        rows = disclosures.stored_rows(self.connection, first - 1, to, MOST_ROWS + 1)
        self.rows += len(rows)
        computed = subtree_hash([leaf_hash(row_bytes(row)) for row in rows])
        if len(rows) != count:
            self.findings.add(f"disclosure {first} to {to}", f"has {len(rows)} rows, and the log says {count}")
        elif computed.hex() != root:
            self.findings.add(f"disclosure {first} to {to}", "has a row that is not what was logged")
        self.disclosed.rows(rows)

    def _uncovered(self) -> None:
        """Look at the rows that no checkpoint covers yet, too."""
        after = self._covered_to
        while rows := disclosures.stored_rows(self.connection, after, _NO_END, _AT_ONCE):
            self.disclosed.rows(rows)
            after = rows[-1].disclosure_id
