"""STIX 2.1 in form: the schemas of OASIS, and the rules of the specification's text that no schema can say.

Owns the working set of object types. Open vocabularies are not enforced; unknown properties are kept as they are. What the
exchange asks beyond the specification is in ``profile``. Kept by ``tests/stix/test_schema.py``, with stix2-validator and stix2 as
oracles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from app.domain.errors import Code, ProfileError
from app.domain.stix_object import JsonObject, timestamp_key
from app.stix import oasis_schemas
from app.stix.identifiers import is_extension_id, named_type
from app.stix.pointers import pointer
from app.stix.violations import check_against

_VERSIONED = ("created", "modified")
_SEEN = (*_VERSIONED, "first_seen", "last_seen")
_ACCOUNT_TIMES = ("account_created", "account_expires", "credential_last_changed", "account_first_login", "account_last_login")
_ACCOUNT_PROPERTIES = frozenset(
    (
        *("user_id", "credential", "account_login", "account_type", "display_name", "is_service_account", "is_privileged"),
        *("can_escalate_privs", "is_disabled", *_ACCOUNT_TIMES),
    )
)
_ANY = frozenset[str]()


@dataclass(frozen=True, slots=True)
class _Type:
    """One object type: the place of its schema, its properties that are times, and its references with the types they may name.

    An empty set of types says nothing beyond the schema. References common to all types are not repeated.
    """

    schema: str
    times: tuple[str, ...] = _VERSIONED
    references: tuple[tuple[str, frozenset[str]], ...] = ()


_OBJECTS = (("object_refs", _ANY),)
_COMMON_REFERENCES = (("created_by_ref", frozenset({"identity"})), ("object_marking_refs", frozenset({"marking-definition"})))
_TYPES = {
    "attack-pattern": _Type("sdos/attack-pattern.json"),
    "campaign": _Type("sdos/campaign.json", _SEEN),
    "course-of-action": _Type("sdos/course-of-action.json"),
    "domain-name": _Type(
        "observables/domain-name.json", (), (("resolves_to_refs", frozenset({"domain-name", "ipv4-addr", "ipv6-addr"})),)
    ),
    "email-addr": _Type("observables/email-addr.json", (), (("belongs_to_ref", frozenset({"user-account"})),)),
    "extension-definition": _Type("common/extension-definition.json"),
    "grouping": _Type("sdos/grouping.json", references=_OBJECTS),
    "identity": _Type("sdos/identity.json"),
    "indicator": _Type("sdos/indicator.json", (*_VERSIONED, "valid_from", "valid_until")),
    "ipv4-addr": _Type(
        "observables/ipv4-addr.json",
        (),
        (("resolves_to_refs", frozenset({"mac-addr"})), ("belongs_to_refs", frozenset({"autonomous-system"}))),
    ),
    "marking-definition": _Type("common/marking-definition.json", ("created",)),
    "note": _Type("sdos/note.json", references=_OBJECTS),
    "opinion": _Type("sdos/opinion.json", references=_OBJECTS),
    "relationship": _Type(
        "sros/relationship.json", (*_VERSIONED, "start_time", "stop_time"), (("source_ref", _ANY), ("target_ref", _ANY))
    ),
    "report": _Type("sdos/report.json", (*_VERSIONED, "published"), _OBJECTS),
    "sighting": _Type(
        "sros/sighting.json", _SEEN, (("sighting_of_ref", _ANY), ("observed_data_refs", _ANY), ("where_sighted_refs", _ANY))
    ),
    "url": _Type("observables/url.json", ()),
    "user-account": _Type("observables/user-account.json", _ACCOUNT_TIMES),
}

SUPPORTED_TYPES = frozenset(_TYPES)
"""The object types that may be submitted."""

OBSERVABLE_TYPES = frozenset(name for name, about in _TYPES.items() if about.schema.startswith("observables/"))
"""Those of them that are cyber-observables, which carry no version of their own (STIX 2.1 §3.2, §6)."""

_TIME_ORDERS = (  # earlier, later, and whether both may be one instant (STIX 2.1 §3.2, §4.7, §4.2, §5.1, §5.2)
    ("created", "modified", True),
    ("valid_from", "valid_until", False),
    ("first_seen", "last_seen", True),
    ("start_time", "stop_time", False),
)
_PROPERTY_NAME = re.compile(r"[a-z][a-z0-9_]{2,249}|id", re.ASCII)
_SELECTOR_INDEX = re.compile(r"\[([0-9]{1,9})\]", re.ASCII)
_BAD_REFERENCE = "A reference is a STIX id with a lower-case UUID of version 4 or 5."


def check_schema(value: JsonObject) -> None:
    """Refuse an object (strictly parsed JSON, unverified) that is no STIX 2.1 object of the working set.

    Checked: the OASIS schema of its type; names of properties; ``spec_version``; ids and references with UUIDs of version 4 or 5
    in lower case; times that exist and their order; names of extensions; selectors that select something. Custom properties and
    foreign extensions are kept. Patterns and what our extensions say are NOT checked here.

    Raises:
        ProfileError: code ``object-type-unsupported``, or ``schema-violation`` with a pointer relative to the object.
    """
    about = _supported_type(value)
    check_against(oasis_schemas.validator(about.schema), value)
    _check_property_names(value)
    if value.get("spec_version", "2.1") != "2.1":
        raise _refusal("The exchange takes STIX 2.1.", "spec_version")
    _check_identifiers(value, about)
    _check_times(value, about)
    if "extensions" in value:
        _check_extension_names(value)
    if "granular_markings" in value:
        _check_granular_markings(value)
    _check_type_rules(value)


def _refusal(sentence: str, *path: str | int) -> ProfileError:
    return ProfileError(sentence, code=Code.SCHEMA_VIOLATION, pointer=pointer(path))


def _supported_type(value: JsonObject) -> _Type:
    name = value.get("type")
    if not isinstance(name, str):
        raise _refusal("A STIX object has a type, which is a text.", *(["type"] if "type" in value else []))
    if name not in _TYPES:
        sentence = f"The exchange takes these types of objects: {', '.join(sorted(SUPPORTED_TYPES))}."
        raise ProfileError(sentence, code=Code.OBJECT_TYPE_UNSUPPORTED, pointer="/type")
    return _TYPES[name]


def _check_property_names(value: JsonObject) -> None:
    """STIX 2.1 §3.1: the schema's own expression has lost its anchors."""
    for name in value:
        if not _PROPERTY_NAME.fullmatch(name):
            raise _refusal("Names of properties have 3 to 250 lower-case letters, digits and underscores.", name)


