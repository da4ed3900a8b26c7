"""Holding an object that came over other tools against the original that its publisher signed: what differs in value.

Owns the comparison by JSON pointer. Fetches nothing, and verifies nothing: the original is verified by ``verify_objects``. Kept
by ``tests/client/verifying/test_compare_original.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any

from breakwater_client.stix_values import JsonObject, timestamp_key


@unique
class Difference(StrEnum):
    """How a place differs from the original."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    SPELLED = "spelled otherwise"


@dataclass(frozen=True, slots=True)
class Differing:
    """A place (JSON pointer) that differs; no values, which may be of any length."""

    pointer: str
    difference: Difference


def compare(value: JsonObject, original: JsonObject) -> list[Differing]:
    """Give where ``value`` differs from ``original``, in the order of the original's members.

    A date that is the same instant in another spelling is *spelled otherwise*: it says the same, and breaks a signature.
    """
    return list(_differences("", value, original))


def named_version(value: JsonObject) -> tuple[str, str] | None:
    """Give id and version (``modified``, else ``created``; "" without one) of an object (unverified); None without an id."""
    stix_id = value.get("id")
    version = value.get("modified", value.get("created", ""))
    return (stix_id, version) if isinstance(stix_id, str) and isinstance(version, str) else None


def _differences(pointer: str, value: Any, original: Any) -> Iterator[Differing]:
    if isinstance(value, Mapping) and isinstance(original, Mapping):
        names = [*original, *(name for name in value if name not in original)]
        for name in names:
            at = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            yield from _members(at, name, value, original)
    elif isinstance(value, list) and isinstance(original, list) and len(value) == len(original):
        for number, (one, other) in enumerate(zip(value, original, strict=True)):
            yield from _differences(f"{pointer}/{number}", one, other)
    elif type(value) is not type(original) or value != original:
        yield Differing(pointer, Difference.SPELLED if _is_same_instant(value, original) else Difference.CHANGED)


def _members(at: str, name: str, value: Mapping[str, Any], original: Mapping[str, Any]) -> Iterator[Differing]:
    if name not in value:
        yield Differing(at, Difference.REMOVED)
    elif name not in original:
        yield Differing(at, Difference.ADDED)
    else:
        yield from _differences(at, value[name], original[name])


def _is_same_instant(value: object, original: object) -> bool:
    if not isinstance(value, str) or not isinstance(original, str):
        return False
    key = timestamp_key(original)
    return key is not None and timestamp_key(value) == key
