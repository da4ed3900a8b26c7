"""What one version says otherwise than the one before it, member by member, so that a person reads it.

Owns the comparison and how values are shown; signatures are left out, since each version has its own. Kept by
``tests/portal/finding/test_differences.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.portal.finding.defanged import defanged
from breakwater_client.extensions import OCSEA_CONTEXT, SIGNATURE

LONGEST_VALUE = 2_000
_PASSED_OVER = frozenset({"modified"})


@dataclass(frozen=True, slots=True)
class Difference:
    """A member that was added (``before`` None), taken away (``after`` None) or changed."""

    member: str
    before: str | None
    after: str | None


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Give what changed from one version to the next, by the names of members."""
    old, new = dict(_members(before)), dict(_members(after))
    return [
        Difference(name, _shown(old, name), _shown(new, name))
        for name in dict.fromkeys([*new, *old])
        if old.get(name, _NOTHING) != new.get(name, _NOTHING)
    ]


_NOTHING = object()


def _members(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give members by name; those of the context stand as if they were the object's own."""
    for name, member in value.items():
        if name == "extensions":
            yield from (_of_extension(one, of) for one, of in member.items() if one not in {SIGNATURE, OCSEA_CONTEXT})
            yield from member.get(OCSEA_CONTEXT, {}).items()
        elif name not in _PASSED_OVER:
            yield name, member


def _of_extension(name: str, member: Any) -> tuple[str, Any]:
    return f"extension {name.rpartition('--')[2][:8]}", member


def _shown(members: Mapping[str, Any], name: str) -> str | None:
    if name not in members:
        return None
    value = members[name]
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        text = "\n".join(value)
    else:
        text = value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False)
    return defanged(text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…")
