"""Which version of a partner's agreement is in force, and when that can change next.

Owns the choice among versions by date. Does not read, write or approve agreements, and says nothing about what their terms
allow (``app/policy/clauses.py``, ``app/policy/submission.py``). Kept by ``tests/policy/test_agreements.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.domain.agreement import Agreement


def is_in_force(agreement: Agreement, now: datetime) -> bool:
    """Whether this version allows anything at ``now``: from ``starts_at`` on, up to but without ``ends_at``, if not suspended.

    NOT checked: whether a later version governs instead (``agreement_in_force``).
    """
    return not agreement.is_suspended and agreement.starts_at <= now and (agreement.ends_at is None or now < agreement.ends_at)


def agreement_in_force(agreements: Iterable[Agreement], now: datetime) -> Agreement | None:
    """Give the version in force at ``now``, or None.

    Of the versions that have started the highest governs. If that one has ended or is suspended, nothing is in force: it never
    falls back to an older one, or ending an agreement would revive the one it replaced. ``agreements`` are the versions of one
    partner, in any order; that they belong to one partner is NOT checked.
    """
    started = [agreement for agreement in agreements if agreement.starts_at <= now]
    newest = max(started, key=lambda agreement: agreement.version, default=None)
    return newest if newest is not None and is_in_force(newest, now) else None


def next_boundary(agreements: Iterable[Agreement], now: datetime) -> datetime | None:
    """Give the first instant after ``now`` at which ``agreement_in_force`` answers otherwise, or None if it never will.

    Up to that instant (exclusive) the answer of ``now`` stays right, so that long a visible set computed now may be kept.
    """
    versions = tuple(agreements)
    answer_now = agreement_in_force(versions, now)
    starts = {version.starts_at for version in versions}
    ends = {version.ends_at for version in versions if version.ends_at is not None}
    later = sorted(instant for instant in starts | ends if instant > now)
    return next((instant for instant in later if agreement_in_force(versions, instant) != answer_now), None)
