"""Partners, persons, service accounts, and the exchange's own identity."""

from __future__ import annotations

import pytest

from app.domain.errors import ConflictError, UnavailableError
from app.domain.handling import Publisher
from app.domain.partner import Person, ServiceAccount
from app.domain.vocabulary import PartnerState, Role, StaffRole
from app.storage import members
from app.storage.members import Exchange
from app.storage.session import Database
from tests.factories import policy_values
from tests.factories.policy_values import NOW

PARTNER = policy_values.partner()
OTHER = policy_values.partner(
    partner_id="partner-hotline-c",
    name="Hotline C",
    role=Role.HOTLINE,
    identity_id="identity--0b7a3b52-3c3d-4f5a-8a39-3a9a5a8b0001",
)
ACCOUNT = ServiceAccount("account-1", "feed reader", PARTNER.partner_id)


@pytest.fixture
def enrolled(database: Database) -> Database:
    with database.write() as connection:
        members.add_partner(connection, PARTNER)
        members.add_partner(connection, OTHER)
    return database


# --- the exchange ---------------------------------------------------------------------------------------------------------------


def test_an_exchange_has_the_identity_it_was_given(database: Database) -> None:
    with database.write() as connection:
        members.add_exchange(connection, "exchange-1", NOW)

    with database.read() as connection:
        assert members.this_exchange(connection) == Exchange("exchange-1", NOW)


def test_an_exchange_gets_its_identity_once(database: Database) -> None:
    with database.write() as connection:
        members.add_exchange(connection, "exchange-1", NOW)

    with pytest.raises(ConflictError), database.write() as connection:
        members.add_exchange(connection, "exchange-2", NOW)
    with database.read() as connection:
        assert members.this_exchange(connection).exchange_id == "exchange-1"


def test_before_its_start_an_exchange_has_no_identity(database: Database) -> None:
    with database.read() as connection:
        assert members.find_exchange(connection) is None


def test_before_its_start_an_exchange_is_unavailable(database: Database) -> None:
    with database.read() as connection, pytest.raises(UnavailableError):
        members.this_exchange(connection)


# --- partners -----------------------------------------------------------------------------------------------------------------


def test_a_partner_is_found_by_its_id(enrolled: Database) -> None:
    with enrolled.read() as connection:
        assert members.partner_by_id(connection, PARTNER.partner_id) == PARTNER


def test_a_partner_is_found_by_its_identity(enrolled: Database) -> None:
    with enrolled.read() as connection:
        assert members.partner_by_identity(connection, OTHER.identity_id) == OTHER


def test_nobody_is_found_by_an_unknown_id(enrolled: Database) -> None:
    with enrolled.read() as connection:
        assert members.partner_by_id(connection, "nobody") is None
        assert members.partner_by_identity(connection, "nobody") is None


def test_partners_are_listed_by_name(enrolled: Database) -> None:
    with enrolled.read() as connection:
        assert members.partners(connection) == [OTHER, PARTNER]


def test_a_change_of_state_concerns_one_partner(enrolled: Database) -> None:
    with enrolled.write() as connection:
        members.set_partner_state(connection, PARTNER.partner_id, PartnerState.SUSPENDED)

    with enrolled.read() as connection:
        assert [one.state for one in members.partners(connection)] == [PartnerState.ACTIVE, PartnerState.SUSPENDED]


@pytest.mark.parametrize("same", ["partner_id", "name", "identity_id"])
def test_ids_names_and_identities_of_partners_are_unique(enrolled: Database, same: str) -> None:
    fresh = {"partner_id": "partner-e", "name": "E", "identity_id": "identity--0b7a3b52-3c3d-4f5a-8a39-3a9a5a8b0002"}
    clash = policy_values.partner(**fresh | {same: getattr(PARTNER, same)})

    with pytest.raises(ConflictError), enrolled.write() as connection:
        members.add_partner(connection, clash)


def test_a_publisher_is_what_decisions_read_of_a_partner() -> None:
    assert members.publisher(OTHER) == Publisher("partner-hotline-c", Role.HOTLINE, "GB")


# --- persons and service accounts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "person",
    [
        Person("person-1", "Operator A", None, frozenset({StaffRole.AUDITOR, StaffRole.OPERATOR})),
        Person("person-2", "Analyst B", PARTNER.partner_id),
    ],
    ids=["of the exchange", "of a partner"],
)
def test_a_person_comes_back_as_it_was(enrolled: Database, person: Person) -> None:
    with enrolled.write() as connection:
        members.add_person(connection, person)

    with enrolled.read() as connection:
        assert members.person_by_id(connection, person.person_id) == person


def test_an_unknown_person_is_none(database: Database) -> None:
    with database.read() as connection:
        assert members.person_by_id(connection, "person-1") is None


def test_a_service_account_is_found_by_its_partner_and_name(enrolled: Database) -> None:
    with enrolled.write() as connection:
        members.add_service_account(connection, ACCOUNT)

    with enrolled.read() as connection:
        assert members.find_service_account(connection, PARTNER.partner_id, "feed reader") == ACCOUNT


def test_the_service_account_of_another_partner_is_not_found(enrolled: Database) -> None:
    with enrolled.write() as connection:
        members.add_service_account(connection, ACCOUNT)

    with enrolled.read() as connection:
        assert members.find_service_account(connection, OTHER.partner_id, "feed reader") is None


def test_two_partners_may_give_their_accounts_the_same_name(enrolled: Database) -> None:
    other = ServiceAccount("account-2", ACCOUNT.name, OTHER.partner_id)
    with enrolled.write() as connection:
        members.add_service_account(connection, ACCOUNT)
        members.add_service_account(connection, other)

    with enrolled.read() as connection:
        assert members.find_service_account(connection, OTHER.partner_id, ACCOUNT.name) == other


def test_one_partner_has_one_account_of_a_name(enrolled: Database) -> None:
    with enrolled.write() as connection:
        members.add_service_account(connection, ACCOUNT)

    with pytest.raises(ConflictError), enrolled.write() as connection:
        members.add_service_account(connection, ServiceAccount("account-2", ACCOUNT.name, PARTNER.partner_id))
