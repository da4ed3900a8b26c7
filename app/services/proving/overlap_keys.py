"""The key of overlap checks, for everybody to hold evaluations against: a leaf of the log, and what the directory lists.

Owns that the directory lists what was logged, and nothing else, with the time at which it was. Kept by
``tests/services/proving/test_overlap_keys.py``; decision 55.
"""

from __future__ import annotations

import json
from datetime import datetime

from app.domain.errors import UnavailableError
from app.services.exchange import ExchangeKeys
from app.services.proving.record import Recorded, record_in_log
from app.storage import log
from app.storage.counter import Order
from app.storage.session import Connection
from breakwater_client.trust.key_directory import OverlapKey, overlap_entry
from breakwater_client.trust.log_leaf import LeafKind
from breakwater_client.trust.strict_base64 import decode_base64url


def listed_overlap_key(connection: Connection) -> OverlapKey | None:
    """Give the key that was logged last, None before the first."""
    statement = log.newest_statement(connection, LeafKind.OVERLAP_KEY)
    if statement is None:
        return None
    said = json.loads(statement.document)["overlap_key"]
    return OverlapKey(decode_base64url(said["public_key"]) or b"", datetime.fromisoformat(said["since"]))


def ensure_overlap_key(connection: Connection, order: Order, keys: ExchangeKeys, now: datetime) -> bool:
    """Log the key that evaluates, if another was logged last; says whether it did. The caller issues the directory then.

    The caller holds the order lock and saves the order. While the signer is away nothing is logged.
    """
    if keys.overlap is None:
        return False
    try:
        public = keys.overlap.public
    except UnavailableError:
        return False
    last = listed_overlap_key(connection)
    if last is not None and last.public_key == public:
        return False
    key = OverlapKey(public, now)
    document = {"type": "overlap-key", "overlap_key": overlap_entry(key)}
    record_in_log(connection, order, Recorded(LeafKind.OVERLAP_KEY, key.epoch, document), now)
    return True
