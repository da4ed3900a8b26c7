from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from app.domain.errors import ConflictError
from app.domain.partner import ExchangeKey
from app.domain.vocabulary import KeyAlgorithm, KeyState, KeyUsage
from app.storage import key_directory
from app.storage.key_directory import DirectoryVersion
from app.storage.session import Database
from tests.factories.policy_values import DAY, NOW


def exchange_key(keyid: str, usage: KeyUsage = KeyUsage.DIRECTORY_SIGNING, **changes: object) -> ExchangeKey:
    return ExchangeKey(
        keyid=keyid,
        usage=usage,
        algorithm=KeyAlgorithm.ED25519,
        public_key=b"spki",
        state=KeyState.ACTIVE,
        registered_at=NOW,
        changed_at=NOW,
        activated_at=NOW,
        **changes,  # type: ignore[arg-type]  # of a test's own choice
    )


def version(number: int, keyid: str = "a", envelope: str | None = "{}") -> DirectoryVersion:
    return DirectoryVersion(number, keyid, envelope, NOW, NOW + 7 * DAY)


def test_keys_of_the_exchange_are_kept_by_usage(exchange: Database) -> None:
    first, second = exchange_key("a"), exchange_key("b", KeyUsage.STATEMENT_SIGNING, not_before=NOW, replaces="a")
    with exchange.write() as connection:
        key_directory.add_exchange_key(connection, first)
        key_directory.add_exchange_key(connection, second)
    with exchange.read() as connection:
        assert key_directory.exchange_keys(connection) == [first, second]
        assert key_directory.exchange_keys(connection, KeyUsage.STATEMENT_SIGNING) == [second]
        assert key_directory.exchange_key_by_id(connection, "a") == first
        assert key_directory.exchange_key_by_id(connection, "c") is None


def test_a_key_of_the_exchange_ends(exchange: Database) -> None:
    with exchange.write() as connection:
        key_directory.add_exchange_key(connection, exchange_key("a"))
        later = NOW + timedelta(hours=1)
        key_directory.end_exchange_key(connection, "a", KeyState.ACTIVE, NOW + DAY, later)
        found = key_directory.exchange_key_by_id(connection, "a")
    assert found is not None
    assert (found.state, found.not_after, found.changed_at) == (KeyState.ACTIVE, NOW + DAY, later)
    assert [found.state_at(NOW + one) for one in (DAY / 2, DAY)] == [KeyState.ACTIVE, KeyState.RETIRED]


def test_versions_are_numbered_once_and_found_again(exchange: Database) -> None:
    with exchange.write() as connection:
        assert key_directory.newest_version(connection) is None
        key_directory.add_version(connection, version(1))
        key_directory.add_version(connection, version(2, envelope=None))
    with exchange.read() as connection:
        assert key_directory.newest_version(connection) == version(2, envelope=None)
        assert key_directory.version_by_number(connection, 1) == version(1)
        assert key_directory.version_by_number(connection, 3) is None
    with pytest.raises((IntegrityError, ConflictError)), exchange.write() as connection:
        key_directory.add_version(connection, version(2))


def test_rotations_are_the_issued_versions_since_which_another_key_signs(exchange: Database) -> None:
    with exchange.write() as connection:
        assert key_directory.rotations(connection) == []
        for number, keyid, envelope in (
            (1, "a", "{}"),
            (2, "a", "{}"),
            (3, "b", None),
            (4, "b", "{}"),
            (5, "b", "{}"),
            (6, "c", "{}"),
        ):
            key_directory.add_version(connection, version(number, keyid, envelope))
        assert key_directory.rotations(connection) == [4, 6]
