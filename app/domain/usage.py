"""How much partners use in a day, how much they may, and their questions about persons.

Owns the values; a day is one of UTC. What is too much, ``app/policy/volume.py`` says. Kept by ``tests/domain/test_usage.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique


@unique
class QuestionKind(StrEnum):
    """What is asked of the exchange that may tell something of a person, or of other members. Alphabetical, never reused."""

    ACCESS = "access"
    CONTEST = "contest"
    EVALUATION = "evaluation"
    OBSERVABLE = "observable"
    OVERLAP = "overlap"
    SIMULATION = "simulation"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Budgets:
    """What the exchange lets each partner use in a day where its agreement says no other number, and each person of its staff."""

    versions_per_day: int = 5_000_000
    lookups_per_day: int = 2_000
    evaluations_per_day: int = 1_000
    objects_per_day: int = 1_000_000
    simulations_per_day: int = 500
    staff_lookups_per_day: int = 50
    access_requests_per_day: int = 50


@dataclass(frozen=True, slots=True)
class Question:
    """One question, as it is audited: who asked, why and by which way; never what about (``subject`` is a salted digest).

    ``partner_id`` None: a person of the exchange's staff, whose the credential is. ``question_id`` 0: not kept yet.
    """

    partner_id: str | None
    credential_id: str
    kind: QuestionKind
    purpose: str | None
    channel: str
    asked_at: datetime
    question_id: int = 0


def start_of_day(now: datetime) -> datetime:
    """Give the first instant of the day (UTC) of an aware UTC instant."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def seconds_left_today(now: datetime) -> int:
    """Give how many whole seconds, at least 1, until the next day begins."""
    return max(1, -int((now - start_of_day(now) - timedelta(days=1)).total_seconds()))
