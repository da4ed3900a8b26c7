from __future__ import annotations

import zlib
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from app.domain.disclosure import Disclosure
from app.domain.vocabulary import Channel, Harm, Purpose
from app.storage import counter, disclosures
from app.storage.disclosures import Given
from app.storage.ledger_search import Numbers, Sought, rows_sought
from app.storage.session import Database
from app.storage.tables import disclosure
from tests.factories.policy_values import NOW
from tests.factories.tampering import lift_guards
from tests.storage import samples
from tests.storage.samples import OTHER_OWNER, OTHER_READER, OWNER, READER

VALUE = Disclosure(
    partner_id=READER,
    credential_id="credential-1",
    purpose=Purpose.VICTIM_PROTECTION,
    channel=Channel.EXPORT,
    agreement_version=3,
    policy_epoch=12,
    disclosed_at=NOW,
    version_ids=(1, 2, 300, 70_000),
)
row_ids = st.one_of(st.integers(1, 2**63 - 1), st.integers(1, 300), st.sampled_from([2**7, 2**14, 2**21, 2**7 - 1, 2**14 - 1]))


@settings(max_examples=300, database=None)
@given(st.sets(row_ids, max_size=60))
def test_every_set_of_versions_comes_back_exactly(versions: set[int]) -> None:
    assert disclosures.decode_versions(disclosures.encode_versions(versions)) == tuple(sorted(versions))


@settings(max_examples=50, database=None)
@given(st.lists(row_ids, min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_change_the_form(versions: list[int], dice: Random) -> None:
    form = disclosures.encode_versions(versions)
    doubled = versions * 2
    dice.shuffle(doubled)
    assert disclosures.encode_versions(doubled) == form


@pytest.mark.parametrize(
    ("versions", "integers"), [((), b""), ((1,), b"\x01"), ((127,), b"\x7f"), ((128,), b"\x80\x01"), ((5, 305), b"\x05\xac\x02")]
)
def test_the_form_is_deltas_in_seven_bits_each(versions: tuple[int, ...], integers: bytes) -> None:
    assert zlib.decompress(disclosures.encode_versions(versions)) == integers


def test_a_page_of_a_thousand_neighbours_takes_some_bytes() -> None:
    assert len(disclosures.encode_versions(range(5_000_000, 5_001_000))) < 50


def _add(database: Database, value: Disclosure, *owner_ids: str) -> int:
    with database.write() as connection:
        order = counter.take_order_lock(connection)
        class_ids = [samples.class_id_of(connection, order, Harm.CSAM, owner_id=one) for one in owner_ids]
        counter.save_order(connection, order)
    with database.stroke() as connection:
        number = disclosures.add_disclosure(connection, value, Given(class_ids, newest_recall=0))
    assert number is not None
    return number


def _listed(database: Database, owner_id: str, after: int = 0, limit: int = 10) -> list[tuple[int, Disclosure]]:
    with database.read() as connection:
        rows = rows_sought(connection, Sought(owner_id), Numbers(after, 2**40, limit))
    return [(row.number, row.disclosure) for row in rows]


def test_a_disclosure_comes_back_as_it_was(exchange: Database) -> None:
    number = _add(exchange, VALUE, OWNER)
    assert _listed(exchange, OWNER) == [(number, VALUE)]


def test_each_owner_of_what_was_disclosed_sees_the_row_and_nobody_else(exchange: Database) -> None:
    number = _add(exchange, VALUE, OWNER, OTHER_OWNER, OWNER)
    assert _listed(exchange, OWNER) == _listed(exchange, OTHER_OWNER) == [(number, VALUE)]
    assert _listed(exchange, READER) == _listed(exchange, OTHER_READER) == []


def test_what_an_owner_read_of_its_own_is_not_listed_for_it(exchange: Database) -> None:
    number = _add(exchange, replace(VALUE, partner_id=OWNER), OWNER, OTHER_OWNER)
    assert _listed(exchange, OWNER) == []
    assert [row[0] for row in _listed(exchange, OTHER_OWNER)] == [number]


def test_rows_are_listed_in_pages_oldest_first(exchange: Database) -> None:
    numbers = [_add(exchange, replace(VALUE, policy_epoch=epoch), OWNER) for epoch in range(5)]
    assert numbers == sorted(numbers)
    assert [row[0] for row in _listed(exchange, OWNER, limit=2)] == numbers[:2]
    assert [row[0] for row in _listed(exchange, OWNER, after=numbers[1], limit=2)] == numbers[2:4]
    assert _listed(exchange, OWNER, after=numbers[-1]) == []


def _given(
    database: Database, *versions: int, after: int = 0, to: int = 100, rows: int = 100
) -> tuple[dict[tuple[str, int], set[int]], int]:
    with database.read() as connection:
        return disclosures.given_of(connection, disclosures.Stretch(OWNER, after, to, rows), versions)


def test_who_was_given_which_of_some_versions_is_found(exchange: Database) -> None:
    _add(exchange, replace(VALUE, version_ids=(1, 2, 300)), OWNER)
    _add(exchange, replace(VALUE, version_ids=(2, 5)), OWNER)
    _add(exchange, replace(VALUE, version_ids=(5, 9), partner_id=OTHER_READER), OWNER, OTHER_OWNER)
    _add(exchange, replace(VALUE, version_ids=(1,), partner_id=OTHER_READER), OTHER_OWNER)
    _add(exchange, replace(VALUE, version_ids=(1,), partner_id=OWNER), OWNER)
    assert _given(exchange, 1, 5) == ({(READER, 0): {1, 5}, (OTHER_READER, 0): {5}}, 100)
    assert _given(exchange, 3, 4) == ({}, 100)
    assert _given(exchange, 301) == ({}, 100)


def test_rows_from_before_their_bounds_were_kept_are_looked_into(exchange: Database) -> None:
    _add(exchange, replace(VALUE, version_ids=(1, 2)), OWNER)
    with exchange.write() as connection:
        lift_guards(connection)
        connection.execute(update(disclosure).values(first_version_id=None, last_version_id=None))
    assert _given(exchange, 2)[0] == {(READER, 0): {2}}


def test_the_ledger_is_looked_through_in_stretches(exchange: Database) -> None:
    numbers = [_add(exchange, replace(VALUE, version_ids=(version,)), OWNER) for version in range(1, 6)]
    found: list[int] = []
    after = 0
    while after < numbers[3]:
        some, after = _given(exchange, *range(1, 6), after=after, to=numbers[3], rows=2)
        found += sorted(some[READER, 0])
    assert found == [1, 2, 3, 4]
    assert after == numbers[3]
