"""STIX 2.1 in form: the schemas of OASIS, and the rules of the specification's text that no schema can say.

Owns the working set of object types. Open vocabularies are not enforced; unknown properties are kept as they are. What the
exchange asks beyond the specification is in ``profile``. Kept by ``tests/stix/test_schema.py``, with stix2-validator and stix2 as
oracles.
"""

from __future__ import annotations

import re
from typing import Any

from app.domain.errors import Code, ProfileError
from app.domain.stix_object import JsonObject, timestamp_key
from app.stix import oasis_schemas
from app.stix.identifiers import is_extension_id, named_type
from app.stix.pointers import pointer
from app.stix.violations import violation

_PLACES = {
    **{name: f"sdos/{name}.json" for name in ("attack-pattern", "campaign", "course-of-action", "grouping", "identity")},
    **{name: f"sdos/{name}.json" for name in ("indicator", "note", "opinion", "report")},
    **{name: f"sros/{name}.json" for name in ("relationship", "sighting")},
    **{name: f"observables/{name}.json" for name in ("domain-name", "email-addr", "ipv4-addr", "url", "user-account")},
    **{name: f"common/{name}.json" for name in ("extension-definition", "marking-definition")},
}

SUPPORTED_TYPES = frozenset(_PLACES)
"""The object types that may be submitted."""

OBSERVABLE_TYPES = frozenset(name for name, place in _PLACES.items() if place.startswith("observables/"))
"""Those of them that are cyber-observables, which carry no version of their own (STIX 2.1 §3.2, §6)."""

_PROPERTY_NAME = re.compile(r"[a-z][a-z0-9_]{2,249}|id", re.ASCII)
_TIMES = (
    *("created", "modified", "valid_from", "valid_until", "first_seen", "last_seen", "published", "start_time", "stop_time"),
    *("account_created", "account_expires", "credential_last_changed", "account_first_login", "account_last_login"),
)
_TIME_ORDERS = (  # earlier, later, and whether both may be one instant (STIX 2.1 §3.2, §4.7, §4.2, §5.1, §5.2)
    ("created", "modified", True),
    ("valid_from", "valid_until", False),
    ("first_seen", "last_seen", True),
    ("start_time", "stop_time", False),
)
_REFERENCE_TYPES: dict[tuple[str, str], frozenset[str]] = {  # where the schemas leave the referenced type open
    ("domain-name", "resolves_to_refs"): frozenset({"ipv4-addr", "ipv6-addr", "domain-name"}),
    ("email-addr", "belongs_to_ref"): frozenset({"user-account"}),
    ("ipv4-addr", "belongs_to_refs"): frozenset({"autonomous-system"}),
    ("ipv4-addr", "resolves_to_refs"): frozenset({"mac-addr"}),
}
_REFERENCE_TYPES_EVERYWHERE = {
    "created_by_ref": frozenset({"identity"}),
    "object_marking_refs": frozenset({"marking-definition"}),
}
_REFERENCES = frozenset(
    (
        *("source_ref", "target_ref", "sighting_of_ref", "object_refs", "observed_data_refs", "where_sighted_refs"),
        *("belongs_to_ref", "belongs_to_refs", "resolves_to_refs", "created_by_ref", "object_marking_refs"),
    )
)
_ACCOUNT_PROPERTIES = frozenset(
    (
        *("user_id", "credential", "account_login", "account_type", "display_name", "is_service_account", "is_privileged"),
        *("can_escalate_privs", "is_disabled", "account_created", "account_expires", "credential_last_changed"),
        *("account_first_login", "account_last_login"),
    )
)
_SELECTOR_INDEX = re.compile(r"\[([0-9]{1,9})\]", re.ASCII)


def check_schema(value: JsonObject) -> None:
    """Refuse an object (strictly parsed JSON, unverified) that is no STIX 2.1 object of the working set.

    Checked: the OASIS schema of its type; names of properties; ``spec_version``; ids and references with UUIDs of version 4 or 5
    in lower case; times that exist and their order; names of extensions; selectors that select something. Custom properties and
    foreign extensions are kept. Patterns and what our extensions say are NOT checked here.

    Raises:
        ProfileError: code ``object-type-unsupported``, or ``schema-violation`` with a pointer relative to the object.
    """
    type_name = _supported_type(value)
    validator = oasis_schemas.validator(_PLACES[type_name])
    if not validator.is_valid(value):
        raise violation(validator.iter_errors(value))
    _check_property_names(value)
    if value.get("spec_version", "2.1") != "2.1":
        raise _refusal("The exchange takes STIX 2.1.", "spec_version")
    _check_identifiers(value, type_name)
    _check_times(value)
    _check_extension_names(value, type_name)
    _check_granular_markings(value)
    _check_type_rules(value, type_name)


