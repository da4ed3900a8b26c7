"""JSON pointers (RFC 6901) that a refusal may carry without giving away what was submitted.

Owns which names may stand in a pointer: those of the specification's schemas and of what we publish, and no others, for a name of
somebody's own may be a value in disguise. Kept by ``tests/client/documents/test_pointers.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

NAMES_FILE = "known_names.txt"
"""A name a line, as ``app.stix.schema_names`` reads them out of the schemas."""

_LONGEST_NAME = 64


def pointer(path: Iterable[str | int]) -> str:
    """Give the pointer of ``path``: unverified member names and list positions from the root on.

    It ends before the first name that ``is_known_name`` does not know, and so names the object that holds that member. The names
    left in need no escape.
    """
    parts = []
    for step in path:
        if isinstance(step, str) and not is_known_name(step):
            break
        parts.append(f"/{step}")
    return "".join(parts)


def is_known_name(name: str) -> bool:
    """Whether a member name (unverified) is one that STIX 2.1 or the exchange's published schemas give to a member.

    Where the member stands is NOT looked at. The first call reads the schemas, for some tens of milliseconds.
    """
    return len(name) <= _LONGEST_NAME and name in known_names()


@cache
def known_names() -> frozenset[str]:
    """Give all names that ``is_known_name`` knows: those of the file beside this module."""
    return frozenset((Path(__file__).with_name(NAMES_FILE)).read_text(encoding="ascii").split())
