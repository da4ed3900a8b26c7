from __future__ import annotations

from dataclasses import replace

from app.domain.partner import Person
from app.domain.vocabulary import MemberRole, StaffRole
from app.storage import credentials, members, persons
from app.storage.session import Database
from tests.factories.policy_values import DAY, NOW, SECOND, credential
from tests.storage.samples import OWNER, READER

OLD = Person("old", "Old", READER, member_roles=frozenset({MemberRole.ANALYST}))
NEW = Person("new", "New", READER, member_roles=frozenset(MemberRole), added_at=NOW)
STAFF = Person("staff", "Staff", None, frozenset({StaffRole.AUDITOR}), added_at=NOW)


def test_persons_are_listed_by_their_organisation_in_the_order_in_which_they_came(exchange: Database) -> None:
    with exchange.write() as connection:
        for one in (NEW, OLD, STAFF):
            members.add_person(connection, one)
    with exchange.read() as connection:
        assert persons.persons(connection, READER) == [OLD, NEW]
        assert persons.persons(connection, OWNER) == []
        assert persons.persons(connection, None) == [STAFF]


def test_members_in_office_are_those_of_all_partners_who_have_not_left(exchange: Database) -> None:
    with exchange.write() as connection:
        for one in (NEW, OLD, STAFF):
            members.add_person(connection, one)
        persons.set_left(connection, "new", NOW)
    with exchange.read() as connection:
        assert persons.members_in_office(connection) == [OLD]


def test_roles_are_set_whole(exchange: Database) -> None:
    with exchange.write() as connection:
        members.add_person(connection, NEW)
        members.add_person(connection, STAFF)
        persons.set_roles(connection, "new", member_roles={MemberRole.REVIEWER})
        persons.set_roles(connection, "staff")
    with exchange.read() as connection:
        changed = members.person_by_id(connection, "new")
        assert changed == replace(NEW, member_roles=frozenset({MemberRole.REVIEWER}))
        assert members.person_by_id(connection, "staff") == replace(STAFF, staff_roles=frozenset())


def test_with_whoever_leaves_go_their_credentials_and_no_others(exchange: Database) -> None:
    held = {name: credential(credential_id=name, person_id=name, account_id=None, partner_id=READER) for name in ("new", "old")}
    gone = credential(credential_id="gone", person_id="new", account_id=None, partner_id=READER, revoked_at=NOW)
    with exchange.write() as connection:
        for one in (NEW, OLD):
            members.add_person(connection, one)
        for number, one in enumerate((*held.values(), gone)):
            credentials.add_credential(connection, one, bytes([number]) * 32)
        assert persons.set_left(connection, "new", NOW + SECOND) == ["new"]
        assert persons.set_left(connection, "new", NOW + DAY) == []
    with exchange.read() as connection:
        assert members.person_by_id(connection, "new") == replace(NEW, left_at=NOW + SECOND)
        kept = {one.credential_id: one.revoked_at for one in credentials.credentials(connection, READER)}
    assert kept == {"new": NOW + SECOND, "old": None, "gone": NOW}
