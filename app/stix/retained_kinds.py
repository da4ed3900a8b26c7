"""Which kinds of thing an object has in it, as far as retention asks: its own type, ids, members, and what patterns speak about.

Owns one look at the canonical bytes, which serves what comes in and what was stored before the question was asked. It may find
too much (a text that says ``url:``), and then less is stored; identifiers in free text it does not find. Kept by
``tests/stix/test_retained_kinds.py``.
"""

from __future__ import annotations

import re

from app.domain.retention import KINDS

_NAMES = b"|".join(sorted((name.encode() for name in KINDS), reverse=True))
# "type":"url" of the object or a member of it, url--… as an id wherever it stands, [url:value …] in a pattern.
_NAMED = re.compile(rb'"type":"(' + _NAMES + rb')"|(?<![a-z0-9-])(' + _NAMES + rb")(?:--|:)")


def kinds_in(content: bytes) -> frozenset[str]:
    """Give the kinds of ``domain.retention`` that an object has in it; ``content`` are its canonical bytes (RFC 8785)."""
    return frozenset((own or named).decode() for own, named in _NAMED.findall(content))
