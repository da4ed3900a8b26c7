from __future__ import annotations

import pytest

from app.domain.errors import ConflictError
from app.storage.nonces import drop_expired_nonces, use_nonce
from app.storage.session import Database
from tests.factories.members import at_once
from tests.factories.policy_values import NOW, SECOND

NONCE = "0123456789abcdef"


def use(database: Database, keyid: str = "a" * 64, nonce: str = NONCE, seconds: int = 1) -> None:
    with database.stroke() as connection:
        use_nonce(connection, keyid, nonce, NOW + seconds * SECOND)


def test_a_key_uses_a_nonce_once(database: Database) -> None:
    use(database)
    with pytest.raises(ConflictError):
        use(database)


def test_case_and_key_tell_nonces_apart(database: Database) -> None:
    use(database)
    use(database, nonce=NONCE.upper())
    use(database, keyid="b" * 64)


def test_of_many_at_once_one_is_first(database: Database) -> None:
    ends = at_once(*[lambda: use(database)] * 16)
    assert ends.count(None) == 1
    assert sum(isinstance(end, ConflictError) for end in ends) == 15


def test_nonces_are_forgotten_when_they_expire_and_not_before(database: Database) -> None:
    use(database)
    use(database, nonce=NONCE[::-1], seconds=100)
    with database.write() as connection:
        assert drop_expired_nonces(connection, NOW) == 0
        assert drop_expired_nonces(connection, NOW + SECOND) == 1
    use(database)
    with pytest.raises(ConflictError):
        use(database, nonce=NONCE[::-1])
