from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import ConflictError
from app.domain.openid import OpenIdAccount, OpenIdAttempt
from app.storage import openid
from tests.factories.members import Hub, started_hub
from tests.factories.sign_ins import set_up

ISSUER = "https://login.example.org"
DIGESTS = (b"s" * 32, b"b" * 32)


@pytest.fixture
def hub(database_url: str) -> Iterator[Hub]:
    with started_hub(database_url) as hub:
        yield hub


@pytest.fixture
def people(hub: Hub) -> tuple[str, str]:
    administrator = hub.enrol("Platform A").administrator()
    return set_up(hub, administrator).person_id, set_up(hub, administrator, "analyst.b").person_id


def account(hub: Hub, person_id: str, subject: str, number: int = 1) -> OpenIdAccount:
    return OpenIdAccount(f"account-{number}", person_id, ISSUER, subject, hub.clock.now + timedelta(seconds=number))


def test_an_account_is_found_by_issuer_and_subject_and_by_nothing_like_it(hub: Hub, people: tuple[str, str]) -> None:
    with hub.exchange.database.write() as connection:
        openid.add_account(connection, account(hub, people[0], "Subject-1"))
        openid.add_account(connection, account(hub, people[0], "subject-2", 2))
        openid.note_use(connection, "account-1", hub.clock.now)
        found = openid.account_of(connection, ISSUER, "Subject-1")
        assert found == replace(account(hub, people[0], "Subject-1"), used_at=hub.clock.now)
        for issuer, subject in ((ISSUER, "subject-1"), (ISSUER + "/", "Subject-1"), (ISSUER, "Subject-1 "), (ISSUER, "")):
            assert openid.account_of(connection, issuer, subject) is None
        assert [one.account_id for one in openid.accounts_of(connection, people[0])] == ["account-1", "account-2"]
        assert openid.accounts_of(connection, people[1]) == []


def test_one_account_is_one_persons(hub: Hub, people: tuple[str, str]) -> None:
    with hub.exchange.database.write() as connection:
        openid.add_account(connection, account(hub, people[0], "subject-1"))
    with pytest.raises(ConflictError), hub.exchange.database.write() as connection:
        openid.add_account(connection, account(hub, people[1], "subject-1", 2))


def test_accounts_are_forgotten_one_by_one_or_all_and_nobody_elses(hub: Hub, people: tuple[str, str]) -> None:
    with hub.exchange.database.write() as connection:
        for number, person_id in enumerate((people[0], people[0], people[0], people[1]), start=1):
            openid.add_account(connection, account(hub, person_id, f"subject-{number}", number))
        assert openid.drop_accounts(connection, people[1], "account-1") == 0
        assert openid.drop_accounts(connection, people[0], "account-1") == 1
        assert openid.drop_accounts(connection, people[0]) == 2
        assert len(openid.accounts_of(connection, people[1])) == 1


def test_an_attempt_serves_once_in_its_browser_and_in_its_time(hub: Hub) -> None:
    now = hub.clock.now
    kept = OpenIdAttempt("example", None, "/account", now + timedelta(minutes=10))
    with hub.exchange.database.write() as connection:
        openid.add_attempt(connection, DIGESTS, kept)
        assert openid.use_attempt(connection, (DIGESTS[0], b"x" * 32), now) is None
        assert openid.use_attempt(connection, (b"x" * 32, DIGESTS[1]), now) is None
        assert openid.use_attempt(connection, DIGESTS, now) == kept
        assert openid.use_attempt(connection, DIGESTS, now) is None
        openid.add_attempt(connection, DIGESTS, kept)
        assert openid.use_attempt(connection, DIGESTS, kept.expires_at) is None
        openid.add_attempt(connection, DIGESTS, kept)
        assert openid.drop_expired_attempts(connection, kept.expires_at - timedelta(seconds=1)) == 0
        assert openid.drop_expired_attempts(connection, kept.expires_at) == 1


def test_with_a_persons_accounts_their_attempts_go(hub: Hub) -> None:
    somebody = set_up(hub, hub.enrol("Platform A").administrator())
    session = somebody.signed_in().session.credential_id
    kept = OpenIdAttempt("example", session, "", hub.clock.now + timedelta(minutes=10))
    with hub.exchange.database.write() as connection:
        openid.add_attempt(connection, DIGESTS, kept)
        openid.drop_accounts(connection, somebody.person_id)
        assert openid.use_attempt(connection, DIGESTS, hub.clock.now) is None
