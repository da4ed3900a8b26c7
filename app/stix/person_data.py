"""Person data of children and victims in an object: members that describe one, and contacts in free text.

Owns where text is free and where an address is what the place is for. What the places hold there is as sensitive as
``profile`` says; encoded content is looked for in ``screen``. Kept by ``tests/stix/test_person_data.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NoReturn

from app.domain.errors import Code, ForbiddenContentError
from app.domain.extensions import HANDLING, OCSEA_CONTEXT, SIGNATURE
from app.domain.stix_object import JsonObject
from app.stix.child_fields import find_child
from app.stix.contact_text import find_contact
from app.stix.pointers import is_known_name, known_names, pointer

_Path = tuple[str | int, ...]

_SELECTORS = {  # object type -> properties that may hold addresses, numbers and names of accounts (STIX 2.1 §6, and our own)
    "artifact": frozenset({"url"}),
    "autonomous-system": frozenset({"name"}),
    "blinded-identifier": frozenset({"epoch", "scheme", "token"}),
    "directory": frozenset({"path"}),
    "domain-name": frozenset({"value"}),
    "email-addr": frozenset({"display_name", "value"}),
    "email-message": frozenset({"additional_header_fields", "message_id", "received_lines", "subject"}),
    "file": frozenset({"magic_number_hex", "name"}),
    "indicator": frozenset({"pattern"}),
    "live-room": frozenset({"room_id", "service"}),
    "malware-analysis": frozenset({"result_name"}),
    "mutex": frozenset({"name"}),
    "network-traffic": frozenset({"ipfix"}),
    "payment-handle": frozenset({"service", "token", "value"}),
    "perceptual-hash": frozenset({"frames", "value"}),
    "preservation-request": frozenset({"reference"}),
    "process": frozenset({"command_line", "cwd", "environment_variables"}),
    "software": frozenset({"cpe", "swid"}),
    "url": frozenset({"value"}),
    "user-account": frozenset({"account_login", "credential", "display_name", "user_id"}),
    "windows-registry-key": frozenset({"key", "values"}),
    "x509-certificate": frozenset({"issuer", "serial_number", "subject", "subject_public_key_modulus", "x509_v3_extensions"}),
}
_WORDS = frozenset(  # whose texts are ids, times, hash values and words of vocabularies: looked at only if they have an @
    (
        *("created", "created_by_ref", "external_id", "first_observed", "first_seen", "hashes", "id", "lang", "last_observed"),
        *(
            "last_seen",
            "marking_ref",
            "modified",
            "object_marking_refs",
            "object_ref",
            "object_refs",
            "pattern_type",
            "published",
        ),
        *(
            "phase_name",
            "pattern_version",
            "selectors",
            "source_ref",
            "spec_version",
            "target_ref",
            "type",
            "valid_from",
            "valid_until",
        ),
    )
)
_OURS = frozenset({HANDLING, OCSEA_CONTEXT, SIGNATURE})  # closed by their schemas
_URL = frozenset({"url"})
_PREDEFINED = frozenset(  # extensions of observables (STIX 2.1 §6), whose properties are what was observed
    (
        *("archive-ext", "http-request-ext", "icmp-ext", "ntfs-ext", "pdf-ext", "raster-image-ext", "socket-ext", "tcp-ext"),
        *("unix-account-ext", "windows-pebinary-ext", "windows-process-ext", "windows-service-ext"),
    )
)
_ADDRESSES_OF_OTHER_TOOLS = ("dns-soa-email", "email", "jabber", "phone", "target-email", "whois-registrant", "whats", "user")
_KINDS = ("type", "x_misp_type", "object_relation")
_VALUES = frozenset({"value", "x_misp_value"})
_APART = "\0"  # which no text of JSON holds here
_NOTHING = frozenset[str]()


def check_person_data(value: JsonObject) -> None:
    """Refuse an object (strictly parsed JSON, unverified) that describes a child, or has a contact in the wrong place.

    Names of members count wherever they stand, unless they say true or false. Contacts count in names, descriptions and all text
    of one's own; a contact that is the indicator itself has its place in an observable, an account or a pattern. An identity of
    class individual has no such place. What texts tell in words is NOT understood.

    Raises:
        ForbiddenContentError: code ``person-data-forbidden``, with a pointer relative to the object.
    """
    found = _Texts()
    found.read_object(value, _selectors(value), ())
    if found.names:
        _check_names(found.names)
    kind = find_contact(_APART.join(found.texts))
    if kind is not None:
        _refuse_contact(kind, found)


def _check_names(names: list[tuple[str, _Path]]) -> None:
    told = find_child(dict(names))
    if told is not None:
        sentence = (
            "A member here seems to describe a child or a victim (name, age, birthday, school, picture or contact). The exchange "
            "models no child: take the member out, and give the number of your report or case instead."
        )
        holder = next(holder for name, holder in names if name == told)
        raise ForbiddenContentError(sentence, code=Code.PERSON_DATA_FORBIDDEN, pointer=pointer(holder))


def _refuse_contact(kind: str, found: _Texts) -> NoReturn:
    place = next((place for text, place in zip(found.texts, found.places, strict=True) if find_contact(text)), ())
    sentence = (
        f"This text seems to hold {kind}. Take it out: one that is itself the indicator belongs in an email-addr, a user-account "
        "or a pattern, with a handling that fits; people are not described in text."
    )
    raise ForbiddenContentError(sentence, code=Code.PERSON_DATA_FORBIDDEN, pointer=pointer(place))


def _is_address_of_other_tool(holder: JsonObject) -> bool:
    return any(str(holder.get(name, "")).startswith(_ADDRESSES_OF_OTHER_TOOLS) for name in _KINDS)


def _selectors(value: JsonObject) -> frozenset[str]:
    kind = value.get("type")
    if kind == "identity":
        is_one_person = str(value.get("identity_class", "")).casefold() == "individual"
        return _NOTHING if is_one_person else frozenset({"contact_information"})
    return _SELECTORS.get(kind, _NOTHING) if type(kind) is str else _NOTHING


@dataclass(slots=True)
class _Texts:
    """The free texts of an object with their places, and its names that nobody published with their holders' places."""

    texts: list[str] = field(default_factory=list)
    places: list[_Path] = field(default_factory=list)
    names: list[tuple[str, _Path]] = field(default_factory=list)

    def read_object(self, holder: JsonObject, selectors: frozenset[str], path: _Path) -> None:
        known = known_names()
        for name, member in holder.items():
            if name not in known and type(member) is not bool:
                self.names.append((name, path))
            if name not in selectors and not (name in _VALUES and _is_address_of_other_tool(holder)):
                self._read_member(name, member, _NOTHING, path)

    def _read_member(self, name: str, member: Any, selectors: frozenset[str], path: _Path) -> None:
        kind = type(member)
        if kind is str:
            if name not in _WORDS or "@" in member:
                self.texts.append(member if is_known_name(name) else f"{name}: {member}")
                self.places.append((*path, name))
        elif kind is list:
            self._read_list(name, member, (*path, name))
        elif kind is dict:
            self._read_dictionary(name, member, selectors, (*path, name))

    def _read_dictionary(self, name: str, member: JsonObject, selectors: frozenset[str], path: _Path) -> None:
        if name == "extensions":
            self.read_object(member, _OURS.union(key for key in member if key in _PREDEFINED), path)
        elif name == "objects":  # of observed-data, each an observable of its own
            for key, inner in member.items():
                self._read_member(key, inner, _selectors(inner) if type(inner) is dict else _NOTHING, path)
        else:
            self.read_object(member, selectors, path)

    def _read_list(self, name: str, members: list[Any], path: _Path) -> None:
        for position, member in enumerate(members):
            kind = type(member)
            if kind is str:
                if name not in _WORDS or "@" in member:
                    self.texts.append(member)
                    self.places.append((*path, position))
            elif kind is dict:
                self.read_object(member, _URL if name == "external_references" else _NOTHING, (*path, position))
            elif kind is list:
                self._read_list(name, member, (*path, position))
