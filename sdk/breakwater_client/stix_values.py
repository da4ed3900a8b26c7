"""STIX values as this library and the exchange hold them, and the comparison of STIX timestamps.

Kept by ``tests/client/test_stix_values.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

JsonObject = Mapping[str, Any]
"""A JSON object as strict parsing gives it: text keys, and values of JSON's own types only."""


_TIMESTAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,20}))?Z", re.ASCII)


def timestamp_key(text: str) -> str | None:
    """Give the sort key of a STIX timestamp (STIX 2.1 §3.2), or None if it is none.

    Two spellings of one instant have one key, to the last digit of the fraction; keys sort as text in the order of time.
    Dates that do not exist, a 60th second and fractions of more than 20 digits are None: keys and versions are stored.
    """
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = map(int, match.group(1, 2, 3, 4, 5, 6))
        datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    fraction = (match[7] or "").rstrip("0")
    return text[:19] + ("." + fraction if fraction else "")
