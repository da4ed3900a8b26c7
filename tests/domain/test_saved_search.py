from __future__ import annotations

from app.domain.saved_search import MOST_SEARCHES, SavedSearch
from tests.factories.policy_values import NOW


def test_a_new_search_was_not_seen_yet() -> None:
    saved = SavedSearch("1", "2", "rooms", "room", "{}", "detection", "amber", 7, NOW, "3")
    assert (saved.seen_at, saved.position) == (None, 7)
    assert MOST_SEARCHES == 50
