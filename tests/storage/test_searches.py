from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import ConflictError
from app.domain.saved_search import SavedSearch
from app.storage import searches
from app.storage.session import Database
from tests.factories.policy_values import DAY, NOW
from tests.storage import samples

ONE = SavedSearch("1", samples.READER, "rooms", "room", '{"harm": ["csam"]}', "detection", "amber", 7, NOW, "credential")


def test_a_search_is_kept_marked_and_erased_for_its_partner_alone(exchange: Database) -> None:
    other = replace(ONE, search_id="2", name="links", words=None, created_at=NOW + DAY)
    with exchange.write() as connection:
        searches.add_search(connection, other)
        searches.add_search(connection, ONE)
        assert searches.searches(connection, samples.READER) == [other, ONE]
        assert searches.searches(connection, samples.OWNER) == []
        assert searches.search_by_id(connection, samples.READER, "1") == ONE
        assert searches.search_by_id(connection, samples.OWNER, "1") is None
        for position in (9, 8):
            searches.mark_seen(connection, "1", position, NOW)
        assert searches.search_by_id(connection, samples.READER, "1") == replace(ONE, position=9, seen_at=NOW)
        searches.remove_search(connection, "1")
        assert searches.searches(connection, samples.READER) == [other]
        searches.remove_searches_of(connection, samples.READER)
        assert searches.searches(connection, samples.READER) == []


def test_a_name_is_given_once(exchange: Database) -> None:
    with exchange.write() as connection:
        searches.add_search(connection, ONE)
    with pytest.raises(ConflictError), exchange.write() as connection:
        searches.add_search(connection, replace(ONE, search_id="2"))
