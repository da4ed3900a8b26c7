from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from app.domain.errors import ConflictError
from app.domain.partner import Credential, PartnerKey, Person, Principal, ServiceAccount
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyAlgorithm, KeyState, KeyUsage, PartnerState, Purpose, Tlp
from app.storage import credentials, members
from app.storage.session import Database
from tests.factories import policy_values
from tests.factories.policy_values import DAY, NOW, SECOND
from tests.storage.samples import OTHER_READER, OWNER, READER

DIGEST = hashlib.sha256(b"token").digest()
OF_MACHINE = policy_values.credential(purpose=Purpose.DETECTION, tlp_ceiling=Tlp.AMBER_STRICT)
OF_STAFF = policy_values.credential(
    credential_id="credential-2", partner_id=None, person_id="person-1", account_id=None, scopes=frozenset({Permission.KEYS_READ})
)
KEY = PartnerKey("keyid-1", OWNER, KeyUsage.OBJECT_SIGNING, KeyAlgorithm.ED25519, b"\x00\xff", KeyState.PENDING, NOW, NOW)


@pytest.fixture
def holders(exchange: Database) -> Database:
    with exchange.write() as connection:
        members.add_person(connection, Person("person-1", "Operator", None))
        members.add_service_account(connection, ServiceAccount("account-1", "reader", READER))
    return exchange


def _add(database: Database, value: Credential, digest: bytes = DIGEST) -> None:
    with database.write() as connection:
        credentials.add_credential(connection, value, digest)


@pytest.mark.parametrize("value", [OF_MACHINE, OF_STAFF, replace(OF_STAFF, scopes=frozenset(), revoked_at=NOW)])
def test_a_credential_comes_back_as_it_was(holders: Database, value: Credential) -> None:
    _add(holders, value)
    with holders.read() as connection:
        found = credentials.credential_by_id(connection, value.credential_id)
        assert found == value == _by_digest(connection, DIGEST).credential
        assert found is not None
        assert type(found.tlp_ceiling) is Tlp
        assert {type(scope) for scope in found.scopes} <= {Permission}
        assert found.purpose is None or type(found.purpose) is Purpose


def _by_digest(connection: Connection, digest: bytes) -> Principal:
    found = credentials.principal_by_digest(connection, digest)
    assert found is not None
    return found


def test_behind_a_credential_stands_its_partner_or_its_person_as_they_are_now(holders: Database) -> None:
    _add(holders, OF_MACHINE)
    _add(holders, OF_STAFF, bytes(32))
    with holders.look() as connection:
        machine, staff = _by_digest(connection, DIGEST), _by_digest(connection, bytes(32))
        assert (machine.partner, machine.person) == (members.partner_by_id(connection, READER), None)
        assert (staff.partner, staff.person) == (None, members.person_by_id(connection, "person-1"))
    with holders.write() as connection:
        members.set_partner_state(connection, READER, PartnerState.SUSPENDED, NOW)
    with holders.look() as connection:
        suspended = _by_digest(connection, DIGEST).partner
    assert suspended is not None
    assert suspended.state is PartnerState.SUSPENDED


def test_an_unknown_credential_is_not_found(holders: Database) -> None:
    _add(holders, OF_MACHINE)
    with holders.read() as connection:
        assert credentials.principal_by_digest(connection, hashlib.sha256(b"other").digest()) is None
        assert credentials.principal_by_digest(connection, DIGEST[:-1]) is None
        assert credentials.credential_by_id(connection, "credential-9") is None
        assert credentials.principal_by_id(connection, "credential-9") is None


def test_who_is_behind_a_credential_is_found_by_its_id_too(holders: Database) -> None:
    _add(holders, OF_MACHINE)
    with holders.read() as connection:
        assert credentials.principal_by_id(connection, OF_MACHINE.credential_id) == _by_digest(connection, DIGEST)


def test_a_token_belongs_to_one_credential(holders: Database) -> None:
    _add(holders, OF_MACHINE)
    with pytest.raises(ConflictError):
        _add(holders, OF_STAFF)


def test_partners_list_their_own_credentials_and_operators_all_newest_last(holders: Database) -> None:
    older = replace(OF_MACHINE, credential_id="credential-3", created_at=NOW - 9 * DAY)
    for number, value in enumerate((OF_MACHINE, OF_STAFF, older)):
        _add(holders, value, bytes([number]) * 32)
    with holders.read() as connection:
        assert credentials.credentials(connection, READER) == [older, OF_MACHINE]
        assert credentials.credentials(connection, OTHER_READER) == []
        assert credentials.credentials(connection, None) == [older, OF_MACHINE, OF_STAFF]


