"""Names of files in depots: what one may be, so that it means one place in every kind of depot and leads out of none.

Owns the form and its refusal; opens nothing. Kept by ``tests/depot/test_names.py``.
"""

from __future__ import annotations

import re

from app.domain.errors import MalformedInputError

_SEGMENT = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}", re.ASCII)  # no leading dot: neither "..", nor a file that is being written
_MOST_SEGMENTS = 8


def segments(name: str) -> tuple[str, ...]:
    """Give the parts of a file's name, ``("a", "b", "c")`` for ``a/b/c``: 1 to 8, each of 1 to 128 characters.

    Raises:
        MalformedInputError: this is no such name.
    """
    found = tuple(name.split("/"))
    if len(found) > _MOST_SEGMENTS or not all(is_segment(one) for one in found):
        raise MalformedInputError("This is not a name of a file in a depot.")
    return found


def folder_segments(prefix: str) -> tuple[str, ...]:
    """Give the parts of a prefix, which is a folder's name with or without a ``/`` at its end; none for all of the depot.

    Raises:
        MalformedInputError: this is no such name.
    """
    return segments(prefix.removesuffix("/")) if prefix else ()


def is_segment(text: str) -> bool:
    """Tell whether this may be one part of a name."""
    return _SEGMENT.fullmatch(text) is not None
