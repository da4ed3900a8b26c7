"""What the text of STIX 2.1 asks of single object types and no JSON Schema of OASIS says.

Owns these rules, type by type; an object has passed the schema of its type before. Kept by ``tests/stix/test_type_rules.py``.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping

from app.domain.stix_object import JsonObject
from app.stix.object_types import OBJECT_TYPES
from app.stix.violations import schema_violation

_ACCOUNT_PROPERTIES = frozenset(
    (
        *("user_id", "credential", "account_login", "account_type", "display_name", "is_service_account", "is_privileged"),
        *("can_escalate_privs", "is_disabled", *OBJECT_TYPES["user-account"].times),
    )
)
_PROCESS_PROPERTIES = frozenset(
    (
        *("is_hidden", "pid", "created_time", "cwd", "command_line", "environment_variables", "opened_connection_refs"),
        *("creator_user_ref", "image_ref", "parent_ref", "child_refs"),
    )
)
_PROPERTY_NAME = re.compile(r"[a-z][a-z0-9_]{2,249}|id", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,8}", re.ASCII)


def check_type_rules(value: JsonObject) -> None:
    """Refuse an object (its schema checked) that breaks a rule of its type.

    Raises:
        ProfileError: code ``schema-violation``.
    """
    rule = _RULES.get(value["type"])
    if rule:
        rule(value)


def is_property_name(name: str) -> bool:
    """Whether a member's name is one that a property may have (STIX 2.1 §3.1), or ``id``."""
    return _PROPERTY_NAME.fullmatch(name) is not None


def is_language(tag: str) -> bool:
    """Whether a text has the form of a language tag (RFC 5646); whether the language exists is NOT checked."""
    return _LANGUAGE.fullmatch(tag) is not None


def _extension_definition(value: JsonObject) -> None:
    """STIX 2.1 §7.3: the creator is required there."""
    if "created_by_ref" not in value:
        raise schema_violation("The property created_by_ref is missing here.")
    for position, name in enumerate(value.get("extension_properties", ())):
        if not is_property_name(name):
            sentence = "Names of properties have 3 to 250 lower-case letters, digits and underscores."
            raise schema_violation(sentence, "extension_properties", position)


def _user_account(value: JsonObject) -> None:
    """STIX 2.1 §6.16; the schema counts extensions."""
    if _ACCOUNT_PROPERTIES.isdisjoint(value):
        raise schema_violation("A user-account has at least one property of its own, such as user_id or account_type.")


def _process(value: JsonObject) -> None:
    """STIX 2.1 §6.13; the schema counts properties of STIX 2.0 and foreign extensions."""
    extensions = value.get("extensions", {})
    if _PROCESS_PROPERTIES.isdisjoint(value) and OBJECT_TYPES["process"].extensions.isdisjoint(extensions):
        raise schema_violation("A process has at least one property of its own or one of the predefined extensions.")


def _ipv6_address(value: JsonObject) -> None:
    """STIX 2.1 §6.10: one address, or several by a prefix (CIDR); the schema's expression has lost its backslashes."""
    if not _is_ipv6(value["value"]):
        raise schema_violation("Write one IPv6 address (RFC 4291), with /0 to /128 behind it for several.", "value")


def _is_ipv6(text: str) -> bool:
    _, slash, prefix = text.partition("/")
    if "%" in text or (slash and not prefix.isdigit()):
        return False
    try:
        ipaddress.IPv6Interface(text)
    except ValueError:
        return False
    return True


def _language_content(value: JsonObject) -> None:
    """STIX 2.1 §7.1: a dictionary of languages, and in each the properties that it translates."""
    for language, properties in value["contents"].items():
        if not is_language(language):
            raise schema_violation("The contents are named by language tags (RFC 5646).", "contents", language)
        if not isinstance(properties, Mapping):
            raise schema_violation("Here belongs an object of translated properties.", "contents", language)
        for name, member in properties.items():
            if not is_property_name(name):
                raise schema_violation("A translation is named as the property that it translates.", "contents", language, name)
            if member is None or member == []:
                raise schema_violation("A translation may be neither null nor an empty list; leave it out.", "contents", language)


def _marking_definition(value: JsonObject) -> None:
    """STIX 2.1 §7.2.1: no marking marks itself."""
    if value["id"] in value.get("object_marking_refs", ()):
        raise schema_violation("A marking-definition does not mark itself.", "object_marking_refs")
    if any(marking.get("marking_ref") == value["id"] for marking in value.get("granular_markings", ())):
        raise schema_violation("A marking-definition does not mark itself.", "granular_markings")


_RULES: Mapping[str, Callable[[JsonObject], None]] = {
    "extension-definition": _extension_definition,
    "ipv6-addr": _ipv6_address,
    "language-content": _language_content,
    "marking-definition": _marking_definition,
    "process": _process,
    "user-account": _user_account,
}
