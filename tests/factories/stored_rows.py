"""What lies in the database of an exchange after it was killed, and what has to agree in it: log, versions, contents, receipts.

Owns reading the rows, past the exchange's own code, and the sentences that must hold of them however often it was killed. Kept by
``tests/walk/test_killed_writers.py`` and ``tests/walk/test_torture.py``.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select

from app.storage.session import Database
from app.storage.tables import log_leaf, object_content, object_head, object_version, submission
from app.storage.trust_tables import checkpoint, log_node, log_statement
from breakwater_client.submission import ResultStatus
from breakwater_client.trust.log_leaf import LeafKind, leaf_bytes, leaf_hash


def rows_of(url: str, table: Table) -> list[Any]:
    """Give all rows of a table."""
    database = Database(url)
    with database.read() as connection:
        rows = list(connection.execute(select(table)))
    database.dispose()
    return rows


def stored_by_receipt(receipt: dict[str, Any]) -> dict[int, str]:
    """Give what a submission's receipt says to have stored: the payload digest by log index."""
    payload = json.loads(base64.b64decode(receipt["payload"]))
    stored = (one for one in payload["objects"] if one["decision"] == ResultStatus.STORED.value)
    return {one["log_index"]: one["payload_digest"] for one in stored}


@dataclass(frozen=True)
class StoredRows:
    """The rows of one moment."""

    leaves: list[Any]
    versions: list[Any]
    contents: list[Any]
    heads: list[Any]
    submissions: list[Any]
    statements: list[Any]
    checkpoints: list[Any]
    nodes: list[Any]

    @classmethod
    def of(cls, url: str) -> StoredRows:
        """Read a database that nobody writes to."""
        objects = (log_leaf, object_version, object_content, object_head, submission)
        return cls(*(rows_of(url, table) for table in (*objects, log_statement, checkpoint, log_node)))

    @property
    def hashes(self) -> list[bytes]:
        """The leaves' hashes in the order of the log."""
        return [row.leaf_hash for row in sorted(self.leaves, key=lambda row: row.log_index)]

    @property
    def receipts(self) -> dict[str, dict[int, str]]:
        """What each submission's receipt says to have stored, by submission."""
        return {row.submission_id: stored_by_receipt(json.loads(row.receipt)) for row in self.submissions}

    def check_log(self) -> None:
        """No number is left out or given twice, and each leaf commits to what it is about."""
        leaves = {row.log_index: row for row in self.leaves}
        assert sorted(leaves) == list(range(len(self.leaves)))
        objects = {index for index, row in leaves.items() if row.kind == LeafKind.OBJECT_VERSION.value}
        assert {row.log_index for row in self.versions} == objects
        for row in self.versions:
            leaf = leaf_bytes(LeafKind.OBJECT_VERSION, row.leaf_salt, row.payload_digest)
            assert leaves[row.log_index].leaf_hash == leaf_hash(leaf)
        assert {row.log_index for row in self.statements} == leaves.keys() - objects
        for row in self.statements:
            leaf = leaf_bytes(LeafKind(row.kind), row.salt, hashlib.sha256(row.document.encode()).digest())
            assert (leaves[row.log_index].kind, leaves[row.log_index].leaf_hash) == (row.kind, leaf_hash(leaf))

    def check_versions(self) -> None:
        """Every version is whole and there once."""
        assert sorted(row.log_index for row in self.versions) == sorted({row.log_index for row in self.versions})
        assert sorted(row.version_id for row in self.versions) == sorted(row.version_id for row in self.contents)
        assert {(row.owner_id, row.stix_id) for row in self.heads} == {(row.owner_id, row.stix_id) for row in self.versions}
        assert len({(row.owner_id, row.stix_id, row.version) for row in self.versions}) == len(self.versions)

    def check_receipts(self, *, told: Iterable[str]) -> None:
        """What is stored belongs to a submission whose receipt says so; ``told`` are submissions that clients were told of."""
        receipts, versions = self.receipts, {row.log_index: row for row in self.versions}
        for log_index, row in versions.items():
            assert receipts[row.submission_id][log_index] == row.payload_digest.hex()
        for submission_id in told:
            # None where its objects had been stored by a request whose answer a kill kept from its sender.
            assert {versions[log_index].submission_id for log_index in receipts[submission_id]} <= {submission_id}
        # What was posted to further collections is stored once, and named by more than one receipt.
        assert {index for receipt in receipts.values() for index in receipt} == versions.keys()
