"""The clocks that laws set, as the data that the exchange publishes. Kept by ``tests/services/requesting/test_clocks.py``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from app.domain.partner_request import RequestKind, StatutoryClock
from breakwater_client.documents.published import statutory_clocks


@cache
def clocks() -> Mapping[str, StatutoryClock]:
    """Give all clocks by their ids."""
    return {one["id"]: _clock(one) for one in statutory_clocks()["clocks"]}


def _clock(one: Mapping[str, Any]) -> StatutoryClock:
    return StatutoryClock(
        clock_id=one["id"],
        title=one["title"],
        kind=RequestKind(one["kind"]),
        source=one["source"],
        answer_within=timedelta(hours=one["answer_within_hours"]) if "answer_within_hours" in one else None,
        lasts=timedelta(days=one["lasts_days"]) if "lasts_days" in one else None,
        renewal=timedelta(days=one["renewal_days"]) if "renewal_days" in one else None,
    )
