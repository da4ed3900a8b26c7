"""What is in a draft, in words: kinds of thing and how many, and never a value.

Kept by ``tests/portal/reviewing/test_kinds.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.portal.plain_words import counted_types
from app.portal.words import gettext

_UNTOLD = frozenset({"extension-definition", "grouping", "identity", "marking-definition", "relationship"})
"""What holds the others together, and is nothing of its own to whoever reads."""


def in_words(kinds: Mapping[str, int]) -> list[str]:
    """Give what is in a draft, as "2 accounts"; what has no words here is counted together, at the end."""
    return counted_types({kind: count for kind, count in kinds.items() if kind not in _UNTOLD}) or [gettext("nothing yet")]
