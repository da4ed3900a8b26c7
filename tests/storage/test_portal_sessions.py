from __future__ import annotations

from dataclasses import replace

from app.domain.partner import Person
from app.domain.sign_in import Method, Session
from app.domain.vocabulary import Purpose
from app.storage import credentials, members, portal_sessions
from app.storage.session import Connection, Database
from tests.factories.policy_values import DAY, NOW, SECOND, credential
from tests.storage.samples import READER


def opened(connection: Connection, name: str, person_id: str, **differences: object) -> Session:
    terms = {"created_at": NOW, "expires_at": NOW + DAY} | differences
    held = credential(credential_id=name, person_id=person_id, account_id=None, partner_id=READER, **terms)
    credentials.add_credential(connection, held, name.encode().ljust(32))
    session = Session(name, Method.PASSKEY, seen_at=NOW, shown_at=NOW)
    portal_sessions.add_session(connection, session)
    return session


def test_what_stands_beside_a_session_is_kept_and_changed(exchange: Database) -> None:
    with exchange.write() as connection:
        members.add_person(connection, Person("a", "Person A", READER))
        session, other = opened(connection, "one", "a"), opened(connection, "two", "a")
        portal_sessions.note_shown(connection, "one", NOW + SECOND)
        portal_sessions.note_seen(connection, "one", NOW + DAY)
        portal_sessions.note_purpose(connection, "one", Purpose.AUDIT)
        changed = replace(session, seen_at=NOW + DAY, shown_at=NOW + SECOND, purpose=Purpose.AUDIT)
        assert portal_sessions.session_of(connection, "one") == changed
        assert portal_sessions.session_of(connection, "two") == other


def test_a_credential_that_is_no_session_has_nothing_beside_it(exchange: Database) -> None:
    with exchange.write() as connection:
        members.add_person(connection, Person("a", "Person A", READER))
        held = credential(person_id="a", account_id=None, partner_id=READER)
        credentials.add_credential(connection, held, bytes(32))
        assert portal_sessions.session_of(connection, "credential-1") is None


def test_open_are_a_persons_sessions_that_are_neither_revoked_nor_over_the_newest_first(exchange: Database) -> None:
    with exchange.write() as connection:
        for name in "ab":
            members.add_person(connection, Person(name, f"Person {name}", READER))
        old, new = opened(connection, "old", "a", created_at=NOW - SECOND), opened(connection, "new", "a")
        opened(connection, "over", "a", expires_at=NOW)
        opened(connection, "revoked", "a")
        credentials.revoke_credential(connection, "revoked", NOW)
        others = opened(connection, "others", "b")
        assert portal_sessions.open_sessions(connection, "a", NOW) == [new, old]
        assert portal_sessions.open_sessions(connection, "b", NOW) == [others]


def test_of_several_credentials_those_that_are_sessions_are_given(exchange: Database) -> None:
    with exchange.write() as connection:
        members.add_person(connection, Person("a", "Person A", READER))
        session = opened(connection, "one", "a")
        opened(connection, "two", "a")
        assert portal_sessions.sessions_among(connection, ["one", "no-session"]) == {"one": session}
        assert portal_sessions.sessions_among(connection, []) == {}
