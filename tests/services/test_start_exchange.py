from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.domain.errors import ConflictError, UnauthenticatedError, UnavailableError
from app.domain.vocabulary import StaffRole
from app.policy.scopes import SCOPES, PrincipalKind
from app.services.authenticate import authenticate
from app.services.start_exchange import add_staff, identity, start_exchange, why_not_ready
from breakwater_client.trust.keys import load_public_key
from tests.factories.members import Clock, Hub, at_once, serving


def test_a_new_exchange_has_its_first_operator_and_nobody_else(database_url: str) -> None:
    with serving(database_url, Clock()) as exchange:
        made = start_exchange(exchange, "Operator A")
        principal = authenticate(exchange, made.token)
        assert (principal.person, principal.credential) == (made.person, made.credential)
        assert made.person.staff_roles == {StaffRole.OPERATOR}
        assert made.credential.scopes == SCOPES[PrincipalKind.OPERATOR]
        with exchange.database.read() as connection:
            assert connection.execute(text("SELECT count(*) FROM credential")).scalar_one() == 1


def test_an_exchange_is_started_once(database_url: str) -> None:
    with serving(database_url, Clock()) as exchange:
        start_exchange(exchange, "Operator A")
        before = identity(exchange)
        with pytest.raises(ConflictError):
            start_exchange(exchange, "Operator B")
        assert identity(exchange) == before


def test_two_that_start_one_exchange_at_once_make_one_operator(database_url: str) -> None:
    with serving(database_url, Clock()) as exchange:
        ends = at_once(*[lambda: start_exchange(exchange, "Operator A")] * 4)
        assert sorted(type(end).__name__ for end in ends) == ["ConflictError"] * 3 + ["StaffToken"]
        with exchange.database.read() as connection:
            assert connection.execute(text("SELECT count(*) FROM credential")).scalar_one() == 1


def test_a_further_operator_is_another_person_with_another_token(quick_hub: Hub) -> None:
    made = add_staff(quick_hub.exchange, "Operator B")
    assert made.person.person_id != quick_hub.first_operator.person.person_id
    assert authenticate(quick_hub.exchange, made.token).person == made.person


def test_no_operator_before_the_exchange_was_started(sqlite_url: str) -> None:
    with serving(sqlite_url, Clock()) as exchange:
        with pytest.raises(UnavailableError):
            add_staff(exchange, "Operator A")
        with pytest.raises(UnavailableError):
            identity(exchange)


def test_an_operators_token_ends_after_a_year(quick_hub: Hub) -> None:
    quick_hub.clock.pass_time(timedelta(days=365))
    with pytest.raises(UnauthenticatedError):
        authenticate(quick_hub.exchange, quick_hub.first_operator.token)


def test_its_identity_is_the_key_that_verifies_its_receipts(quick_hub: Hub) -> None:
    known = identity(quick_hub.exchange)
    assert load_public_key(known.public_key.encode()) == quick_hub.exchange.keys.statements.public
    assert known.keyid == quick_hub.exchange.keys.statements.public.keyid


def test_a_started_exchange_is_ready(hub: Hub) -> None:
    assert why_not_ready(hub.exchange) is None


def test_before_its_start_it_says_what_is_missing(database_url: str, empty_sqlite_url: str) -> None:
    with serving(database_url, Clock()) as exchange:
        assert why_not_ready(exchange) == "initialisation"
        with exchange.database.write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
        assert why_not_ready(exchange) == "migrations"
    with serving(empty_sqlite_url, Clock()) as exchange:
        assert why_not_ready(exchange) == "migrations"


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "postgresql://nobody@127.0.0.1:1/nothing"])
def test_without_its_database_it_is_not_ready(url: str) -> None:
    with serving(url, Clock()) as exchange:
        assert why_not_ready(exchange) == "database"
