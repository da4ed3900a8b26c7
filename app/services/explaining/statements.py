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
from app.services.explaining.repeat_decision import versions_at
from app.storage import explanations, history, narrowings, objects, restrictions
from app.storage.columns import FOREVER
from app.storage.explanations import Times
from app.storage.history import AsOf, PastVersion
from app.storage.objects import StoredVersion
from app.storage.session import Connection
from app.storage.withdrawals import OVER


@dataclass(frozen=True, slots=True)
class Statement:
    """The newest version that one owner states under an id, in the class that it needs by now."""

    owner_id: str
    handling_class: HandlingClass
    times: Times
    is_restricted: bool = False

    @property
    def expires_at(self) -> datetime | None:
        """When it ends for everybody, or was withdrawn; None: never, or it is over for another reason."""
        if self.times.withdrawn_at is not None:
            return self.times.withdrawn_at
        until = self.times.visible_until
        return None if until >= FOREVER or until == OVER else until

    def in_time(self, told: Told, reader_id: str, now: datetime) -> Told:
        """Let a restriction or the time say no where policy does not: after the expiry to all, under an embargo to others."""
        if told.verdict is Verdict.HIDDEN:
            return told
        if self.times.withdrawn_at is not None:
            return replace(told, verdict=Verdict.WITHDRAWN)
        if self.is_restricted:
            return replace(told, verdict=Verdict.RESTRICTED)
        if self.times.visible_until <= now:
            return replace(told, verdict=Verdict.EXPIRED)
        is_out = self.times.position is not None or reader_id == self.owner_id
        return told if is_out else replace(told, verdict=Verdict.EMBARGOED)


def asker_of(principal: Principal) -> str | None:
    """Give the partner that asks; None: staff."""
    return principal.partner.partner_id if principal.partner else None


def statements_of(connection: Connection, asker_id: str | None, stix_id: str, now: datetime) -> list[Statement]:
    """Give the statements under an id that the asker may ask about, at least one; withdrawn ones where none stands any more.

    Raises:
        NotFoundError: none; whether others state the id is not told.
    """
    heads = [one for one in objects.heads_of(connection, [stix_id]) if asker_id in {None, one.owner_id}]
    if not heads:
        heads = _withdrawn(connection, asker_id, stix_id, now)
    classes = narrowings.classes_of(connection, heads)
    times = explanations.times_of(connection, [one.version_id for one in heads])
    restricted = {one.owner_id for one in heads if restrictions.is_restricted(connection, one.owner_id, [stix_id])}
    return [Statement(one.owner_id, classes[one.version_id], times[one.version_id], one.owner_id in restricted) for one in heads]


def _withdrawn(connection: Connection, asker_id: str | None, stix_id: str, now: datetime) -> list[StoredVersion]:
    stated = history.stated_at(connection, stix_id, now)
    gone = [version_id for owner_id, version_id in sorted(stated.items()) if asker_id in {None, owner_id}]
    if not gone:
        raise NotFoundError
    return objects.versions_by_row(connection, gone)


def statements_at(connection: Connection, asker_id: str | None, stix_id: str, at: datetime) -> list[Statement]:
    """Give the statements under an id as they stood at an instant, of those owners that the asker may ask about; at least one.

    Raises:
        NotFoundError: there was none, or it was erased since.
    """
    stated = history.stated_at(connection, stix_id, at)
    asked = [version_id for owner_id, version_id in sorted(stated.items()) if asker_id in {None, owner_id}]
    then = versions_at(connection, asked, AsOf(at))
    if not then:
        raise NotFoundError
    times = explanations.times_of(connection, then)
    return [Statement(one.owner_id, its_class, _times_then(times[one.version_id], one, at)) for one, its_class in then.values()]


def _times_then(now: Times, then: PastVersion, at: datetime) -> Times:
    """Give the times of a version as they stood: what is out of an embargo by now may have been under it."""
    was_out = (now.position, now.added_at) if then.is_out else (None, None)
    withdrawn_at = None if now.withdrawn_at is None or now.withdrawn_at > at else now.withdrawn_at
    stood = replace(now, class_id=then.class_id, visible_until=then.visible_until, withdrawn_at=withdrawn_at)
    return replace(stood, position=was_out[0], added_at=was_out[1])
