from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.partner import Credential, Person, ServiceAccount
from app.domain.sign_in import SESSION_IDLES, Method, Session
from app.storage import credentials, members, portal_sessions
from app.storage.credential_lists import CredentialsSought, count_sessions, credentials_listed, place_of
from app.storage.session import Database
from app.storage.stretches import Found, Stretch
from tests.factories.policy_values import DAY, NOW, SECOND, credential
from tests.storage.samples import OWNER, READER

OLD = credential(credential_id="old", partner_id=READER, created_at=NOW - 2 * DAY)
REVOKED = replace(OLD, credential_id="revoked", created_at=NOW - DAY, revoked_at=NOW)
OVER = replace(OLD, credential_id="over", created_at=NOW - DAY, expires_at=NOW)
SESSION = replace(OLD, credential_id="session", created_at=NOW, account_id=None, person_id="a")
IDLE = replace(SESSION, credential_id="idle", created_at=NOW + SECOND)
STAFF = replace(SESSION, credential_id="staff", partner_id=None, person_id="staff", created_at=NOW + DAY)
OTHER = replace(OLD, credential_id="other", partner_id=OWNER, account_id="account-2")
ALL = [OLD, OVER, REVOKED, SESSION, IDLE]


@pytest.fixture
def listed(exchange: Database) -> Database:
    with exchange.write() as connection:
        members.add_person(connection, Person("a", "Person A", READER))
        members.add_person(connection, Person("staff", "Staff", None))
        members.add_service_account(connection, ServiceAccount("account-1", "reader", READER))
        members.add_service_account(connection, ServiceAccount("account-2", "reader", OWNER))
        for one in (STAFF, OTHER, *reversed(ALL)):
            credentials.add_credential(connection, one, one.credential_id.encode().ljust(32))
        for held, seen_at in ((SESSION, NOW), (IDLE, NOW - SESSION_IDLES), (STAFF, NOW)):
            portal_sessions.add_session(connection, Session(held.credential_id, Method.PASSKEY, seen_at, seen_at))
    return exchange


def some(database: Database, sought: CredentialsSought) -> list[Credential]:
    with database.read() as connection:
        return credentials_listed(connection, sought, Stretch(99)).rows


def test_a_list_holds_whose_what_and_in_which_order_was_asked(listed: Database) -> None:
    own = CredentialsSought(READER, NOW)
    assert some(listed, own) == ALL
    assert some(listed, replace(own, newest_first=True)) == ALL[::-1]
    assert some(listed, replace(own, is_open=True)) == [OLD, SESSION, IDLE]
    assert some(listed, replace(own, is_open=False)) == [OVER, REVOKED]
    assert some(listed, replace(own, without_sessions=True)) == [OLD, OVER, REVOKED]
    assert some(listed, replace(own, is_open=True, without_sessions=True)) == [OLD]
    assert some(listed, CredentialsSought(None, NOW)) == [OLD, OTHER, OVER, REVOKED, SESSION, IDLE, STAFF]


def test_pages_of_the_newest_first_lead_on_and_back(listed: Database) -> None:
    newest = CredentialsSought(READER, NOW, newest_first=True)
    with listed.read() as connection:
        first = credentials_listed(connection, newest, Stretch(2))
        assert first == Found([IDLE, SESSION], before=0, count=5)
        second = credentials_listed(connection, newest, Stretch(2, place_of(SESSION)))
        assert second == Found([REVOKED, OVER], before=2, count=5)
        assert credentials_listed(connection, newest, Stretch(2, place_of(REVOKED), is_before=True)) == first
        assert credentials_listed(connection, newest, Stretch(2, place_of(OLD), is_before=True)) == second


def test_sessions_are_counted_that_are_open_and_not_idle(listed: Database) -> None:
    with listed.write() as connection:
        assert count_sessions(connection, READER, NOW) == 1
        assert count_sessions(connection, READER, NOW - timedelta(microseconds=1)) == 2
        assert count_sessions(connection, READER, NOW + DAY) == 0
        assert count_sessions(connection, OWNER, NOW) == 0
        credentials.revoke_credential(connection, SESSION.credential_id, NOW)
        assert count_sessions(connection, READER, NOW) == 0
