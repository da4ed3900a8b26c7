"""The ledger: exact sets of versions, and what an owner may read of it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.disclosure import Disclosure
from app.domain.vocabulary import Channel, Purpose
from app.storage import disclosures
from app.storage.disclosures import LedgerRow, decode_versions, encode_versions
from app.storage.session import Database
from app.storage.tables import disclosure_owner
from tests.factories.policy_values import NOW
from tests.storage import samples
from tests.storage.samples import OTHER_OWNER, OTHER_READER, OWNER, READER

SENT = Disclosure(
    partner_id=READER,
    credential_id="credential-1",
    purpose=Purpose.DETECTION,
    channel=Channel.REST,
    agreement_version=3,
    policy_epoch=7,
    disclosed_at=NOW,
    version_ids=(1, 127, 128, 300, 2**40),
)


def _write(database: Database, *rows: Disclosure, owner_ids: Sequence[str] = (OWNER,)) -> list[int]:
    with database.write() as connection:
        return [disclosures.add_disclosure(connection, row, owner_ids) for row in rows]


def _listed(database: Database, owner_id: str, after: int = 0, limit: int = 10) -> list[LedgerRow]:
    with database.read() as connection:
        return disclosures.disclosures_of_owner(connection, owner_id, after, limit)


# --- sets of versions -------------------------------------------------------------------------------------------------------


@given(version_ids=st.sets(st.integers(1, 2**63 - 1) | st.integers(1, 300)))
def test_a_set_of_versions_comes_back_exactly_and_ascending(version_ids: set[int]) -> None:
    assert decode_versions(encode_versions(version_ids)) == tuple(sorted(version_ids))


@pytest.mark.parametrize("edge", [1, 127, 128, 129, 16_383, 16_384, 2**63 - 1])
def test_the_edges_of_variable_length_come_back(edge: int) -> None:
    assert decode_versions(encode_versions([edge])) == (edge,)


def test_a_version_named_twice_is_kept_once() -> None:
    assert decode_versions(encode_versions([5, 3, 5])) == (3, 5)


def test_a_full_page_of_neighbours_takes_less_than_a_byte_a_version() -> None:
    assert len(encode_versions(range(1_000_000, 1_001_000))) < 100


# --- rows -------------------------------------------------------------------------------------------------------------------


def test_an_owner_reads_what_was_disclosed_as_it_was(exchange: Database) -> None:
    [number] = _write(exchange, SENT)

    assert _listed(exchange, OWNER) == [LedgerRow(number, SENT)]


def test_a_row_stands_for_each_owner_once(exchange: Database) -> None:
    _write(exchange, SENT, owner_ids=[OWNER, OTHER_OWNER, OWNER])

    with exchange.read() as connection:
        owners = connection.execute(select(disclosure_owner.c.owner_id).order_by(disclosure_owner.c.owner_id)).scalars().all()
    assert owners == sorted([OWNER, OTHER_OWNER])
    assert len(_listed(exchange, OTHER_OWNER)) == 1


def test_an_owner_does_not_read_what_was_disclosed_of_others(exchange: Database) -> None:
    _write(exchange, SENT, owner_ids=[OTHER_OWNER])

    assert _listed(exchange, OWNER) == []


def test_what_an_owner_was_given_of_its_own_is_not_listed_to_it(exchange: Database) -> None:
    _write(exchange, replace(SENT, partner_id=OWNER))

    assert _listed(exchange, OWNER) == []


def test_rows_come_oldest_first_and_a_follower_goes_on_after_the_last_it_saw(exchange: Database) -> None:
    first, second, third = _write(exchange, SENT, replace(SENT, partner_id=OTHER_READER), replace(SENT, channel=Channel.TAXII))

    assert [row.number for row in _listed(exchange, OWNER)] == [first, second, third]
    assert [row.number for row in _listed(exchange, OWNER, after=first, limit=1)] == [second]
    assert _listed(exchange, OWNER, after=third) == []


def test_a_row_waits_for_those_numbered_before_it(postgres_url: str) -> None:
    database = Database(postgres_url)
    samples.found_exchange(database)
    later = replace(SENT, disclosed_at=NOW.replace(year=9000))
    with database.write() as slow:
        first = disclosures.add_disclosure(slow, later, [OWNER])
        [second] = _write(database, later)
        early = _listed(database, OWNER)
    late = _listed(database, OWNER)
    database.dispose()

    assert early == []
    assert [row.number for row in late] == [first, second]


# --- how far the ledger is settled ------------------------------------------------------------------------------------------


def test_the_ledger_is_settled_to_its_newest_row(exchange: Database) -> None:
    numbers = [0, *_write(exchange, SENT, SENT)]

    with exchange.write() as connection:
        assert disclosures.settled_to(connection) == max(numbers)


def test_an_empty_ledger_is_settled_to_nothing(database: Database) -> None:
    with database.write() as connection:
        assert disclosures.settled_to(connection) == 0


def test_who_asks_how_far_the_ledger_is_settled_waits_for_rows_being_written(exchange: Database) -> None:
    def settled_to() -> int:
        with exchange.write() as connection:
            return disclosures.settled_to(connection)

    with ThreadPoolExecutor(1) as pool:
        with exchange.write() as slow:
            number = disclosures.add_disclosure(slow, SENT, [OWNER])
            asked = pool.submit(settled_to)
            with pytest.raises(TimeoutError):
                asked.result(timeout=0.2)
        assert asked.result() == number
