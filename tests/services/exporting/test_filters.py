from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.services.exporting.filters import filters_of
from app.storage.filters import Filters


def test_a_query_without_filters_lets_everything_through() -> None:
    assert filters_of({}) == Filters()


def test_every_filter_of_a_query_counts() -> None:
    query: dict[str, Any] = {
        "id": ["indicator--00000000-0000-4000-8000-000000000001"],
        "type": ["indicator", "malware"],
        "owner": ["00000000-0000-4000-8000-000000000002"],
        "harm": ["csam"],
        "urgency": ["imminent"],
        "confidence_min": 50,
        "added_after": "2026-01-01T00:00:00.000001Z",
        "added_before": "2026-02-01T00:00:00.000000Z",
        "modified_after": "2026-01-01T00:00:00.5Z",
        "modified_before": "2026-02-01T00:00:00Z",
        "valid_at": "2026-03-01T00:00:00.10Z",
    }
    assert filters_of(query) == Filters(
        stix_ids=frozenset(query["id"]),
        types=frozenset(query["type"]),
        owner_ids=frozenset(query["owner"]),
        facets=(("harm", frozenset({"csam"})), ("urgency", frozenset({"imminent"}))),
        minimum_confidence=50,
        added_after=datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
        added_before=datetime(2026, 2, 1, tzinfo=UTC),
        modified_after="2026-01-01T00:00:00.5",
        modified_before="2026-02-01T00:00:00",
        valid_at="2026-03-01T00:00:00.1",
    )
