"""Recalls: what an owner withdrew and why, who is told, and what they answer.

Owns the values, and which versions a choice means. Kept by ``tests/domain/test_recall.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from app.domain.object_vocabulary import (
    ContestReason,
    HeldBasis,
    RecallAct,
    RecallKind,
    RecallOutcome,
    RecallReason,
)
from breakwater_client.object_vocabulary import AnyOutcome, outcome_words
from breakwater_client.stated_objects import NOTICE_TYPE

__all__ = [
    "NOTICE_TYPE",
    "Addressee",
    "AnyOutcome",
    "Choice",
    "Contest",
    "Outcome",
    "Recall",
    "RecalledVersion",
    "SentNotice",
    "Version",
    "Versioned",
    "outcome_words",
    "reminded_at",
    "settles",
]


class Versioned(Protocol):
    """A version with the sort key of its instant."""

    @property
    def version_key(self) -> str:
        """As ``stix_object.timestamp_key`` gives it."""


Version = TypeVar("Version", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which versions under an id are meant: the first, the last, those of these sort keys; all if it says none of these."""

    first: bool = False
    last: bool = False
    keys: frozenset[str] = frozenset()

    def of(self, versions: Sequence[Version]) -> list[Version]:
        """Give those of an id's versions (oldest first) that are meant; none if one is named that is not there."""
        if not (self.first or self.last or self.keys):
            return list(versions)
        named = [one for one in versions if one.version_key in self.keys]
        if {one.version_key for one in named} != self.keys:
            return []
        ends = [*versions[: 1 if self.first else 0], *(versions[-1:] if self.last else ())]
        return sorted({one.version_key: one for one in [*named, *ends]}.values(), key=lambda one: one.version_key)


@dataclass(frozen=True, slots=True)
class Recall:
    """A recall as it stands. ``recall_id`` is ours alone; its owner knows it by ``public_id``.

    The ledger has to be looked through up to ``look_to`` (None: not settled yet), and was up to ``looked_to``. ``notified_at``:
    when the notices went out, None until then. Only what was withdrawn is gone; what a newer version (``successor_id``) corrects
    and what is contested (``contest_id``) stands. Of what is disputed ``successor_id`` is the dispute, and
    ``ended_at`` when nobody disputed it any more.
    """

    recall_id: int
    public_id: str
    owner_id: str
    reason: RecallReason
    act: RecallAct
    recalled_at: datetime
    look_to: int | None
    looked_to: int
    notified_at: datetime | None
    kind: RecallKind = RecallKind.WITHDRAWAL
    contest_id: str | None = None
    successor_id: int | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecalledVersion:
    """A version that is called back. ``payload_digest``: SHA-256 of what its publisher signed."""

    version_id: int
    stix_id: str
    version: str
    payload_digest: bytes


@dataclass(frozen=True, slots=True)
class SentNotice:
    """A notice that went out. ``version_id`` is its own row, ``notice_id`` its STIX id; it calls ``versions`` (rows) back."""

    version_id: int
    notice_id: str
    recall_id: int
    told_at: datetime
    versions: frozenset[int]


@dataclass(frozen=True, slots=True)
class Addressee:
    """A partner that has to answer a notice: by when, and when it had answered all of it."""

    version_id: int
    partner_id: str
    due_at: datetime
    answered_at: datetime | None = None

    def is_late(self, now: datetime) -> bool:
        """Whether it should have answered all of the notice by now, and has not."""
        return self.answered_at is None and self.due_at <= now


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one version with one recipient. What is held, and it alone, has a ``basis`` and ``held_until``."""

    recalled_id: int
    outcome: AnyOutcome
    basis: HeldBasis | None = None
    held_until: datetime | None = None


def settles(act: RecallAct, outcome: AnyOutcome) -> bool:
    """Whether an outcome is what a notice waits for, so that nobody is reminded any more.

    Whoever was asked to delete and only stops using has not done yet what was asked. What is held on a legal basis is answered.
    """
    return outcome is not RecallOutcome.STOPPED_USING or act is RecallAct.STOP_USING


_REMINDED_BEFORE = timedelta(days=1)


def reminded_at(told_at: datetime, due_at: datetime) -> datetime:
    """Give when somebody is reminded who has not answered yet: a day before it is due, or at half time where there is less."""
    return due_at - min(_REMINDED_BEFORE, (due_at - told_at) / 2)


@dataclass(frozen=True, slots=True)
class Contest:
    """What somebody says is wrongly listed. ``partner_id`` None: the exchange's staff entered it.

    From ``reported_at`` on whoever entered it is told what was done. ``stix_id`` None: forgotten since. ``joins_id``: the open
    contest of the same id that was there already; then nobody is asked once more.
    """

    contest_id: str
    partner_id: str | None
    credential_id: str
    stix_id: str | None = field(repr=False)
    reason: ContestReason
    entered_at: datetime
    reported_at: datetime
    joins_id: str | None = None
