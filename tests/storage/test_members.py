from __future__ import annotations

import pytest

from app.domain.errors import Code, ConflictError, UnavailableError
from app.domain.handling import Publisher
from app.domain.partner import Person, ServiceAccount
from app.domain.vocabulary import PartnerState, Role, StaffRole
from app.storage import members
from app.storage.members import Exchange
from app.storage.session import Database
from tests.factories import policy_values
from tests.factories.policy_values import NOW, SECOND
from tests.storage.samples import OWNER, READER

NEW = policy_values.partner(partner_id="partner-new", name="Ångström e. V.", role=Role.NGO, identity_id="identity--new")


def test_an_exchange_has_its_id_from_the_start_and_once(database: Database) -> None:
    with database.write() as connection:
        assert members.find_exchange(connection) is None
        members.add_exchange(connection, "exchange-1", NOW)
    with database.read() as connection:
        assert members.find_exchange(connection) == members.this_exchange(connection) == Exchange("exchange-1", NOW)
    with pytest.raises(ConflictError, match="initialised already"), database.write() as connection:
        members.add_exchange(connection, "exchange-2", NOW)


def test_an_exchange_without_an_id_is_unavailable(database: Database) -> None:
    with database.read() as connection, pytest.raises(UnavailableError):
        members.this_exchange(connection)


def test_a_partner_comes_back_as_it_was(exchange: Database) -> None:
    with exchange.write() as connection:
        members.add_partner(connection, NEW)
    with exchange.read() as connection:
        found = members.partner_by_id(connection, "partner-new")
        assert found == NEW == members.partner_by_identity(connection, "identity--new")
        assert found is not None
        assert (type(found.role), type(found.state)) == (Role, PartnerState)


def test_an_unknown_partner_is_not_found(exchange: Database) -> None:
    with exchange.read() as connection:
        assert members.partner_by_id(connection, "partner-none") is None
        assert members.partner_by_identity(connection, "identity--none") is None


@pytest.mark.parametrize("taken", [{"partner_id": OWNER}, {"name": f"The {OWNER}"}, {"identity_id": "identity--new"}])
def test_ids_names_and_identities_of_partners_are_unique(exchange: Database, taken: dict[str, str]) -> None:
    with exchange.write() as connection:
        members.add_partner(connection, NEW)
    other = {"partner_id": "partner-other", "name": "Other", "identity_id": "identity--other"} | taken
    with pytest.raises(ConflictError) as refusal, exchange.write() as connection:
        members.add_partner(connection, policy_values.partner(**other))
    assert refusal.value.code is Code.STATE_CONFLICT


def test_partners_are_listed_by_name(exchange: Database) -> None:
    with exchange.read() as connection:
        names = [one.name for one in members.partners(connection)]
    assert len(names) == 4
    assert names == sorted(names)


def test_all_partners_of_a_role_are_found_whatever_their_state(exchange: Database) -> None:
    with exchange.write() as connection:
        members.add_partner(connection, NEW)
        assert members.partner_ids_in(connection, Role.NGO) == {"partner-new"}
        members.set_partner_state(connection, "partner-new", PartnerState.SUSPENDED, NOW)
        assert members.partner_ids_in(connection, Role.NGO) == {"partner-new"}
        assert members.partner_ids_in(connection, Role.RESEARCHER) == frozenset()


def test_a_change_of_state_concerns_one_partner(exchange: Database) -> None:
    with exchange.write() as connection:
        members.set_partner_state(connection, READER, PartnerState.SUSPENDED, NOW)
    with exchange.read() as connection:
        states = {one.partner_id: one.state for one in members.partners(connection)}
    assert states.pop(READER) is PartnerState.SUSPENDED
    assert set(states.values()) == {PartnerState.ACTIVE}


def test_a_publisher_is_what_decisions_read_of_a_partner() -> None:
    assert members.publisher(NEW) == Publisher("partner-new", Role.NGO, NEW.jurisdiction)


@pytest.mark.parametrize(
    "person",
    [
        Person("person-1", "Staff", None, frozenset({StaffRole.OPERATOR, StaffRole.AUDITOR})),
        Person("person-1", "Analyst", READER),
    ],
)
def test_a_person_comes_back_as_it_was(exchange: Database, person: Person) -> None:
    with exchange.write() as connection:
        members.add_person(connection, person)
        assert members.person_by_id(connection, "person-1") == person
        assert members.person_by_id(connection, "person-2") is None


def test_a_service_account_is_found_by_its_partner_and_name(exchange: Database) -> None:
    account = ServiceAccount("account-1", "feed reader", READER)
    with exchange.write() as connection:
        members.add_service_account(connection, account)
        members.add_service_account(connection, ServiceAccount("account-2", "feed reader", OWNER))
        assert members.find_service_account(connection, READER, "feed reader") == account
        assert members.find_service_account(connection, READER, "another") is None


def test_a_partner_has_one_service_account_of_a_name(exchange: Database) -> None:
    with exchange.write() as connection:
        members.add_service_account(connection, ServiceAccount("account-1", "feed reader", READER))
    with pytest.raises(ConflictError), exchange.write() as connection:
        members.add_service_account(connection, ServiceAccount("account-2", "feed reader", READER))


def test_times_of_enrolment_are_kept_to_the_microsecond(exchange: Database) -> None:
    at = NOW + 0.123456 * SECOND
    with exchange.write() as connection:
        members.add_partner(connection, policy_values.partner(partner_id="p", name="p", identity_id="p", enrolled_at=at))
        found = members.partner_by_id(connection, "p")
    assert found is not None
    assert found.enrolled_at == at
