"""The statements under an id that somebody may ask about, each with its class and its times.

Owns whose: staff ask about every owner's, a partner about its own. Kept by ``tests/services/explaining/test_statements.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.errors import NotFoundError
from app.domain.handling import HandlingClass
from app.domain.partner import Principal
from app.policy.telling import Told, Verdict
from app.storage import explanations, narrowings, objects
from app.storage.columns import FOREVER
from app.storage.explanations import Times
from app.storage.session import Connection


@dataclass(frozen=True, slots=True)
class Statement:
    """The newest version that one owner states under an id, in the class that it needs by now."""

    owner_id: str
    handling_class: HandlingClass
    times: Times

    @property
    def expires_at(self) -> datetime | None:
        """When it ends for everybody; None: never."""
        return None if self.times.visible_until >= FOREVER else self.times.visible_until

    def in_time(self, told: Told, reader_id: str, now: datetime) -> Told:
        """Let the time say no where policy does not: after the expiry to all, under an embargo to all but the owner."""
        if told.verdict is Verdict.HIDDEN:
            return told
        if self.times.visible_until <= now:
            return replace(told, verdict=Verdict.EXPIRED)
        is_out = self.times.position is not None or reader_id == self.owner_id
        return told if is_out else replace(told, verdict=Verdict.EMBARGOED)


def asker_of(principal: Principal) -> str | None:
    """Give the partner that asks; None: staff."""
    return principal.partner.partner_id if principal.partner else None


def statements_of(connection: Connection, asker_id: str | None, stix_id: str) -> list[Statement]:
    """Give the statements under an id that the asker may ask about, at least one.

    Raises:
        NotFoundError: none; whether others state the id is not told.
    """
    heads = [one for one in objects.heads_of(connection, [stix_id]) if asker_id in {None, one.owner_id}]
    if not heads:
        raise NotFoundError
    classes = narrowings.classes_of(connection, heads)
    times = explanations.times_of(connection, [one.version_id for one in heads])
    return [Statement(one.owner_id, classes[one.version_id], times[one.version_id]) for one in heads]
