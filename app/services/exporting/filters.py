"""What an export is narrowed to: the query of ``GET /objects``, kept as JSON.

Owns how a kept query is read; ``app/http/export_payloads.py`` lets in what has its form. Kept by
``tests/services/exporting/test_filters.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.stix_object import timestamp_key
from app.storage.filters import Filters

_FACETS = ("behaviour", "harm", "phase", "surface", "urgency")


def filters_of(query: Mapping[str, Any]) -> Filters:
    """Give the filters of a definition's query, whose form was checked when it came in."""
    return Filters(
        stix_ids=frozenset(query.get("id", ())),
        types=frozenset(query.get("type", ())),
        owner_ids=frozenset(query.get("owner", ())),
        facets=tuple((kind, frozenset(query[kind])) for kind in _FACETS if query.get(kind)),
        minimum_confidence=query.get("confidence_min"),
        added_after=_instant(query.get("added_after")),
        added_before=_instant(query.get("added_before")),
        modified_after=_key(query.get("modified_after")),
        modified_before=_key(query.get("modified_before")),
        valid_at=_key(query.get("valid_at")),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _key(text: str | None) -> str | None:
    return None if text is None else timestamp_key(text)
