"""How every document of the exchange spells time. Kept by ``tests/client/test_instant.py``."""

from __future__ import annotations

from datetime import UTC, datetime


def instant_text(moment: datetime) -> str:
    """Give an aware time as RFC 3339 in UTC, with microseconds and Z."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
