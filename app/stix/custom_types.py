"""Objects of types that the specification does not have: which kind of object an extension, or an old custom, makes them.

Owns the reading of ``new-sdo``, ``new-sco`` and ``new-sro`` (STIX 2.1 §7.3) and of the deprecated custom objects (§11.2). What
their own properties say is known to their authors alone, but for the exchange's own types (``exchange_types``). Kept by
``tests/stix/test_custom_types.py``.
"""

from __future__ import annotations

import re
from typing import Any

from app.domain.errors import Code, ProfileError
from app.domain.stix_object import JsonObject
from app.stix.exchange_types import exchange_type
from app.stix.object_types import CUSTOM_TYPES, Kind, ObjectType
from app.stix.violations import schema_violation

_TYPE_NAME = re.compile(r"(?=.{3,250}\Z)[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)  # STIX 2.1 §2.14, §11.2
_KINDS = {kind.value: kind for kind in CUSTOM_TYPES}
_BUNDLE = "A bundle is no STIX object: submit the objects that it holds."
_UNKNOWN = (
    "STIX 2.1 has no such type. An object of a type of one's own names, in extensions, the id of its extension-definition, with "
    "the extension_type new-sdo, new-sco or new-sro."
)


def custom_type(value: JsonObject) -> ObjectType:
    """Give what is known of an object (strictly parsed, unverified) whose type, a text, is none of the specification's.

    An extension says its kind. Without one, a type that begins with ``x-`` is a deprecated custom object: a cyber-observable if
    it has neither ``created`` nor ``modified``.

    Raises:
        ProfileError: code ``object-type-unsupported`` if it is neither, or a bundle; ``schema-violation`` if its type is no name
            of one, or two extensions make different things of it.
    """
    name = value["type"]
    if name == "bundle":
        raise ProfileError(_BUNDLE, code=Code.OBJECT_TYPE_UNSUPPORTED, pointer="/type")
    kinds = set(_kinds_said(value.get("extensions")))
    if not kinds and not is_deprecated_custom_type(name):
        raise ProfileError(_UNKNOWN, code=Code.OBJECT_TYPE_UNSUPPORTED, pointer="/type")
    if not _TYPE_NAME.fullmatch(name):
        raise schema_violation("A type has 3 to 250 lower-case letters, digits and single hyphens, a letter first.", "type")
    if len(kinds) > 1:
        raise schema_violation("The extensions make different kinds of object of this one.", "extensions")
    own = exchange_type(value)
    if own and own.about.kind in kinds:
        return own.about
    if kinds:
        return CUSTOM_TYPES[kinds.pop()]
    return CUSTOM_TYPES[Kind.OBSERVABLE if value.keys().isdisjoint(("created", "modified")) else Kind.DOMAIN]


def is_deprecated_custom_type(name: str) -> bool:
    """Whether a type's name is one that custom objects without an extension had (STIX 2.1 §11.2)."""
    return name.startswith("x-")


def is_defined_by_extension(value: JsonObject) -> bool:
    """Whether an extension says what kind of object this one is."""
    return any(_kinds_said(value.get("extensions")))


def _kinds_said(extensions: Any) -> list[Kind]:
    if not isinstance(extensions, dict):
        return []
    said = (extension.get("extension_type") for extension in extensions.values() if isinstance(extension, dict))
    return [_KINDS[word] for word in said if isinstance(word, str) and word in _KINDS]
