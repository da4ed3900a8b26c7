"""JSON pointers (RFC 6901) that a refusal may carry without giving away what was submitted.

Owns which names may stand in a pointer: those of the specification's schemas and of what we publish, and no others, for a name of
somebody's own may be a value in disguise. Kept by ``tests/stix/test_pointers.py``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from app.stix import oasis_schemas, published

_PRESCRIBED = re.compile(r"\^([A-Za-z0-9_|-]+)\$", re.ASCII)  # an expression that is a list of names
_LONGEST_NAME = 64
_TLP_2 = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"  # of OASIS


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
    """Give all names that ``is_known_name`` knows."""
    names = {"id", "more", "next", "objects", "type", _TLP_2}  # of envelopes and bundles
    for document in (*oasis_schemas.documents(), *_published_documents()):
        names.update(_names_in(document))
    return frozenset(name for name in names if re.fullmatch("[A-Za-z0-9_-]+", name, re.ASCII))


def _published_documents() -> Iterator[Any]:
    # What the REST interface calls its own documents' members is no word of objects.
    for path in sorted(published.folder().rglob("*.json")):
        if "examples" not in path.parts and path.name != "openapi.json":
            yield json.loads(path.read_text(encoding="utf-8"))


def _names_in(schema: Any) -> Iterator[str]:
    """Give the names that a schema, or an extension's definition, knows for members, however deep."""
    if isinstance(schema, list):
        for member in schema:
            yield from _names_in(member)
    elif isinstance(schema, dict):
        if schema.get("type") == "extension-definition":
            yield schema["id"]
        for keyword, member in schema.items():
            if keyword == "properties" and isinstance(member, dict):
                yield from member
            elif keyword == "patternProperties" and isinstance(member, dict):
                yield from _names_of_expressions(member)
            elif keyword == "propertyNames" and isinstance(member, dict):
                yield from member.get("enum", ())
            yield from _names_in(member)


def _names_of_expressions(expressions: Iterable[str]) -> Iterator[str]:
    for expression in expressions:
        if found := _PRESCRIBED.fullmatch(expression):
            yield from found[1].split("|")
