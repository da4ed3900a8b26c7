"""The disclosure ledger against what the log says of it: each stretch of rows has the root that was logged, and none is left out.

A wrong root says which stretch, not which row. Kept by ``tests/services/checking/test_check_log.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from app.crypto.log_leaf import LeafKind, leaf_hash
from app.crypto.merkle import subtree_hash
from app.services.checking.findings import Findings
from app.services.proving.disclosure_roots import MOST_ROWS, row_bytes
from app.storage import checkpoints, disclosures, log_check
from app.storage.session import Connection


@dataclass(slots=True)
class LedgerCheck:
    """One pass over the ledger, stretch by stretch."""

    connection: Connection
    findings: Findings
    rows: int = 0
    _covered_to: int = 0
    _previous: str | None = None

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
            self._stretch(first, to, count, root)
            self._covered_to, self._previous = to, root
        newest = checkpoints.newest_checkpoint(self.connection)
        if newest is not None and newest.disclosed_to != self._covered_to:
            self.findings.add(f"checkpoint {newest.tree_size}", "covers other rows of the ledger than the log says")
        return self.rows

    def _stretch(self, first: int, to: int, count: int, root: str) -> None:
        rows = disclosures.stored_rows(self.connection, first - 1, to, MOST_ROWS + 1)
        self.rows += len(rows)
        computed = subtree_hash([leaf_hash(row_bytes(row)) for row in rows])
        if len(rows) != count:
            self.findings.add(f"disclosure {first} to {to}", f"has {len(rows)} rows, and the log says {count}")
        elif computed.hex() != root:
            self.findings.add(f"disclosure {first} to {to}", "has a row that is not what was logged")
