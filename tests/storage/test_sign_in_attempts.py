from __future__ import annotations

from app.domain.sign_in_attempts import FORGOTTEN_AFTER, Attempts
from app.storage import sign_in_attempts
from app.storage.session import Database
from tests.factories.policy_values import NOW


def test_one_row_a_network_and_quiet_ones_are_forgotten(exchange: Database) -> None:
    first, later = Attempts("192.0.2.1", 1, NOW), Attempts("192.0.2.2", 3, NOW + FORGOTTEN_AFTER)
    with exchange.write() as connection:
        assert sign_in_attempts.attempts_from(connection, "192.0.2.1") is None
        sign_in_attempts.save_attempts(connection, Attempts("192.0.2.1", 7, NOW))
        sign_in_attempts.save_attempts(connection, first)
        assert sign_in_attempts.attempts_from(connection, "192.0.2.1") == first
        sign_in_attempts.save_attempts(connection, later)
        assert sign_in_attempts.attempts_from(connection, "192.0.2.1") is None
        sign_in_attempts.forget(connection, "192.0.2.9")
        assert sign_in_attempts.attempts_from(connection, "192.0.2.2") == later
        assert sign_in_attempts.forget_quiet(connection, NOW + FORGOTTEN_AFTER) == 0
        assert sign_in_attempts.forget_quiet(connection, NOW + 2 * FORGOTTEN_AFTER) == 1
