"""STIX 2.1 in form: the schemas of OASIS, and the rules of the specification's text that no schema can say.

Owns the order of these checks, for all types of the specification and those that extensions bring along. Open vocabularies are
not enforced; unknown properties are kept as they are. What the exchange asks beyond the specification is in ``profile``. Kept by
``tests/stix/test_schema.py`` and ``tests/stix/test_conformance.py``, with stix2-validator and stix2 as oracles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from app.domain.errors import ProfileError
from app.domain.stix_object import JsonObject, timestamp_key
from app.stix import oasis_schemas
from app.stix.custom_types import custom_type
from app.stix.identifiers import is_extension_id, named_type
from app.stix.object_types import CUSTOM_TYPES, OBJECT_TYPES, PREDEFINED_EXTENSIONS, Kind, ObjectType, Place, Targets
from app.stix.observable_ids import check_id_version
from app.stix.type_rules import check_type_rules, is_language, is_property_name
from app.stix.violations import check_against, schema_violation
from breakwater_client.documents.pointers import known_names, pointer

_Path = tuple[str | int, ...]

_COMMON_REFERENCES = (
    ("created_by_ref", Targets(only=frozenset({"identity"}), words="identity")),
    ("object_marking_refs", Targets(only=frozenset({"marking-definition"}), words="marking-definition")),
)
_TIME_ORDERS = (  # earlier, later, and whether both may be one instant (STIX 2.1 §3.2, §4.7, §4.2, §5.1, §5.2, §4.14, §6.12)
    ("created", "modified", True),
    ("valid_from", "valid_until", False),
    ("first_seen", "last_seen", True),
    ("start_time", "stop_time", False),
    ("first_observed", "last_observed", True),
    ("start", "end", True),
    ("opened_at", "closed_at", True),
)
_SELECTOR_INDEX = re.compile(r"\[([0-9]{1,9})\]", re.ASCII)
_CUSTOM_EXTENSION = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*-ext", re.ASCII)
_BAD_REFERENCE = "A reference is a STIX id with a lower-case UUID of version 4 or 5."
_NO_TIME = "This date and time do not exist, or have more than 20 digits after the second."


def check_schema(value: JsonObject) -> ObjectType:
    """Give what is known of the type of an object (strictly parsed JSON, unverified) that is valid STIX 2.1.

    Checked: the OASIS schema of its type; names of properties; ``spec_version``; ids and references with UUIDs of version 4 or 5
    in lower case, and the types they may name; times that exist and their order; names of extensions; selectors that select
    something; the observables that an observed-data object holds. Custom properties and foreign extensions are kept. Patterns,
    whether a name-based id is the right one, and what our extensions say are NOT checked here.

    Raises:
        ProfileError: code ``object-type-unsupported``, or ``schema-violation`` with a pointer relative to the object.
    """
    about = _type_of(value)
    check_against(oasis_schemas.validator(about.schema), value)
    for name in value.keys() - _published_property_names():
        if not is_property_name(name):
            raise schema_violation("Names of properties have 3 to 250 lower-case letters, digits and underscores.", name)
    if value.get("spec_version", "2.1") != "2.1":
        raise schema_violation("The exchange takes STIX 2.1.", "spec_version")
    if "lang" in value:
        _check_language(value["lang"], "lang")
    _check_identifiers(value, about)
    _check_times(value, about)
    if "extensions" in value:
        _check_extension_names(value, about)
    if "granular_markings" in value:
        _check_granular_markings(value)
    check_type_rules(value)
    if about.kind is Kind.OBSERVABLE and about is not CUSTOM_TYPES[Kind.OBSERVABLE]:
        check_id_version(value)
    if value["type"] == "observed-data" and "objects" in value:
        _check_embedded(value["objects"])
    return about


@cache
def _published_property_names() -> frozenset[str]:
    """Names that need no second look: most names in most objects."""
    return frozenset(filter(is_property_name, known_names()))


def _type_of(value: JsonObject) -> ObjectType:
    name = value.get("type")
    if not isinstance(name, str):
        raise schema_violation("A STIX object has a type, which is a text.", *(["type"] if "type" in value else []))
    return OBJECT_TYPES.get(name) or custom_type(value)


def _check_language(tag: object, *path: str | int) -> None:
    if not isinstance(tag, str) or not is_language(tag):
        raise schema_violation("Write one language tag (RFC 5646), such as de or pt-BR.", *path)


def _check_identifiers(value: JsonObject, about: ObjectType) -> None:
    if named_type(value["id"]) != value["type"]:
        sentence = "The id is the type, two hyphens and a lower-case UUID of version 4 or 5 (STIX 2.1 §2.9)."
        raise schema_violation(sentence, "id")
    for name, targets in (*_COMMON_REFERENCES, *about.references):
        if name in value:
            _check_references(value[name], targets, (name,))
    for place, targets in about.deep_references:
        for path, member in _members_at(value, place):
            _check_references(member, targets, path)


def _members_at(value: JsonObject, place: Place) -> Iterator[tuple[_Path, Any]]:
    """Give the path and value of each property that stands at a place below the top of an object."""
    found: list[tuple[_Path, Any]] = [((), value)]
    for step in place:
        inside = [((*path, step), member[step]) for path, member in found if isinstance(member, dict) and step in member]
        found = []
        for path, member in inside:
            if isinstance(member, list) and step != place[-1]:
                found.extend(((*path, position), each) for position, each in enumerate(member))
            else:
                found.append((path, member))
    yield from found


def _check_references(target: object, targets: Targets, path: _Path) -> None:
    if isinstance(target, list):
        for position, member in enumerate(target):
            _check_reference(member, targets, (*path, position))
    else:
        _check_reference(target, targets, path)


def _check_reference(target: object, targets: Targets, path: _Path) -> None:
    target_type = named_type(target)
    if target_type is None:
        raise schema_violation(_BAD_REFERENCE, *path)
    if (targets.only and target_type not in targets.only) or target_type in targets.never:
        raise schema_violation(f"A reference here names an object of type {targets.words}.", *path)


def _check_times(value: JsonObject, about: ObjectType) -> None:
    keys = {name: _time_key(value[name], (name,)) for name in about.times if name in value}
    for earlier, later, may_be_equal in _TIME_ORDERS:
        if earlier in keys and later in keys:
            before, after = keys[earlier], keys[later]
            if after < before or (after == before and not may_be_equal):
                raise schema_violation(f"{later} comes {'not before' if may_be_equal else 'after'} {earlier}.", later)
    for place in about.deep_times:
        check_times_at(value, place)


def check_times_at(value: JsonObject, place: Place) -> None:
    """Refuse an object in which the property at a place below its top, a text wherever it stands, is a time that does not exist.

    Raises:
        ProfileError: code ``schema-violation``.
    """
    for path, member in _members_at(value, place):
        _time_key(member, path)


def _time_key(text: object, path: _Path) -> str:
    key = timestamp_key(text) if isinstance(text, str) else None
    if key is None:
        raise schema_violation(_NO_TIME, *path)
    return key


def _check_extension_names(value: JsonObject, about: ObjectType) -> None:
    """STIX 2.1 §7.3; the names of custom extensions before it (§11.3) end with ``-ext``, as those of the specification do."""
    for name in value["extensions"]:
        if is_extension_id(name) or name in about.extensions:
            continue
        if name in PREDEFINED_EXTENSIONS:
            raise schema_violation("This extension belongs to objects of another type.", "extensions", name)
        if not _CUSTOM_EXTENSION.fullmatch(name):
            sentence = "An extension is named by the id of its extension-definition, with a UUID of version 4."
            raise schema_violation(sentence, "extensions", name)


def _check_granular_markings(value: JsonObject) -> None:
    """STIX 2.1 §7.2.3: the stix2 library refuses to parse an object whose selectors select nothing."""
    for position, marking in enumerate(value["granular_markings"]):
        place = ("granular_markings", position)
        if "lang" in marking:
            _check_language(marking["lang"], *place, "lang")
        if "marking_ref" in marking and named_type(marking["marking_ref"]) is None:
            raise schema_violation(_BAD_REFERENCE, *place, "marking_ref")
        for number, selector in enumerate(marking["selectors"]):
            if not _selects(value, selector):
                raise schema_violation("The selector selects nothing in this object.", *place, "selectors", number)


def _selects(value: Any, selector: str) -> bool:
    for step in selector.split("."):
        index = _SELECTOR_INDEX.fullmatch(step)
        if index and isinstance(value, list) and int(index[1]) < len(value):
            value = value[int(index[1])]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return False
    return True


def _check_embedded(observables: JsonObject) -> None:
    """STIX 2.1 §4.14, deprecated: each is a whole cyber-observable, whose references are ids as everywhere in STIX 2.1."""
    for name, member in observables.items():
        try:
            if check_schema(member).kind is not Kind.OBSERVABLE:
                raise schema_violation("Here stand cyber-observables only.", "type")
        except ProfileError as refusal:
            place = pointer(("objects", name))
            inside = refusal.pointer or "" if place != "/objects" else ""
            raise ProfileError(refusal.sentence, code=refusal.code, pointer=place + inside) from None