def _refusal(sentence: str, *path: str | int) -> ProfileError:
    return ProfileError(sentence, code=Code.SCHEMA_VIOLATION, pointer=pointer(path))


def _supported_type(value: JsonObject) -> str:
    type_name = value.get("type")
    if not isinstance(type_name, str):
        raise _refusal("A STIX object has a type, which is a text.", "type")
    if type_name not in SUPPORTED_TYPES:
        sentence = f"The exchange takes these types of objects: {', '.join(sorted(SUPPORTED_TYPES))}."
        raise ProfileError(sentence, code=Code.OBJECT_TYPE_UNSUPPORTED, pointer="/type")
    return type_name


def _check_property_names(value: JsonObject) -> None:
    """STIX 2.1 §3.1: the schema's own expression has lost its anchors."""
    for name in value:
        if not _PROPERTY_NAME.fullmatch(name):
            raise _refusal("Names of properties have 3 to 250 lower-case letters, digits and underscores.", name)


def _check_identifiers(value: JsonObject, type_name: str) -> None:
    if named_type(value["id"]) != type_name:
        raise _refusal("The id has a lower-case UUID of version 4 or, for observables, 5 (STIX 2.1 §2.9).", "id")
    for name in _REFERENCES & value.keys():
        allowed = _REFERENCE_TYPES_EVERYWHERE.get(name) or _REFERENCE_TYPES.get((type_name, name))
        targets = value[name]
        if isinstance(targets, str):
            _check_reference(targets, allowed, name)
        else:
            for position, target in enumerate(targets):
                _check_reference(target, allowed, name, position)


def _check_reference(target: str, allowed: frozenset[str] | None, *path: str | int) -> None:
    target_type = named_type(target)
    if target_type is None:
        raise _refusal("A reference is a STIX id with a lower-case UUID of version 4 or 5.", *path)
    if allowed and target_type not in allowed:
        raise _refusal(f"A reference here names an object of type {' or '.join(sorted(allowed))}.", *path)


def _check_times(value: JsonObject) -> None:
    keys = {}
    for name in _TIMES:
        if name in value:
            keys[name] = timestamp_key(value[name])
            if keys[name] is None:
                raise _refusal("This date and time do not exist.", name)
    for earlier, later, may_be_equal in _TIME_ORDERS:
        before, after = keys.get(earlier), keys.get(later)
        if before and after and (after < before or (after == before and not may_be_equal)):
            raise _refusal(f"{later} comes {'not before' if may_be_equal else 'after'} {earlier}.", later)


def _check_extension_names(value: JsonObject, type_name: str) -> None:
    for name in value.get("extensions", ()):
        if not is_extension_id(name) and (type_name, name) != ("user-account", "unix-account-ext"):
            sentence = "An extension is named by the id of its extension-definition, with a UUID of version 4."
            raise _refusal(sentence, "extensions", name)


def _check_granular_markings(value: JsonObject) -> None:
    """STIX 2.1 §7.2.3: the stix2 library refuses to parse an object whose selectors select nothing."""
    for position, marking in enumerate(value.get("granular_markings", ())):
        place = ("granular_markings", position)
        if "marking_ref" in marking and named_type(marking["marking_ref"]) is None:
            raise _refusal("A reference is a STIX id with a lower-case UUID of version 4 or 5.", *place, "marking_ref")
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


def _check_type_rules(value: JsonObject, type_name: str) -> None:
    if type_name == "extension-definition" and "created_by_ref" not in value:  # STIX 2.1 §7.3
        raise _refusal("The property created_by_ref is missing here.")
    if type_name == "user-account" and _ACCOUNT_PROPERTIES.isdisjoint(value):  # STIX 2.1 §6.16; the schema counts extensions
        raise _refusal("A user-account has at least one property of its own, such as user_id or account_type.")
