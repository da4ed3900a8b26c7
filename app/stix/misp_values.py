"""Contacts and particulars of people in the objects that MISP's converters make of what STIX has no type for.

Owns which kinds of MISP attribute hold them. The screen leaves a contact of such a kind in its place, and the facts take
the object for as near to a person as the kind is. Kept by ``tests/stix/test_misp_values.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.domain.stix_object import JsonObject


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TYPES = _words("x-misp-attribute x-misp-object")
_VALUES = _words("value x_misp_value")
_KINDS = ("type", "x_misp_type", "object_relation")
_ADDRESSES = _words(
    "dns-soa-email email email-address email-dst email-reply-to email-src eppn jabber-id target-email whois-registrant-email bcc "
    "cc from reply-to return-path to"
)
_TELEPHONES = _words("cell-phone mobile phone phone-number telephone whatsapp whois-registrant-phone")
_HEADERS = _words("email-header email-message-id email-subject header message-id subject")
_NAMES = _words(
    "account-id account-login bcc-display-name cc-display-name display-name email-dst-display-name email-src-display-name "
    "from-display-name github-username reply-to-display-name target-user to-display-name twitter-id user-id username "
    "whois-registrant-name"
)
_CONTACTS = _ADDRESSES | _TELEPHONES | _HEADERS | _NAMES
_PERSONS = _words(
    "alias birth-certificate-number date-of-birth fathers-name first-name frequent-flyer-number full-name gender "
    "identity-card-number last-name middle-name mothers-name nationality passenger-name-record-locator-number "
    "passport-expiration passport-number place-of-birth portrait primary-residence redress-number social-security-number "
    "visa-number"
)
_ADDRESS = re.compile(r"(?:[^@<>\n]{0,100}<)?[^\s@<>]{1,64}@[^\s@<>]{1,255}>?")
_TELEPHONE = re.compile(r"\+?[0-9 ().\-/]{4,32}")
_LONGEST_NAME = 128  # characters
_LONGEST_HEADERS = 8_192


def is_contact(object_type: Any, holder: JsonObject, name: str) -> bool:
    """Whether a member of an object of this type is one contact and no more, in an attribute whose kind says so (unverified)."""
    if name not in _VALUES or type(object_type) is not str or object_type not in _TYPES:
        return False
    value, kinds = holder.get(name), _kinds_of(holder)
    if type(value) is not str:
        return False
    return bool(
        (kinds & _ADDRESSES and _ADDRESS.fullmatch(value))
        or (kinds & _TELEPHONES and _TELEPHONE.fullmatch(value))
        or (kinds & _NAMES and len(value) <= _LONGEST_NAME and "\n" not in value)
        or (kinds & _HEADERS and len(value) <= _LONGEST_HEADERS)
    )


def holds_contact(value: JsonObject) -> bool:
    """Whether an object of MISP (schema-checked) has an attribute of a kind that is a contact or describes a person."""
    return any(kinds & (_CONTACTS | _PERSONS) for kinds in _all_kinds(value))


def describes_person(value: JsonObject) -> bool:
    """Whether an object of MISP (schema-checked) has an attribute of a kind that describes one human being."""
    return any(kinds & _PERSONS for kinds in _all_kinds(value))


def _all_kinds(value: JsonObject) -> Iterator[frozenset[str]]:
    if value["type"] in _TYPES:
        attributes = value.get("x_misp_attributes", ())
        for holder in (value, *(attributes if type(attributes) is list else ())):
            if type(holder) is dict:
                yield _kinds_of(holder)


def _kinds_of(holder: JsonObject) -> frozenset[str]:
    return frozenset(kind for name in _KINDS if type(kind := holder.get(name)) is str)
