"""Person data of children and victims in an object: members that describe one, and contacts in free text.

Owns where text is free and where an address is what the place is for. What the places hold there is as sensitive as
``profile`` says; encoded content is looked for in ``screen``. Kept by ``tests/stix/test_person_data.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

from app.domain.errors import Code, ForbiddenContentError
from app.domain.stix_object import JsonObject
from app.stix.child_fields import find_child, telling_names
from app.stix.child_holders import Budget, describes_by_role, holds_description, is_role
from app.stix.contact_text import find_contact
from app.stix.misp_values import is_contact
from breakwater_client.documents.pointers import is_known_name, known_names, pointer
from breakwater_client.extensions import HANDLING, SIGNATURE

_Path = tuple[str | int, ...]

_SELECTORS = {  # object type -> properties that may hold addresses, numbers and names of accounts (STIX 2.1 §6, and our own)
    "artifact": frozenset({"url"}),
    "autonomous-system": frozenset({"name"}),
    "blinded-identifier": frozenset({"token"}),
    "directory": frozenset({"path"}),
    "domain-name": frozenset({"value"}),
    "email-addr": frozenset({"display_name", "value"}),
    "email-message": frozenset({"additional_header_fields", "message_id", "received_lines", "subject"}),
    "file": frozenset({"magic_number_hex", "name"}),
    "indicator": frozenset({"pattern"}),
    "live-room": frozenset({"room_id"}),
    "malware-analysis": frozenset({"result_name"}),
    "mutex": frozenset({"name"}),
    "network-traffic": frozenset({"ipfix"}),
    "payment-handle": frozenset({"token", "value"}),
    "perceptual-hash": frozenset({"frames", "value"}),
    "process": frozenset({"command_line", "cwd", "environment_variables"}),
    "software": frozenset({"cpe", "swid"}),
    "url": frozenset({"value"}),
    "user-account": frozenset({"account_login", "credential", "display_name", "user_id"}),
    "windows-registry-key": frozenset({"key", "values"}),
    "x509-certificate": frozenset({"issuer", "serial_number", "subject", "subject_public_key_modulus", "x509_v3_extensions"}),
}
_WORDS = frozenset(  # whose texts are ids, times, hash values and words of vocabularies: looked at only if they have an @ or +
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
            "reference",
            "reported_at",
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
_OURS = frozenset({HANDLING, SIGNATURE})  # closed by their schemas, without free text
_PREDEFINED = frozenset(  # extensions of observables (STIX 2.1 §6), whose properties are what was observed
    (
        *("archive-ext", "http-request-ext", "icmp-ext", "ntfs-ext", "pdf-ext", "raster-image-ext", "socket-ext", "tcp-ext"),
        *("unix-account-ext", "windows-pebinary-ext", "windows-process-ext", "windows-service-ext"),
    )
)
_URL = frozenset({"url"})
_CALLING = ("callto:", "mailto:", "sip:", "sips:", "sms:", "tel:", "xmpp:")  # schemes of addresses that are contacts
_SIGNS_IN_KEYS = re.compile(r"[@+(\[ ]")  # of contacts that are the names of members
_APART = "\0"  # which no text of JSON holds here
_NOTHING = frozenset[str]()
_LONGEST_ROLE = 16  # characters


def check_person_data(value: JsonObject) -> None:
    """Refuse an object (strictly parsed JSON, unverified) that describes a child, or has a contact in the wrong place.

    Names of members count wherever they stand, unless they say true or false. Contacts count in names, descriptions and all text
    of one's own; a contact that is the indicator itself has its place in an observable, an account or a pattern. An identity of
    class individual has no such place. What texts tell in words is NOT understood.

    Raises:
        ForbiddenContentError: code ``person-data-forbidden``, with a pointer relative to the object.
    """
    found = _Texts(value.get("type"))
    found.read_object(value, _selectors(value), ())
    if found.names:
        _check_names(found.names)
    if found.roles:
        _check_roles(found)
    kind = find_contact(_APART.join(found.texts))
    if kind is not None:
        _refuse_contact(kind, found)


def _check_names(names: list[_Named]) -> None:
    told = find_child({each.name: None for each in names})
    if told is not None:
        _refuse_description(next(each.path for each in names if each.name == told))
    telling = frozenset(telling_names({each.name: None for each in names}))
    budget = Budget()
    for name, path, member, holder in names if telling else ():
        if name in telling and holds_description(name, member, holder, path, budget):
            _refuse_description(path)


def _check_roles(found: _Texts) -> None:
    budget = Budget()
    unknown = frozenset(each.name for each in found.names if not each.path)
    for _, path, role, holder in found.roles:
        if describes_by_role(holder, role, frozenset(holder) if path else unknown, budget):
            _refuse_description(path)


def _refuse_description(holder: _Path) -> NoReturn:
    sentence = (
        "A member here seems to describe a child or a victim (name, age, birthday, school, picture or contact). The exchange "
        "models no child: take the member out, and give the number of your report or case instead."
    )
    raise ForbiddenContentError(sentence, code=Code.PERSON_DATA_FORBIDDEN, pointer=pointer(holder))


def _refuse_contact(kind: str, found: _Texts) -> NoReturn:
    place = next((place for text, place in zip(found.texts, found.places, strict=True) if find_contact(text)), ())
    sentence = (
        f"This text seems to hold {kind}. Take it out: one that is itself the indicator belongs in an email-addr, a user-account "
        "or a pattern, with a handling that fits; people are not described in text."
    )
    raise ForbiddenContentError(sentence, code=Code.PERSON_DATA_FORBIDDEN, pointer=pointer(place))


def _may_be_free(name: str, text: str) -> bool:
    """Whether a text is looked at: in places of words and ids only if it shows a contact's sign."""
    return name not in _WORDS or "@" in text or "+" in text