def test_a_credential_is_revoked_once_and_alone(holders: Database) -> None:
    _add(holders, OF_MACHINE)
    _add(holders, OF_STAFF, bytes(32))
    with holders.write() as connection:
        for at in (NOW, NOW + SECOND):
            credentials.revoke_credential(connection, OF_MACHINE.credential_id, at)
        assert credentials.credential_by_id(connection, OF_MACHINE.credential_id) == replace(OF_MACHINE, revoked_at=NOW)
        assert credentials.credential_by_id(connection, OF_STAFF.credential_id) == OF_STAFF


# --- challenges ---------------------------------------------------------------------------------------------------------------


def _challenge(database: Database, name: str = "nonce") -> None:
    with database.write() as connection:
        credentials.add_challenge(connection, name, OWNER, NOW + SECOND)


def test_a_challenge_serves_once(exchange: Database) -> None:
    _challenge(exchange)
    with exchange.write() as connection:
        assert credentials.use_challenge(connection, "nonce", OWNER, NOW)
        assert not credentials.use_challenge(connection, "nonce", OWNER, NOW)


def test_a_challenge_serves_its_partner_alone_and_is_not_used_up_by_another(exchange: Database) -> None:
    _challenge(exchange)
    with exchange.write() as connection:
        assert not credentials.use_challenge(connection, "nonce", READER, NOW)
        assert not credentials.use_challenge(connection, "another", OWNER, NOW)
        assert credentials.use_challenge(connection, "nonce", OWNER, NOW)


@pytest.mark.parametrize(("later", "serves"), [(0.999999, True), (1, False), (2, False)])
def test_a_challenge_serves_until_it_expires(exchange: Database, later: float, *, serves: bool) -> None:
    _challenge(exchange)
    with exchange.write() as connection:
        assert credentials.use_challenge(connection, "nonce", OWNER, NOW + later * SECOND) is serves


def test_expired_challenges_are_forgotten(exchange: Database) -> None:
    _challenge(exchange)
    with exchange.write() as connection:
        credentials.add_challenge(connection, "longer", OWNER, NOW + DAY)
        assert credentials.drop_expired_challenges(connection, NOW) == 0
        assert credentials.drop_expired_challenges(connection, NOW + SECOND) == 1
        assert credentials.use_challenge(connection, "longer", OWNER, NOW)


# --- keys ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", [KEY, replace(KEY, state=KeyState.COMPROMISED, not_before=NOW, not_after=NOW + DAY, compromised_since=NOW - DAY)]
)
def test_a_key_comes_back_as_it_was(exchange: Database, value: PartnerKey) -> None:
    with exchange.write() as connection:
        credentials.add_key(connection, value)
        found = credentials.key_by_id(connection, "keyid-1")
        assert found == value
        assert found is not None
        assert (type(found.usage), type(found.state)) == (KeyUsage, KeyState)
        assert credentials.key_by_id(connection, "keyid-2") is None


def test_a_key_is_registered_once_whoever_holds_it(exchange: Database) -> None:
    with exchange.write() as connection:
        credentials.add_key(connection, KEY)
    with pytest.raises(ConflictError), exchange.write() as connection:
        credentials.add_key(connection, replace(KEY, partner_id=READER))


def test_keys_are_listed_oldest_first_for_their_partner_or_for_all(exchange: Database) -> None:
    older, others = replace(KEY, keyid="keyid-0", registered_at=NOW - DAY), replace(KEY, keyid="keyid-2", partner_id=READER)
    with exchange.write() as connection:
        for one in (KEY, older, others):
            credentials.add_key(connection, one)
        assert credentials.keys(connection, OWNER) == [older, KEY]
        assert credentials.keys(connection, None) == [older, KEY, others]
        assert credentials.keys(connection, OTHER_READER) == []


def test_a_key_changes_its_state_from_a_time_on_and_alone(exchange: Database) -> None:
    other = replace(KEY, keyid="keyid-2")
    with exchange.write() as connection:
        credentials.add_key(connection, KEY)
        credentials.add_key(connection, other)
        credentials.change_key(connection, replace(KEY, state=KeyState.ACTIVE, changed_at=NOW + SECOND))
        assert credentials.key_by_id(connection, "keyid-1") == replace(KEY, state=KeyState.ACTIVE, changed_at=NOW + SECOND)
        assert credentials.key_by_id(connection, "keyid-2") == other
