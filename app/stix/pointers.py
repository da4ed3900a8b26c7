"""JSON pointers (RFC 6901) that a refusal may carry without giving away what was submitted.

Owns which names may stand in a pointer. Kept by ``tests/stix/test_pointers.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SPEAKABLE = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def pointer(path: Iterable[str | int]) -> str:
    """Give the pointer of ``path``: unverified member names and list positions from the root on.

    It ends before the first name that is no plain STIX name (letters, digits, ``_`` and ``-``, at most 64): such a name may be
    a value in disguise, so the pointer then names the object that holds it. The names left in need no escape.
    """
    parts = []
    for step in path:
        if isinstance(step, str) and not _SPEAKABLE.fullmatch(step):
            break
        parts.append(f"/{step}")
    return "".join(parts)