def _selectors(value: JsonObject) -> frozenset[str]:
    kind = value.get("type")
    if kind == "identity":
        is_one_person = str(value.get("identity_class", "")).casefold() == "individual"
        return _NOTHING if is_one_person else frozenset({"contact_information"})
    return _SELECTORS.get(kind, _NOTHING) if type(kind) is str else _NOTHING


class _Named(NamedTuple):
    """A member with its name, its holder, and the holder's place."""

    name: str
    path: _Path
    member: Any
    holder: JsonObject


@dataclass(slots=True)
class _Texts:
    """The free texts of an object with their places, its members with a name that nobody published, and those that are roles."""

    object_type: Any
    texts: list[str] = field(default_factory=list)
    places: list[_Path] = field(default_factory=list)
    names: list[_Named] = field(default_factory=list)
    roles: list[_Named] = field(default_factory=list)

    def read_object(self, holder: JsonObject, selectors: frozenset[str], path: _Path) -> None:
        known = known_names()
        for name, member in holder.items():
            if name not in known:
                if type(member) is not bool:
                    self.names.append(_Named(name, path, member, holder))
                self._read_key(name, path)
            if type(member) is str and len(member) <= _LONGEST_ROLE and is_role(name, member):
                self.roles.append(_Named(name, path, member, holder))
            if name not in selectors and not is_contact(self.object_type, holder, name):
                self._read_member(name, member, _NOTHING, path)

    def _read_key(self, name: str, path: _Path) -> None:
        if not name.isidentifier() and _SIGNS_IN_KEYS.search(name):
            self._read_text(name, path)

    def _read_text(self, text: str, path: _Path) -> None:
        self.texts.append(text)
        self.places.append(path)

    def _read_member(self, name: str, member: Any, selectors: frozenset[str], path: _Path) -> None:
        kind = type(member)
        if kind is str:
            if _may_be_free(name, member):
                self._read_text(member if is_known_name(name) else f"{name}: {member}", (*path, name))
        elif kind is list:
            self._read_list(name, member, (*path, name))
        elif kind is dict:
            self._read_dictionary(name, member, selectors, (*path, name))

    def _read_dictionary(self, name: str, member: JsonObject, selectors: frozenset[str], path: _Path) -> None:
        if name == "extensions":
            self.read_object(member, _OURS.union(key for key in member if key in _PREDEFINED), path)
        elif name == "objects":  # of observed-data, each an observable of its own
            for key, inner in member.items():
                self._read_key(key, path)
                self._read_member(key, inner, _selectors(inner) if type(inner) is dict else _NOTHING, path)
        else:
            self.read_object(member, selectors, path)

    def _read_list(self, name: str, members: list[Any], path: _Path) -> None:
        is_citation = name == "external_references"
        for position, member in enumerate(members):
            kind = type(member)
            if kind is str:
                if _may_be_free(name, member):
                    self._read_text(member, (*path, position))
            elif kind is dict:
                self.read_object(member, _URL if is_citation and not _is_calling(member) else _NOTHING, (*path, position))
            elif kind is list:
                self._read_list(name, member, (*path, position))


def _is_calling(citation: JsonObject) -> bool:
    """Whether a citation's address is one to call or to write to."""
    return str(citation.get("url", "")).lstrip().casefold().startswith(_CALLING)
