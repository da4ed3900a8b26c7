"""Credentials, partners' keys, and the challenges by which keys are registered."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest

from app.domain.errors import ConflictError
from app.domain.partner import Credential, PartnerKey, Person, ServiceAccount
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyState, KeyUsage, Purpose, Tlp
from app.storage import credentials, members
from app.storage.session import Database
from tests.factories import policy_values
from tests.factories.policy_values import DAY, NOW, SECOND
from tests.storage.samples import OTHER_READER, READER

DIGEST, OTHER_DIGEST = bytes(range(32)), bytes(32)
MACHINE = policy_values.credential(partner_id=READER)
STAFF = policy_values.credential(
    credential_id="credential-2",
    partner_id=None,
    person_id="person-1",
    account_id=None,
    scopes=frozenset({Permission.PARTNERS_READ}),
    purpose=Purpose.AUDIT,
    tlp_ceiling=Tlp.CLEAR,
    created_at=NOW,
)
KEY = PartnerKey(
    keyid="a" * 64,
    partner_id=READER,
    usage=KeyUsage.OBJECT_SIGNING,
    algorithm="ed25519",
    public_key=b"\x00\x01\xff",
    state=KeyState.PENDING,
    registered_at=NOW,
    changed_at=NOW,
)
LIMITED_KEY = replace(
    KEY,
    keyid="b" * 64,
    state=KeyState.COMPROMISED,
    registered_at=NOW - DAY,
    not_before=NOW,
    not_after=NOW + DAY,
    compromised_since=NOW,
)
OTHERS_KEY = replace(KEY, keyid="c" * 64, partner_id=OTHER_READER, registered_at=NOW + DAY)


@pytest.fixture
def kept(exchange: Database) -> Database:
    with exchange.write() as connection:
        members.add_service_account(connection, ServiceAccount("account-1", "feed reader", READER))
        members.add_person(connection, Person("person-1", "Operator A", None))
        credentials.add_credential(connection, STAFF, OTHER_DIGEST)
        credentials.add_credential(connection, MACHINE, DIGEST)
        for key in (KEY, LIMITED_KEY, OTHERS_KEY):
            credentials.add_key(connection, key)
        credentials.add_challenge(connection, "nonce", READER, NOW + DAY)
    return exchange


# --- credentials ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("digest", "expected"), [(DIGEST, MACHINE), (OTHER_DIGEST, STAFF), (b"\xff" * 32, None)])
def test_a_credential_is_found_by_the_digest_of_its_token(kept: Database, digest: bytes, expected: Credential | None) -> None:
    with kept.read() as connection:
        assert credentials.credential_by_digest(connection, digest) == expected


@pytest.mark.parametrize(
    ("credential_id", "expected"), [("credential-1", MACHINE), ("credential-2", STAFF), ("credential-3", None)]
)
def test_a_credential_is_found_by_its_id(kept: Database, credential_id: str, expected: Credential | None) -> None:
    with kept.read() as connection:
        assert credentials.credential_by_id(connection, credential_id) == expected


def test_the_credentials_of_a_partner_are_its_own(kept: Database) -> None:
    with kept.read() as connection:
        assert credentials.credentials(connection, READER) == [MACHINE]
        assert credentials.credentials(connection, OTHER_READER) == []


def test_operators_list_all_credentials_newest_last(kept: Database) -> None:
    with kept.read() as connection:
        assert credentials.credentials(connection, None) == [MACHINE, STAFF]


def test_two_credentials_never_share_a_token(kept: Database) -> None:
    with pytest.raises(ConflictError), kept.write() as connection:
        credentials.add_credential(connection, replace(MACHINE, credential_id="credential-3"), DIGEST)


def test_a_second_revocation_keeps_the_time_of_the_first(kept: Database) -> None:
    with kept.write() as connection:
        credentials.revoke_credential(connection, "credential-1", NOW)
        credentials.revoke_credential(connection, "credential-1", NOW + DAY)

    with kept.read() as connection:
        assert credentials.credential_by_digest(connection, DIGEST) == replace(MACHINE, revoked_at=NOW)


def test_a_revocation_concerns_one_credential(kept: Database) -> None:
    with kept.write() as connection:
        credentials.revoke_credential(connection, "credential-1", NOW)

    with kept.read() as connection:
        assert credentials.credential_by_id(connection, "credential-2") == STAFF


# --- challenges -----------------------------------------------------------------------------------------------------------------


def _use(database: Database, challenge: str = "nonce", partner_id: str = READER, now: datetime = NOW) -> bool:
    with database.write() as connection:
        return credentials.use_challenge(connection, challenge, partner_id, now)


def test_a_challenge_serves_once(kept: Database) -> None:
    assert [_use(kept), _use(kept)] == [True, False]


def test_an_unknown_challenge_does_not_serve(kept: Database) -> None:
    assert not _use(kept, challenge="another")


def test_the_challenge_of_another_partner_does_not_serve_and_stays_theirs(kept: Database) -> None:
    assert [_use(kept, partner_id=OTHER_READER), _use(kept)] == [False, True]


@pytest.mark.parametrize(("now", "serves"), [(NOW + DAY - SECOND, True), (NOW + DAY, False), (NOW + 2 * DAY, False)])
def test_a_challenge_serves_before_it_expires(kept: Database, now: datetime, *, serves: bool) -> None:
    assert _use(kept, now=now) is serves


def test_a_challenge_that_came_too_late_is_spent(kept: Database) -> None:
    assert [_use(kept, now=NOW + DAY), _use(kept)] == [False, False]


def test_a_challenge_used_by_several_at_once_serves_one_of_them(kept: Database) -> None:
    start = threading.Barrier(4)

    def use() -> bool:
        start.wait()
        return _use(kept)

    with ThreadPoolExecutor(4) as pool:
        served = [future.result() for future in [pool.submit(use) for _ in range(4)]]

    assert sorted(served) == [False, False, False, True]


def test_challenges_that_expired_are_forgotten(kept: Database) -> None:
    with kept.write() as connection:
        credentials.add_challenge(connection, "old", READER, NOW)
        dropped = credentials.drop_expired_challenges(connection, NOW)

    assert dropped == 1
    assert _use(kept)


# --- keys -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [KEY, LIMITED_KEY], ids=["open-ended", "limited"])
def test_a_key_comes_back_as_it_was(kept: Database, key: PartnerKey) -> None:
    with kept.read() as connection:
        assert credentials.key_by_id(connection, key.keyid) == key


def test_an_unknown_key_is_none(kept: Database) -> None:
    with kept.read() as connection:
        assert credentials.key_by_id(connection, "d" * 64) is None


def test_the_keys_of_a_partner_come_oldest_first(kept: Database) -> None:
    with kept.read() as connection:
        assert credentials.keys(connection, READER) == [LIMITED_KEY, KEY]


def test_all_keys_come_oldest_first(kept: Database) -> None:
    with kept.read() as connection:
        assert credentials.keys(connection, None) == [LIMITED_KEY, KEY, OTHERS_KEY]


def test_a_key_that_changes_its_state_says_since_when(kept: Database) -> None:
    with kept.write() as connection:
        credentials.set_key_state(connection, KEY.keyid, KeyState.ACTIVE, NOW + DAY)

    with kept.read() as connection:
        assert credentials.keys(connection, READER) == [LIMITED_KEY, replace(KEY, state=KeyState.ACTIVE, changed_at=NOW + DAY)]


def test_a_key_belongs_to_one_partner(kept: Database) -> None:
    with pytest.raises(ConflictError), kept.write() as connection:
        credentials.add_key(connection, replace(KEY, partner_id=OTHER_READER))
