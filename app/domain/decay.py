"""How confidence decays with age, by what kind of thing is stated.

Owns the half-lives (``docs/feedback.md`` repeats them) and the one function. What is stored never changes: the result is served
beside it. Kept by ``tests/domain/test_decay.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

HALF_LIFE_DAYS: Mapping[str, int | None] = MappingProxyType(
    {
        "blinded-identifier": 365,
        "domain-name": 90,
        "email-addr": 365,
        "email-message": 365,
        "file": None,
        "indicator": 180,
        "ipv4-addr": 14,
        "ipv6-addr": 14,
        "live-room": 7,
        "mac-addr": 90,
        "network-traffic": 14,
        "payment-handle": 180,
        "perceptual-hash": None,
        "url": 60,
        "user-account": 180,
    }
)
"""Days in which confidence falls to a half, by STIX type; None: it does not decay. Other types do not either."""

_DAY = timedelta(days=1)


def effective_confidence(confidence: int | None, kind: str, stated_at: datetime, now: datetime) -> int | None:
    """Give the confidence (0 to 100) that is left at ``now`` of what was stated at a moment; None stays None.

    Both are aware UTC. What is stated in the future counts as stated now; the result is rounded down.
    """
    half_life = HALF_LIFE_DAYS.get(kind)
    if confidence is None or half_life is None:
        return confidence
    age: float = max(now - stated_at, timedelta(0)) / _DAY
    return int(confidence * 0.5 ** (age / half_life) + 1e-9)
