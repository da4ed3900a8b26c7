"""STIX identifiers (STIX 2.1 §2.9): their one spelling here, and which types they name.

Owns the form; whether the thing exists is asked elsewhere. Kept by ``tests/stix/test_identifiers.py``.
"""

from __future__ import annotations

import re

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_IDENTIFIER = re.compile(rf"([a-z][a-z0-9-]{{1,248}}[a-z0-9])--{_UUID}", re.ASCII)
_VERSION = -22  # where an id has its UUID's version, from the end
_EXTENSION_ID = re.compile(r"extension-definition--[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)


def named_type(identifier: object) -> str | None:
    """Give the object type that an id (unverified) names, or None if it is no STIX id.

    The UUID is lower-case, of RFC 4122's variant and of version 4 or 5; version 1 would tell a machine's address and clock.
    """
    match = _IDENTIFIER.fullmatch(identifier) if isinstance(identifier, str) else None
    return match[1] if match else None


def is_extension_id(name: str) -> bool:
    """Whether a member name of ``extensions`` is the id of an extension definition (STIX 2.1 §7.3), with a UUID version 4."""
    return _EXTENSION_ID.fullmatch(name) is not None


def is_name_based(identifier: str) -> bool:
    """Whether a STIX id has a UUID of version 5, made of a name: whoever knows the name can compute it."""
    return identifier[_VERSION] == "5"
