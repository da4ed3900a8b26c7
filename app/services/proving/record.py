"""Committing to something in the transparency log, in the transaction of what it records.

Owns the leaf of everything but object versions (``intake.admit`` writes those): a document of ours in canonical form, of which
the log itself shows a salted digest alone. Kept by ``tests/services/proving/test_record.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.storage import log
from app.storage.counter import Order
from app.storage.log import Statement
from app.storage.session import Connection
from breakwater_client.instant import instant_text
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.log_leaf import LeafKind, leaf_bytes, leaf_hash, new_salt


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is recorded: ``document`` (JSON values) of a kind, and ``subject``, the id of ours by which it is found again."""

    kind: LeafKind
    subject: str
    document: Mapping[str, Any]


def record_in_log(connection: Connection, order: Order, recorded: Recorded, now: datetime) -> int:
    """Add a leaf that commits to a document, and keep the document. Gives the leaf's index in the log.

    The document says when, too: the leaf's own time is committed to nowhere. The caller holds the order lock and saves the order.
    The leaf is SHA-256 over a fresh salt and the SHA-256 of the document's
    RFC 8785 form (``crypto.log_leaf``).

    Raises:
        MalformedInputError: a document without a canonical form: a mistake of the caller.
    """
    content = canonical_bytes({**recorded.document, "recorded_at": instant_text(now)})
    salt = new_salt()
    hashed = leaf_hash(leaf_bytes(recorded.kind, salt, hashlib.sha256(content).digest()))
    statement = Statement(order.next_log_index(), recorded.kind.value, recorded.subject, salt, content.decode())
    log.add_statement(connection, statement, hashed, now)
    return statement.log_index
