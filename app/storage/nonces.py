"""Nonces of signed requests: each key uses each once, whichever worker or server is asked.

Owns the rows; when they may be forgotten is said by whoever adds them. Kept by ``tests/storage/test_nonces.py``.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete

from app.storage.prepared import Prepared
from app.storage.tables import request_nonce

_ADD = Prepared.adding(request_nonce, ("keyid", "nonce", "expires_at"))


def use_nonce(connection: Connection, keyid: str, nonce: str, expires_at: datetime) -> None:
    """Keep that a key has used a nonce. If it had before, the block ends with ``ConflictError`` and nothing is kept."""
    _ADD.run(connection, keyid=keyid, nonce=nonce, expires_at=expires_at)


def drop_expired_nonces(connection: Connection, now: datetime) -> int:
    """Forget nonces whose requests would be refused as too old by now. Gives how many."""
    return connection.execute(delete(request_nonce).where(request_nonce.c.expires_at <= now)).rowcount
