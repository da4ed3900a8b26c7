"""Failures to sign in, counted for the place that they came from; what is tried from a place that waits is not looked at.

Kept by ``tests/services/signing_in/test_failures.py``.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.errors import UnauthenticatedError
from app.domain.sign_in import NOT_SHOWN
from app.domain.sign_in_attempts import Attempts
from app.services.exchange import Exchange
from app.storage import sign_in_attempts
from app.storage.session import Connection


def refuse_after_many(exchange: Exchange, network: str | None, now: datetime) -> None:
    """Refuse before anything costly is done; what is tried meanwhile counts neither for the place nor for a name.

    ``network`` None: it is not known, and nothing is refused. Raises ``UnauthenticatedError``.
    """
    if network is None:
        return
    with exchange.database.look() as connection:
        known = sign_in_attempts.attempts_from(connection, network)
    if known is not None and known.waits(now):
        raise UnauthenticatedError(NOT_SHOWN)


def count_from(connection: Connection, place: str, now: datetime) -> int:
    """Count a failure for a place, and give how many there are. The caller holds the order lock."""
    before = sign_in_attempts.attempts_from(connection, place) or Attempts(place, 0, now)
    after = before.with_one_more(now)
    sign_in_attempts.save_attempts(connection, after)
    return after.failures
