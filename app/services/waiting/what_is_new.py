"""What a reader was given lately that it did not state itself: the newest of its feed, in short.

Owns which kinds are shown, and how far back. What is visible is ``feed``'s, and each look is a row of the ledger. Kept by
``tests/services/waiting/test_what_is_new.py``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.services.exchange import Exchange
from app.services.reading.disclosing import disclosed
from app.services.reading.readers import Reader
from app.services.reading.record_disclosure import Manner
from app.services.reading.visible_set import Look
from app.storage import contents, feed, members
from app.storage.feed import Entry, Filters, Versions, Window

LOOKS_BACK = timedelta(days=7)
MOST_SHOWN = 8
LOOKED_THROUGH = 2_000
"""So many of the newest places of the feed are looked at: what lies beyond thousands of one's own is found by searching."""
SHOWN = frozenset(
    {
        "access-offer",
        "blinded-identifier",
        "domain-name",
        "email-addr",
        "file",
        "grouping",
        "indicator",
        "information-request",
        "ipv4-addr",
        "ipv6-addr",
        "live-room",
        "observed-data",
        "payment-handle",
        "perceptual-hash",
        "preservation-request",
        "report",
        "url",
        "user-account",
    }
)
"""What somebody looks at by itself; notices and feedback have pages of their own."""
_NAMED = frozenset({"grouping", "indicator", "report"})
"""Of these the name is shown; that of an observable is an address or an account, which nobody is to meet by chance."""
LONGEST_NAME = 120
_MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class New:
    """One new object: its id, what its publisher calls it (None: nothing), and the reader's own date of it."""

    stix_id: str
    name: str | None
    added_at: datetime


@dataclass(frozen=True, slots=True)
class WhatIsNew:
    """The newest objects of others since a moment, newest first; ``more``: there are further ones."""

    since: datetime
    shown: Sequence[New]
    more: bool


def what_is_new(exchange: Exchange, reader: Reader) -> WhatIsNew:
    """Give the newest objects of others that came into the reader's feed within ``LOOKS_BACK``, of kinds in ``SHOWN``."""

    def read(look: Look) -> tuple[Sequence[Entry], WhatIsNew]:
        since = look.now - LOOKS_BACK
        others = frozenset(one.partner_id for one in members.partners(look.connection)) - {reader.partner.partner_id}
        filters = Filters(types=SHOWN, owner_ids=others, added_after=since, versions=Versions(last=True))
        window = Window(max(0, look.position - LOOKED_THROUGH), MOST_SHOWN + 1, look.now, head=look.position)
        found = feed.newest(look.connection, look.viewpoint, window, filters) if others else []
        shown = found[:MOST_SHOWN]
        held = contents.contents(look.connection, [one.version_id for one in shown], _MOST_BYTES)
        told = [_new(held[one.version_id].body, one.added_at) for one in shown if one.version_id in held]
        return shown, WhatIsNew(since, told, more=len(found) > MOST_SHOWN)

    return disclosed(exchange, reader, read, Manner())


def _new(body: bytes, added_at: datetime) -> New:
    value = json.loads(body)
    name = value.get("name") if value["type"] in _NAMED else None
    return New(value["id"], name[:LONGEST_NAME] if isinstance(name, str) else None, added_at)
