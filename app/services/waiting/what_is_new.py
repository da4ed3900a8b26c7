"""What a reader was given lately that it did not state itself: the newest of its feed, in short.

Owns which kinds are shown, and how far back. What is visible is ``feed``'s, and each look is a row of the ledger. Kept by
``tests/services/waiting/test_what_is_new.py``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

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
CASES = frozenset({"grouping", "report"})
"""What holds other objects together: it comes first, and what it holds is counted in it."""
SINGLE = frozenset({"access-offer", "indicator", "information-request", "preservation-request"})
"""What somebody looks at by itself as well. Observables have no names and are met in what holds them; notices have own pages."""
_NAMED = CASES | {"indicator"}
LONGEST_NAME = 120
_MOST_BYTES = 4 * 1024 * 1024
_SINGLE_LOOKED_AT = 4 * MOST_SHOWN


@dataclass(frozen=True, slots=True)
class New:
    """One new object: its id, what its publisher calls it (None: nothing), the reader's own date of it, how many it holds."""

    stix_id: str
    name: str | None
    added_at: datetime
    holds: int = 0


@dataclass(frozen=True, slots=True)
class WhatIsNew:
    """The newest objects of others since a moment, cases first, each newest first; ``more``: there are further ones."""

    since: datetime
    shown: Sequence[New]
    more: bool


def what_is_new(exchange: Exchange, reader: Reader) -> WhatIsNew:
    """Give the newest objects of others that came into the reader's feed within ``LOOKS_BACK``: cases, and what is in none."""

    def read(look: Look) -> tuple[Sequence[Entry], WhatIsNew]:
        since = look.now - LOOKS_BACK
        cases, single = _newest(look, reader, CASES, MOST_SHOWN), _newest(look, reader, SINGLE, _SINGLE_LOOKED_AT)
        bodies = _bodies(look, [*cases[:MOST_SHOWN], *single])
        in_cases = {ref for one in cases if one.version_id in bodies for ref in bodies[one.version_id].get("object_refs", ())}
        loose = [one for one in single if one.version_id in bodies and bodies[one.version_id]["id"] not in in_cases]
        shown = [*cases, *loose][:MOST_SHOWN]
        told = [_new(bodies[one.version_id], one.added_at) for one in shown if one.version_id in bodies]
        return shown, WhatIsNew(since, told, more=len(cases) + len(loose) > MOST_SHOWN)

    return disclosed(exchange, reader, read, Manner())


def _newest(look: Look, reader: Reader, types: frozenset[str], most: int) -> list[Entry]:
    """Give the newest of others of some kinds, one more than ``most`` where there are more."""
    others = frozenset(one.partner_id for one in members.partners(look.connection)) - {reader.partner.partner_id}
    added_after = look.now - LOOKS_BACK
    filters = Filters(types=types, owner_ids=others, added_after=added_after, versions=Versions(last=True))
    window = Window(max(0, look.position - LOOKED_THROUGH), most + 1, look.now, head=look.position)
    return feed.newest(look.connection, look.viewpoint, window, filters) if others else []


def _bodies(look: Look, entries: Sequence[Entry]) -> dict[int, dict[str, Any]]:
    held = contents.contents(look.connection, [one.version_id for one in entries], _MOST_BYTES)
    return {version_id: json.loads(one.body) for version_id, one in held.items()}


def _new(value: dict[str, Any], added_at: datetime) -> New:
    name = value.get("name") if value["type"] in _NAMED else None
    shown = name[:LONGEST_NAME] if isinstance(name, str) else None
    return New(value["id"], shown, added_at, len(value.get("object_refs", ())))
