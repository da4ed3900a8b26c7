"""How long an observable is worth detecting, by its kind, where nobody says otherwise.

Owns the published table (``docs/composer.md`` repeats it). It ends detection, ``app/domain/retention.py`` ends
storage: no life is longer than that. Kept by ``tests/domain/test_observable_life.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.domain.observation import ObservableKind

LIFE_DAYS: Mapping[ObservableKind, int | None] = {
    ObservableKind.ACCOUNT_ID: 365,
    ObservableKind.BEHAVIOURAL_RULE: 180,
    ObservableKind.DEVICE: 180,
    ObservableKind.DOMAIN: 180,
    ObservableKind.EMAIL: 365,
    ObservableKind.HANDLE: 180,
    ObservableKind.INVITE_LINK: 30,
    ObservableKind.IP: 14,
    ObservableKind.KEYWORD_TERM: 90,
    ObservableKind.MD5: None,
    ObservableKind.NETCLEAN: None,
    ObservableKind.PAYMENT_HANDLE_HMAC: 365,
    ObservableKind.PDQ: None,
    ObservableKind.PHONE: 180,
    ObservableKind.PHOTODNA: None,
    ObservableKind.ROOM_OR_STREAM_ID: 30,
    ObservableKind.SAFER: None,
    ObservableKind.SHA1: None,
    ObservableKind.SHA256: None,
    ObservableKind.TEXT_RULE: 180,
    ObservableKind.URL: 90,
    ObservableKind.VIDENTIFIER: None,
    ObservableKind.VPDQ: None,
    ObservableKind.WALLET: 365,
}
"""Days from when it was last seen; None: it does not pass (a hash of a file stays the hash of that file)."""


def detect_until(kind: ObservableKind, seen_at: datetime, *wished: datetime | None) -> datetime | None:
    """Give until when an observable, last seen then, is worth detecting; None without an end.

    What somebody wished may shorten its life and never lengthen it. Times are aware.
    """
    days = LIFE_DAYS[kind]
    ends = [one for one in wished if one is not None]
    if days is not None:
        ends.append(seen_at + timedelta(days=days))
    return min(ends, default=None)
