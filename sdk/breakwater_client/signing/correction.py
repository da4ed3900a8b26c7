"""What a correction makes of an object: the next version of the same object, of now, that says what was wrong before.

Owns which members of which types people correct. What is recognised (patterns, values), what is referred to and on which terms it
is shared are never corrected: that would be another statement. Kept by ``tests/client/signing/test_correction.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from breakwater_client.extensions import OCSEA_CONTEXT, SIGNATURE
from breakwater_client.object_vocabulary import CorrectionReason

CONTEXT_MEMBERS = ("behaviours", "harm_types")
_NAMED = ("name", "description", "confidence", *CONTEXT_MEMBERS)
_TYPES: Mapping[str, tuple[str, ...]] = {
    "attack-pattern": _NAMED,
    "campaign": _NAMED,
    "course-of-action": _NAMED,
    "grouping": _NAMED,
    "incident": _NAMED,
    "indicator": ("name", "description", "confidence", "valid_until", *CONTEXT_MEMBERS),
    "infrastructure": _NAMED,
    "report": _NAMED,
    "tool": _NAMED,
}


def correctable_members(value: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the members of a stored object that can be corrected; none of what is no statement in words of its own."""
    is_stated = isinstance(value.get("extensions", {}).get(OCSEA_CONTEXT), dict)
    return _TYPES.get(str(value.get("type")), ()) if is_stated else ()


def said_of(value: Mapping[str, Any], member: str) -> Any:
    """Give what an object says under a member that can be corrected; None where it says nothing."""
    holder = value.get("extensions", {}).get(OCSEA_CONTEXT, {}) if member in CONTEXT_MEMBERS else value
    return holder.get(member)


def corrected(
    value: Mapping[str, Any], reason: CorrectionReason | str, now: datetime, changes: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Give the next version of an object with a context: unsigned, of ``now`` (aware), with what was wrong before.

    ``changes`` are new values by member; None takes a member away. What they come to is NOT checked.
    """
    rest = {name: one for name, one in value["extensions"].items() if name != SIGNATURE}
    changed, context = dict(value), {**rest[OCSEA_CONTEXT], "correction": str(reason)}
    for member, said in (changes or {}).items():
        holder = context if member in CONTEXT_MEMBERS else changed
        holder.pop(member, None)
        if said is not None:
            holder[member] = said
    modified = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {**changed, "modified": modified, "extensions": {**rest, OCSEA_CONTEXT: context}}
