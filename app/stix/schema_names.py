"""The names that the specification's schemas, and those that the exchange publishes, give to members of objects.

Owns reading them out of the schemas, and writing the list that the client's pointers go by (``python -m app.stix.schema_names``).
Kept by ``tests/stix/test_schema_names.py``, which holds the written list against the schemas.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from app.stix import oasis_schemas
from breakwater_client.documents import pointers, published

_PRESCRIBED = re.compile(r"\^([A-Za-z0-9_|-]+)\$", re.ASCII)  # an expression that is a list of names
_TLP_2 = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"  # of OASIS


def names_of_schemas() -> frozenset[str]:
    """Give the names of members in all schemas, and those of envelopes and bundles."""
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


def write_names() -> Path:
    """Write the list that pointers go by, and give its file."""
    file = Path(pointers.__file__).with_name(pointers.NAMES_FILE)
    file.write_text("".join(f"{name}\n" for name in sorted(names_of_schemas())), encoding="ascii")
    return file


if __name__ == "__main__":
    write_names()
