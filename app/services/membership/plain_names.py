"""Names of partners and persons: only what can be seen, so that none reads as another's.

Owns the one rule for names that are enrolled or added by whatever way; titles of groups have it in ``keep_groups``, with more.
Kept by ``tests/services/membership/test_plain_names.py``.
"""

from __future__ import annotations

from app.domain.errors import MalformedInputError
from app.domain.plain_text import is_plain


def check_name(name: str) -> None:
    """Refuse a name with what cannot be seen, as characters that turn the direction of writing.

    Raises:
        MalformedInputError: there is such a character.
    """
    if not is_plain(name):
        raise MalformedInputError("A name holds only characters that can be seen, and blanks.", pointer="/name")
