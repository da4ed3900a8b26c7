"""Times in queries: every spelling of RFC 3339 §5.6, to the last digit.

Owns reading them; leap seconds are refused, since no stored time has one. Kept by ``tests/taxii/test_timestamps.py``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII
)
_MICROSECONDS = 6


def _read(text: str) -> tuple[datetime, str] | None:
    """Give the whole second in UTC and the digits of the fraction without zeros at the end, or None if it is no time."""
    parts = _RFC3339.fullmatch(text)
    if parts is None:
        return None
    hours, minutes = int(parts[9] or 0), int(parts[10] or 0)
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if parts[8] == "-" else 1)
    try:
        second = datetime(*(int(part) for part in parts.groups()[:6]), tzinfo=timezone(offset))  # type: ignore[misc,arg-type]  # six ints, one by one
        return second.astimezone(UTC), (parts[7] or "").rstrip("0")
    except (ValueError, OverflowError):
        return None


def instant(text: str) -> datetime | None:
    """Give the time to the microsecond, what is finer cut off: so "after" means the same for times that have none finer."""
    read = _read(text)
    if read is None:
        return None
    second, fraction = read
    return second.replace(microsecond=int(fraction[:_MICROSECONDS].ljust(_MICROSECONDS, "0")))


def version_key(text: str) -> str | None:
    """Give the time's sort key, the same as ``timestamp_key`` gives for a STIX timestamp of the same instant."""
    read = _read(text)
    if read is None:
        return None
    second, fraction = read
    return second.replace(tzinfo=None).isoformat() + ("." + fraction if fraction else "")
