"""Recalls: what an owner withdrew and why, and who is told.

Owns the values, and which versions a choice means. Kept by ``tests/domain/test_recall.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from app.domain.object_vocabulary import RecallAct, RecallReason

NOTICE_TYPE = "recall-notice"
"""The STIX type in which the exchange tells of a recall; it alone signs objects of this type."""


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
    when the notices went out, None until then.
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


@dataclass(frozen=True, slots=True)
class RecalledVersion:
    """A version that is called back. ``payload_digest``: SHA-256 of what its publisher signed."""

    version_id: int
    stix_id: str
    version: str
    payload_digest: bytes