def _check_identifiers(value: JsonObject, about: _Type) -> None:
    if named_type(value["id"]) != value["type"]:
        raise _refusal("The id is the type, two hyphens and a lower-case UUID of version 4 or 5 (STIX 2.1 §2.9).", "id")
    for name, allowed in (*_COMMON_REFERENCES, *about.references):
        if name in value:
            target = value[name]
            if isinstance(target, list):
                for position, member in enumerate(target):
                    _check_reference(member, allowed, name, position)
            else:
                _check_reference(target, allowed, name)


def _check_reference(target: object, allowed: frozenset[str], *path: str | int) -> None:
    target_type = named_type(target)
    if target_type is None:
        raise _refusal(_BAD_REFERENCE, *path)
    if allowed and target_type not in allowed:
        raise _refusal(f"A reference here names an object of type {' or '.join(sorted(allowed))}.", *path)


def _check_times(value: JsonObject, about: _Type) -> None:
    keys = {}
    for name in about.times:
        if name in value:
            key = timestamp_key(value[name])
            if key is None:
                raise _refusal("This date and time do not exist, or have more than 20 digits after the second.", name)
            keys[name] = key
    for earlier, later, may_be_equal in _TIME_ORDERS:
        if earlier in keys and later in keys:
            before, after = keys[earlier], keys[later]
            if after < before or (after == before and not may_be_equal):
                raise _refusal(f"{later} comes {'not before' if may_be_equal else 'after'} {earlier}.", later)


def _check_extension_names(value: JsonObject) -> None:
    for name in value["extensions"]:
        if not is_extension_id(name) and (value["type"], name) != ("user-account", "unix-account-ext"):
            sentence = "An extension is named by the id of its extension-definition, with a UUID of version 4."
            raise _refusal(sentence, "extensions", name)


def _check_granular_markings(value: JsonObject) -> None:
    """STIX 2.1 §7.2.3: the stix2 library refuses to parse an object whose selectors select nothing."""
    for position, marking in enumerate(value["granular_markings"]):
        place = ("granular_markings", position)
        if "marking_ref" in marking and named_type(marking["marking_ref"]) is None:
            raise _refusal(_BAD_REFERENCE, *place, "marking_ref")
        for number, selector in enumerate(marking["selectors"]):
            if not _selects(value, selector):
                raise _refusal("The selector selects nothing in this object.", *place, "selectors", number)


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


def _check_type_rules(value: JsonObject) -> None:
    if value["type"] == "extension-definition" and "created_by_ref" not in value:  # STIX 2.1 §7.3
        raise _refusal("The property created_by_ref is missing here.")
    if value["type"] == "user-account" and _ACCOUNT_PROPERTIES.isdisjoint(value):  # STIX 2.1 §6.16; the schema counts extensions
        raise _refusal("A user-account has at least one property of its own, such as user_id or account_type.")
