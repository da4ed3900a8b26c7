"""What every service is given: the exchange's database, its keys and its clock.

Owns nothing but the bundle; built once by the factory. Kept by ``tests/services/test_exchange.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.crypto.keys import PrivateKey
from app.crypto.seal import CursorSealer
from app.storage.session import Database


def utc_now() -> datetime:
    """Give the current time, aware, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A running exchange. ``key`` signs receipts; ``sealer`` seals cursors; ``clock`` gives aware UTC."""

    database: Database
    key: PrivateKey
    sealer: CursorSealer
    clock: Callable[[], datetime] = utc_now
