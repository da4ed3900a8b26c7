"""Failures to sign in, by the network that they came from. Kept by ``tests/storage/test_sign_in_attempts.py``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from app.domain.sign_in_attempts import FORGOTTEN_AFTER, Attempts
from app.storage.tables import sign_in_attempt


def attempts_from(connection: Connection, network: str) -> Attempts | None:
    """Give the failures from a network, None if there were none lately."""
    row = connection.execute(select(sign_in_attempt).where(sign_in_attempt.c.network == network)).one_or_none()
    return None if row is None else Attempts(**row._asdict())


def save_attempts(connection: Connection, value: Attempts) -> None:
    """Keep the failures from a network, and forget those of networks that were quiet for long. Under the order lock."""
    quiet = sign_in_attempt.c.failed_at <= value.failed_at - FORGOTTEN_AFTER
    connection.execute(delete(sign_in_attempt).where((sign_in_attempt.c.network == value.network) | quiet))
    row = {"network": value.network, "failures": value.failures, "failed_at": value.failed_at}
    connection.execute(insert(sign_in_attempt).values(row))


def forget(connection: Connection, network: str) -> None:
    """Forget the failures from a network."""
    connection.execute(delete(sign_in_attempt).where(sign_in_attempt.c.network == network))


def forget_quiet(connection: Connection, now: datetime) -> int:
    """Forget networks that were quiet for long. Gives how many."""
    return connection.execute(delete(sign_in_attempt).where(sign_in_attempt.c.failed_at <= now - FORGOTTEN_AFTER)).rowcount
