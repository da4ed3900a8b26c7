"""Sharing groups: partners that share with each other, and what each of them may do there.

Owns the values. Who may keep a group is ``app/services/membership/keep_groups.py``'s, who sees what was posted to one
``app/policy``'s. Kept by ``tests/domain/test_sharing.py``.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from app.domain.vocabulary import Harm

_LOOK_ALIKES = str.maketrans(
    "\u0430\u0441\u0501\u0435\u0261\u04bb\u0456\u0458\u03ba\u043a\u043c\u043e\u0440\u051b\u0455\u0442\u03c5\u0443\u03bd\u0475\u051d\u0445"
    "\u03b1\u03b5\u03b9\u03bf\u03c1\u03c4\u03c7\u03b7\u0433\u0131\u0251\u00f8\u0142\u0127\u0111\u1d07\u1d04\u029c\u1d00\u0274\u0262\u0432",
    "acdeghljkkmopqstuuvvwxaeloptxnrlaolhdechangb",
) | str.maketrans("01i|35", "ollles")


def folded(title: str) -> str:
    """Give what two titles have in common that differ in case, width, composition or blanks alone."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", title).casefold()).split())


def is_reserved(title: str) -> bool:
    """Whether a title is, or looks like, that of one of the exchange's own: everything, a type of harm, the catalogue."""
    return _outline(title) in _RESERVED


def _outline(title: str) -> str:
    """Give the Latin letters that a title looks like, without accents, blanks and signs."""
    letters = (one for one in unicodedata.normalize("NFKD", folded(title)) if not unicodedata.combining(one))
    return "".join(one for one in "".join(letters).translate(_LOOK_ALIKES) if one.isalnum())


_RESERVED = frozenset(map(_outline, ("catalogue", "exchange", "everything", *Harm)))


@dataclass(frozen=True, slots=True)
class SharingGroup:
    """A sharing group. ``feed`` is the number of its collection's feed; ``manager_id`` None: the exchange's operators manage it.

    ``shares_history``: who joins sees what was posted before. Where not, ``generation`` grows with each who joins, and he sees
    what is posted from then on. A deleted group is nobody; its title stays taken.
    """

    group_id: str
    feed: int
    title: str
    description: str
    manager_id: str | None
    shares_history: bool
    generation: int
    created_at: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GroupMember:
    """What one partner may do in a group; one that may neither read nor write is none. ``partner_id`` may be no partner's.

    It reads what was posted in ``from_generation`` or later.
    """

    group_id: str
    partner_id: str
    can_read: bool
    can_write: bool
    from_generation: int
    joined_at: datetime
