"""Who declares countermeasures and counts in releases, and how often releases may be made.

What a release may tell is ``aggregates``'. Everybody with an account reads releases, regulators and researchers nothing else of
this; whoever declared something reads that, and nobody else does. Kept by ``tests/policy/test_prevention.py``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.partner import Partner
from app.domain.vocabulary import Role
from app.policy.clauses import AGGREGATES_ONLY_ROLES

CONTRIBUTING_ROLES = frozenset(Role) - AGGREGATES_ONLY_ROLES - {Role.LAW_ENFORCEMENT}
"""Who counts: not law enforcement, since what it reports may be what it investigates."""

LEAST_BETWEEN_RELEASES = timedelta(days=28)
"""Nobody makes releases closer together: what happened between two is else easy to guess."""

REPORTS_COUNT_FOR = timedelta(days=91)
"""A quarter: reports of this long before a release count in it."""

_NOT_OF_THOSE = "Organisations of your role read releases, and declare nothing."
_NOBODY = "Declarations are a partner's own."


def why_not_declaring(partner: Partner | None) -> str | None:
    """Give the sentence why a caller (None: no partner's) does not declare countermeasures, or None."""
    if partner is None:
        return _NOBODY
    return None if partner.role in CONTRIBUTING_ROLES else _NOT_OF_THOSE


def next_release_at(newest: datetime | None) -> datetime | None:
    """Give from when on another release may be made, None: at any time."""
    return None if newest is None else newest + LEAST_BETWEEN_RELEASES
