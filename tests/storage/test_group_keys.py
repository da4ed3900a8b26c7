"""Keys of groups as they are kept, and who fetched them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.group_key import EpochCause, GroupKey
from app.domain.sharing import SharingGroup
from app.storage import group_keys, sharing
from app.storage.group_keys import KeyTerms
from app.storage.session import Database
from tests.factories.policy_values import NOW
from tests.storage import samples
from tests.storage.samples import OTHER_READER, OWNER, READER

GROUP = SharingGroup("group-a", 1, "A", "First", OWNER, shares_history=True, generation=0, created_at=NOW)
FIRST = GroupKey("group-a", 1, "aaaa", "sealed", 0, EpochCause.FIRST, NOW)
SECOND = replace(FIRST, number=2, epoch="bbbb", cause=EpochCause.SCHEDULE, begun_at=NOW + timedelta(days=90))


@pytest.fixture
def exchange(database: Database) -> Database:
    samples.found_exchange(database)
    with database.write() as connection:
        sharing.add_group(connection, GROUP)
        group_keys.add_key(connection, FIRST)
    return database


def test_a_key_ends_and_the_next_is_the_current_one(exchange: Database) -> None:
    ended = replace(FIRST, ended_at=SECOND.begun_at)
    with exchange.write() as connection:
        assert group_keys.current_key(connection, "group-a") == FIRST
        group_keys.end_key(connection, FIRST, SECOND.begun_at)
        assert group_keys.current_key(connection, "group-a") is None
        group_keys.add_key(connection, SECOND)
        assert group_keys.current_key(connection, "group-a") == SECOND
        assert group_keys.current_keys(connection) == [SECOND]
        assert group_keys.keys_of(connection, "group-a") == group_keys.all_keys(connection) == [ended, SECOND]
        assert group_keys.keys_of(connection, "group-b") == []
        assert group_keys.ended_before(connection, SECOND.begun_at) == []
        assert group_keys.ended_before(connection, SECOND.begun_at + timedelta(seconds=1)) == [ended]


def test_fetches_are_counted_by_partner_and_key(exchange: Database) -> None:
    with exchange.write() as connection:
        group_keys.add_key(connection, replace(SECOND, ended_at=NOW))
        group_keys.count_fetch(connection, "group-a", [1], READER, NOW)
        group_keys.count_fetch(connection, "group-a", [1, 2], READER, NOW)
        group_keys.count_fetch(connection, "group-a", [1], OTHER_READER, NOW)
        assert group_keys.fetches(connection, "group-a") == {1: {READER: 2, OTHER_READER: 1}, 2: {READER: 1}}
        assert group_keys.fetched_by(connection, "group-a", READER) == {1, 2}
        assert group_keys.holders_of(connection, FIRST) == {READER, OTHER_READER}
        group_keys.drop_key(connection, FIRST)
        assert group_keys.fetches(connection, "group-a") == {2: {READER: 1}}


def test_a_seal_is_put_in_the_place_of_another(exchange: Database) -> None:
    with exchange.write() as connection:
        group_keys.seal_anew(connection, FIRST, "other")
        assert group_keys.current_key(connection, "group-a") == replace(FIRST, sealed="other")


def test_terms_are_the_usual_until_somebody_says_otherwise(exchange: Database) -> None:
    with exchange.write() as connection:
        assert group_keys.terms_of(connection, "group-a") == KeyTerms(90, 0)
        for terms in (KeyTerms(30, 1), KeyTerms(30, 2)):
            group_keys.save_terms(connection, "group-a", terms)
            assert group_keys.terms_of(connection, "group-a") == terms


def test_all_of_a_group_goes(exchange: Database) -> None:
    with exchange.write() as connection:
        group_keys.count_fetch(connection, "group-a", [1], READER, NOW)
        group_keys.save_terms(connection, "group-a", KeyTerms(30, 1))
        group_keys.drop_keys_of(connection, "group-a")
        assert group_keys.all_keys(connection) == []
        assert group_keys.fetches(connection, "group-a") == {}
        assert group_keys.terms_of(connection, "group-a") == KeyTerms()
