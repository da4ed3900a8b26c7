"""Which STIX objects an exchange states itself, with the key of its statements.

Owns the list, which the signer, and whoever verifies, go by. Kept by ``tests/client/test_stated_objects.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NOTICE_TYPE = "recall-notice"
"""The STIX type in which the exchange tells of a recall; it alone signs objects of this type."""

_OF_THE_CATALOGUE = frozenset({"attack-pattern", "course-of-action"})
_MITIGATES = "mitigates"


def is_stated_by_exchanges(value: Mapping[str, Any]) -> bool:
    """Whether an object (unverified) is a notice of a recall, or of a kind that the catalogue has: others sign these too."""
    kind = value.get("type")
    is_mitigation = kind == "relationship" and value.get("relationship_type") == _MITIGATES
    return kind == NOTICE_TYPE or is_mitigation or (isinstance(kind, str) and kind in _OF_THE_CATALOGUE)
