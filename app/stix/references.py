"""Which other objects an object refers to.

Owns what counts as a reference and the bound on their number. Whether the objects exist, and what referring to them does to the
handling, is decided elsewhere. Kept by ``tests/stix/test_references.py``.
"""

from __future__ import annotations

from typing import Any

from app.domain.errors import Code, ProfileError
from app.domain.stix_object import JsonObject
from app.stix.identifiers import named_type
from app.stix.pointers import pointer

MAX_REFERENCES = 500
"""Most different objects that one object may refer to: the number of handling classes grows with it."""

_NOT_NARROWING = frozenset({"created_by_ref", "marking_ref", "object_marking_refs"})


def references(value: JsonObject) -> frozenset[str]:
    """Give the ids that an object (strictly parsed) refers to: of every ``*_ref`` and ``*_refs`` property, at any depth.

    So those of unknown properties and foreign extensions count too. ``created_by_ref`` and references to markings do not, nor
    do values that are no STIX ids.

    Raises:
        ProfileError: code ``too-many-references``, pointing at the property that passes the bound.
    """
    found: set[str] = set()
    _collect(value, (), found)
    return frozenset(found)


def marking_references(value: JsonObject) -> frozenset[str]:
    """Give the ids of all markings of a schema-checked object: of the whole object and of its parts."""
    granular = (marking["marking_ref"] for marking in value.get("granular_markings", ()) if "marking_ref" in marking)
    return frozenset((*value.get("object_marking_refs", ()), *granular))


def _collect(node: Any, path: tuple[str | int, ...], found: set[str]) -> None:
    """Walk down; strict parsing has bounded the depth."""
    members = node.items() if isinstance(node, dict) else enumerate(node)
    for step, member in members:
        if isinstance(member, (dict, list)):
            _collect(member, (*path, step), found)
        elif isinstance(member, str) and _is_reference(step, path) and named_type(member):
            found.add(member)
            if len(found) > MAX_REFERENCES:
                sentence = f"An object refers to at most {MAX_REFERENCES} others; compose several."
                place = path if isinstance(step, int) else (*path, step)
                raise ProfileError(sentence, code=Code.TOO_MANY_REFERENCES, pointer=pointer(place))


def _is_reference(step: str | int, path: tuple[str | int, ...]) -> bool:
    """Whether a text at ``step`` below ``path`` stands where a reference does."""
    if isinstance(step, str):
        return step.endswith("_ref") and step not in _NOT_NARROWING
    name = path[-1]
    return isinstance(name, str) and name.endswith("_refs") and name not in _NOT_NARROWING
