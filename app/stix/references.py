"""Which other objects an object refers to.

Owns what counts as a reference and the bound on their number. Whether the objects exist, and what referring to them does to the
handling, is decided elsewhere. Kept by ``tests/stix/test_references.py``.
"""

from __future__ import annotations

from typing import Any

from app.domain.errors import Code, ProfileError
from app.domain.stix_object import JsonObject
from app.stix.identifiers import named_type
from breakwater_client.documents.pointers import pointer

MAX_REFERENCES = 500
"""Most different objects that one object may refer to: the number of handling classes grows with it."""

MAX_MARKINGS = 100
"""Most different markings of one object and its parts together: each is looked up and narrows its handling."""

_NOT_NARROWING = frozenset({"created_by_ref", "marking_ref", "object_marking_refs"})


def references(value: JsonObject) -> frozenset[str]:
    """Give the ids that an object (strictly parsed) refers to: of every ``*_ref`` and ``*_refs`` property, at any depth.

    So those of unknown properties and foreign extensions count too. ``created_by_ref`` and references to markings do not, nor
    do values that are no STIX ids.

    Raises:
        ProfileError: code ``too-many-references``, pointing at the top-level property that passes the bound.
    """
    found: set[str] = set()
    for name, member in value.items():
        _collect(name, member, found)
        if len(found) > MAX_REFERENCES:
            sentence = f"An object refers to at most {MAX_REFERENCES} others; compose several."
            raise ProfileError(sentence, code=Code.TOO_MANY_REFERENCES, pointer=pointer([name]))
    return frozenset(found)


def marking_references(value: JsonObject) -> frozenset[str]:
    """Give the ids of all markings of a schema-checked object: of the whole object and of its parts.

    Raises:
        ProfileError: code ``too-many-references``, pointing at the property that passes the bound.
    """
    found = set(value.get("object_marking_refs", ()))
    _check_markings(found, "object_marking_refs")
    found.update(marking["marking_ref"] for marking in value.get("granular_markings", ()) if "marking_ref" in marking)
    _check_markings(found, "granular_markings")
    return frozenset(found)


def _check_markings(found: set[str], name: str) -> None:
    if len(found) > MAX_MARKINGS:
        sentence = f"An object has at most {MAX_MARKINGS} different markings, those of its parts among them."
        raise ProfileError(sentence, code=Code.TOO_MANY_REFERENCES, pointer=pointer([name]))


def _collect(name: str, member: Any, found: set[str]) -> None:
    """Add what a property says of references and go on below it; strict parsing has bounded the depth."""
    kind = type(member)
    if kind is str:
        if name.endswith("_ref") and name not in _NOT_NARROWING and named_type(member):
            found.add(member)
    elif kind is dict:
        for inner_name, inner in member.items():
            _collect(inner_name, inner, found)
    elif kind is list:
        if name.endswith("_refs") and name not in _NOT_NARROWING:
            found.update(target for target in member if named_type(target))
        for inner in member:
            if type(inner) is dict or type(inner) is list:
                _collect("", inner, found)
