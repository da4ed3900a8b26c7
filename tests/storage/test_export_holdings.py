from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.storage import export_holdings, exports
from app.storage.export_holdings import CHUNK, bits_of, both, ids_of, united, without
from app.storage.session import Database
from tests.factories.exports import definition
from tests.factories.policy_values import NOW
from tests.storage.samples import OWNER

some_ids = st.sets(st.integers(1, 4 * CHUNK), max_size=40)


@given(some_ids, some_ids)
def test_sets_of_versions_are_compared_as_bits(some: set[int], others: set[int]) -> None:
    one, other = bits_of(some), bits_of(others)
    assert list(ids_of(one)) == sorted(some)
    assert set(ids_of(united(one, other))) == some | others
    assert set(ids_of(without(one, other))) == some - others
    assert set(ids_of(both(one, other))) == some & others


def test_what_is_held_is_kept_by_chunks(exchange: Database) -> None:
    made = definition(partner_id=OWNER)
    with exchange.write() as connection:
        exports.add_definition(connection, made)
        export_holdings.keep_held(connection, made.definition_id, bits_of([1, 5, CHUNK + 1]))
        assert list(ids_of(export_holdings.held(connection, made.definition_id))) == [1, 5, CHUNK + 1]
        export_holdings.keep_held(connection, made.definition_id, {0: 0})
        assert list(ids_of(export_holdings.held(connection, made.definition_id))) == [CHUNK + 1]
        assert export_holdings.held(connection, made.definition_id, [0]) == {}
        export_holdings.drop_held(connection, made.definition_id)
        assert export_holdings.held(connection, made.definition_id) == {}


def test_only_what_living_definitions_hold_is_still_needed(exchange: Database) -> None:
    living, ended = definition(partner_id=OWNER), definition(partner_id=OWNER, ended_at=NOW)
    with exchange.write() as connection:
        for one, held in ((living, [7]), (ended, [8])):
            exports.add_definition(connection, one)
            export_holdings.keep_held(connection, one.definition_id, bits_of(held))
        assert export_holdings.held_by_some(connection, [6, 7, 8]) == {7}
