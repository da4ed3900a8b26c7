"""Erasure: why the content of stored versions was taken away for good, and what is remembered of them.

Owns the words and values; nothing here names an object. Kept by ``tests/domain/test_erasure.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique


@unique
class ErasureReason(StrEnum):
    """Why a version was erased; the words stand in the log, in the journal of erasures and in ``docs/retention.md``."""

    ERASURE = "erasure"
    RETENTION = "retention"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, slots=True)
class ErasedVersion:
    """All that is remembered of an erased version: numbers of ours, whose it was, why and when. No id, no digest, no selector.

    ``logged_in`` is the index of the leaf that records the erasure; None while the exchange could not log it yet, which is so on
    a database that was brought back. ``finished_at``: when the row of the version itself went, None while a recall needs it.
    """

    version_id: int
    log_index: int
    owner_id: str
    reason: ErasureReason
    received_at: datetime
    erased_at: datetime
    logged_in: int | None
    finished_at: datetime | None
