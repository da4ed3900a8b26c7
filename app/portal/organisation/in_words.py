"""Lists of words as they stand in a sentence, and what permissions let somebody do.

The words are the vocabulary's. Kept by ``tests/portal/organisation/test_in_words.py``.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole
from app.portal.plain_words import WORDS, offered, spoken


def in_order(roles: Iterable[MemberRole]) -> list[MemberRole]:
    """Give roles in the order in which they are offered."""
    held = set(roles)
    return [one for one in offered(MemberRole) if one in held]


def listed(words: Iterable[str], last: str = "and") -> str:
    """Give words as a list in a sentence: *a*, *a and b*, *a, b and c*."""
    *first, end = list(words) or [""]
    return f"{', '.join(first)} {last} {end}" if first else end


def said_of(permissions: Iterable[Permission]) -> list[str]:
    """Give what permissions let somebody do, by the order of their names; of what is no partner's nothing."""
    return [spoken(one) for one in sorted(permissions) if one in WORDS[Permission]]
