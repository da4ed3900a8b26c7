"""A search that its partner keeps, to be shown what is new of it. Kept by ``tests/domain/test_saved_search.py``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

MOST_SEARCHES = 50
"""So many may a partner keep."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search of a partner's: words in their one spelling (None: any), filters as JSON, and up to where it was seen.

    It is read for one purpose and up to one ceiling: places in the feed are those of that viewpoint. ``position`` is where in it
    what was seen ends, ``seen_at`` when somebody said so last.
    """

    search_id: str
    partner_id: str
    name: str
    words: str | None
    filters: str
    purpose: str
    tlp_ceiling: str
    position: int
    created_at: datetime
    created_by: str
    seen_at: datetime | None = None
