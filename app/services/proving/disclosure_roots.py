"""What the log says of the disclosure ledger: one root for the rows that came since the last checkpoint.

Owns the canonical form of a row, and the document that a leaf of the log commits to. A row that is changed, added or taken away
later has another root; and each document names the root before, so that none can be left out. Kept by
``tests/services/proving/test_disclosure_roots.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.services.proving.record import Recorded
from app.storage import disclosures, log
from app.storage.session import Connection
from breakwater_client.instant import instant_text
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.log_leaf import LeafKind, leaf_hash
from breakwater_client.trust.merkle import subtree_hash

MOST_ROWS = 10_000
"""So many rows at most are covered by one checkpoint; the next one comes at once."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of the ledger that no checkpoint covers yet: those numbered ``after`` < number <= ``to``, and the root over them."""

    after: int
    to: int
    count: int
    root: bytes
    has_more: bool

    def recorded(self, connection: Connection) -> Recorded:
        """Give what the log is to say of them. ``previous`` is the root of the stretch before, null for the first."""
        before = log.statements(connection, LeafKind.DISCLOSURE_ROOT, str(self.after))
        document = {
            "type": "disclosure-root",
            "from": self.after + 1,
            "to": self.to,
            "count": self.count,
            "root": self.root.hex(),
            "previous": json.loads(before[0].document)["root"] if before else None,
        }
        return Recorded(LeafKind.DISCLOSURE_ROOT, str(self.to), document)


def next_stretch(connection: Connection, after: int) -> Stretch | None:
    """Give the rows above number ``after`` of which no more can appear; None without any. In a write transaction.

    Waits some milliseconds for who is writing one, and holds nobody up afterwards.
    """
    settled = disclosures.settled_without_holding_up(connection)
    rows = disclosures.stored_rows(connection, after, settled, MOST_ROWS)
    if not rows:
        return None
    root = subtree_hash([leaf_hash(row_bytes(row)) for row in rows])
    return Stretch(after, rows[-1].disclosure_id, len(rows), root, has_more=rows[-1].disclosure_id < settled)


def row_bytes(row: Any) -> bytes:
    """Give the canonical form of a row as it is stored: RFC 8785, its set of versions as the SHA-256 of the stored bytes.

    What is null there, in rows from before it was kept, is left out: their form stays what it was.
    """
    kept_later = {name: getattr(row, name) for name in ("extent", "position")}
    spelled: Mapping[str, Any] = {name: value for name, value in kept_later.items() if value is not None} | {
        "number": row.disclosure_id,
        "partner": row.partner_id,
        "credential": row.credential_id,
        "purpose": row.purpose,
        "channel": row.channel,
        "agreement_version": row.agreement_version,
        "policy_epoch": row.policy_epoch,
        "disclosed_at": instant_text(row.disclosed_at),
        "feed": row.feed,
        "version_count": row.version_count,
        "versions": hashlib.sha256(row.versions).hexdigest(),
    }
    return canonical_bytes(spelled)
