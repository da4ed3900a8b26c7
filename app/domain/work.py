"""Nouns of work that runs by itself: the states of a piece of it, and what may be told of one.

Kept by ``tests/domain/test_work.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique


@unique
class WorkState(StrEnum):
    """What has become of a piece of work. One that runs is waiting under a lease."""

    CANCELLED = "cancelled"
    DEAD = "dead"
    DONE = "done"
    WAITING = "waiting"


@unique
class LaneName(StrEnum):
    """The lanes of work, each with threads of its own."""

    BULK = "bulk"
    CALLS = "calls"
    PROMPT = "prompt"


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work as operators see it: what kind it is and how it goes, never what it is about.

    ``is_running``: a worker holds it. ``failure`` names the kind and the places of the last failure.
    """

    work_id: int
    kind: str
    state: WorkState
    due_at: datetime
    wanted_at: datetime
    attempts: int
    is_running: bool
    partner_id: str | None
    claimed_by: str | None
    claimed_at: datetime | None
    failure: str | None
    ended_at: datetime | None
