from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.partner import Person
from app.storage import credentials, ledger_search, members
from app.storage.ledger_search import NamedVersion, Numbers, Sought, rows_sought
from app.storage.session import Database
from tests.factories.policy_values import DAY, NOW, credential
from tests.storage import samples
from tests.storage.samples import OTHER_OWNER, OTHER_READER, OWNER, READER
from tests.storage.test_disclosures import VALUE, _add

OTHERS = "credential-2"


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Sought(), [1, 2, 3]),
        (Sought(owner_id=OWNER), [1, 3]),
        (Sought(partner_id=OTHER_READER), [2]),
        (Sought(credential_ids=frozenset({OTHERS})), [2]),
        (Sought(since=NOW + DAY), [3]),
        (Sought(until=NOW + DAY), [1, 2]),
        (Sought(version_ids={5}), [1, 2]),
        (Sought(version_ids={9}), [3]),
        (Sought(owner_id=OWNER, partner_id=READER, version_ids={1}), [1]),
    ],
    ids=str,
)
def test_rows_are_found_by_all_that_is_said(exchange: Database, sought: Sought, found: list[int]) -> None:
    first = replace(VALUE, disclosed_at=NOW, version_ids=(1, 5))
    _add(exchange, first, OWNER)
    _add(exchange, replace(first, partner_id=OTHER_READER, credential_id=OTHERS), OTHER_OWNER)
    _add(exchange, replace(VALUE, disclosed_at=NOW + DAY, version_ids=(9,)), OWNER)
    with exchange.read() as connection:
        assert [row.number for row in rows_sought(connection, sought, Numbers(0, 9, 9))] == found
        assert [row.number for row in rows_sought(connection, sought, Numbers(1, 2, 9))] == [one for one in found if one == 2]
        assert len(rows_sought(connection, sought, Numbers(0, 9, 1))) == 1


def test_versions_are_named_for_their_owner_alone_or_for_staff(exchange: Database) -> None:
    own, others = samples.checked(), samples.checked(owner_id=OTHER_OWNER)
    [first] = samples.publish(exchange, [samples.Harm.CSAM], own)
    [second] = samples.publish(exchange, [samples.Harm.CSAM], others)
    with exchange.read() as connection:
        named = ledger_search.named(connection, range(1, 70_001), OWNER)
        assert {one: (each.owner_id, each.stix_id) for one, each in named.items()} == {first: (OWNER, own.facts.stix_id)}
        assert ledger_search.named(connection, [first, second]).keys() == {first, second}
        assert ledger_search.named(connection, []) == {}
        assert ledger_search.versions_under(connection, others.facts.stix_id, None) == {second}
        assert ledger_search.versions_under(connection, others.facts.stix_id, OWNER) == set()
        assert ledger_search.classes_of_versions(connection, [first, 99]) == {first: 1}
    assert NamedVersion(OWNER, None, None).stix_id is None


def test_when_something_was_last_read_with_a_credential(exchange: Database) -> None:
    with exchange.write() as connection:
        members.add_person(connection, Person("a", "Person A", READER))
        for name in (VALUE.credential_id, "unused"):
            held = credential(credential_id=name, person_id="a", account_id=None, partner_id=READER)
            credentials.add_credential(connection, held, name.encode().ljust(32))
    _add(exchange, replace(VALUE, disclosed_at=NOW + DAY), OWNER)
    _add(exchange, replace(VALUE, disclosed_at=NOW), OWNER)
    with exchange.read() as connection:
        read = ledger_search.last_read_with(connection, [VALUE.credential_id, "unused", "absent"])
        assert read == {VALUE.credential_id: NOW}, "the newest row counts"
