"""What rows of the disclosure ledger say twice: whose the versions are that were given, and which is the first and the last.

Owners find their rows by ``disclosure_owner``, and recalls by the first and last version: neither is in what was logged, and both
follow from the set of versions, which is. Kept by ``tests/services/checking/test_check_disclosed.py``.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.services.checking.findings import Findings
from app.storage import erasures, ledger_check
from app.storage.disclosures import decode_versions
from app.storage.session import Connection

_BLOCK = 4_096
_MOST_BLOCKS = 64


@dataclass(slots=True)
class DisclosedCheck:
    """Compares rows with what stands beside them; knows the owners of the versions of some blocks."""

    connection: Connection
    findings: Findings
    _blocks: dict[int, dict[int, str]] = field(default_factory=dict)

    def rows(self, rows: Sequence[Any]) -> None:
        """Check some rows, in ascending order."""
        if not rows:
            return
        kept = ledger_check.owners_between(self.connection, rows[0].disclosure_id, rows[-1].disclosure_id)
        for row in rows:
            self._row(row, kept.get(row.disclosure_id, set()))

    def _row(self, row: Any, kept: set[str]) -> None:
        where = f"disclosure {row.disclosure_id}"
        try:
            versions = decode_versions(row.versions)
        except zlib.error:
            versions = ()
        if not versions:
            self.findings.add(where, "names no versions")
            return
        bounds = (row.first_version_id, row.last_version_id)
        if bounds not in {(None, None), (versions[0], versions[-1])} or row.version_count != len(versions):
            self.findings.add(where, "has other bounds than its versions")
        if kept != {self._owner(one) for one in versions} - {None}:
            self.findings.add(where, "names other owners than those of what was given")

    def _owner(self, version_id: int) -> str | None:
        """Give whose a version is; None for one that is gone, which its leaf tells."""
        number = version_id // _BLOCK
        if number not in self._blocks:
            if len(self._blocks) >= _MOST_BLOCKS:
                del self._blocks[min(self._blocks)]  # readers go forwards
            first, beyond = number * _BLOCK, (number + 1) * _BLOCK
            erased = erasures.erased_owners(self.connection, first, beyond)
            self._blocks[number] = erased | ledger_check.owners_of_versions(self.connection, first, beyond)
        return self._blocks[number].get(version_id)
