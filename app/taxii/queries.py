"""Query parameters of TAXII (TAXII 2.1 §3.4): which page is asked for, and of which objects.

Owns their forms, and which of them each resource knows. What is malformed is refused and never ignored: a mistyped filter must
not widen a result. Kept by ``tests/taxii/test_queries.py``.
"""

from __future__ import annotations

import re
from datetime import datetime

from flask import request

from app.domain.collection import Collection
from app.domain.errors import Code, MalformedInputError
from app.domain.recall import Choice
from app.services.reading.pull import Filters, PageRequest, Place, Versions
from app.taxii.timestamps import instant, version_key

_ID, _TYPE, _VERSION, _SPEC_VERSION = (f"match[{name}]" for name in ("id", "type", "version", "spec_version"))
_PAGE = frozenset({"added_after", "limit", "next"})
OBJECTS = _PAGE | {_ID, _TYPE, _VERSION, _SPEC_VERSION}
"""What objects and manifest know."""
OBJECT = _PAGE | {_VERSION, _SPEC_VERSION}
"""What one object knows."""
VERSIONS = _PAGE | {_SPEC_VERSION}
"""What the list of versions knows."""
REMOVAL = frozenset({_VERSION, _SPEC_VERSION})
"""What taking an object back knows."""

MOST_OBJECTS = 5_000
"""Most objects in one answer, whatever was asked for."""

_USUAL_OBJECTS = 1_000
_MOST_VALUES = 80  # so many ordinary ids, and the cursor that holds them too, are a request line that the server reads
_SPOKEN = "2.1"
_ALL = None
_LAST = Versions(last=True)
_NONE = Versions()
_NO_VERSION = "none"
_FORMS = {
    _ID: re.compile(r"[a-z0-9][a-z0-9-]{1,248}[a-z0-9]--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    _TYPE: re.compile(r"[a-z0-9][a-z0-9-]{1,248}[a-z0-9]"),
    _VERSION: re.compile(r"[0-9a-zA-Z:.+-]+"),
    _SPEC_VERSION: re.compile(r"[0-9]{1,3}\.[0-9]{1,3}"),
}
_IN_WORDS = {
    _ID: "STIX ids (a type, --, a UUID in lower case)",
    _TYPE: "types of objects, in lower case",
    _VERSION: "first, last, all and times of RFC 3339",
    _SPEC_VERSION: "versions of STIX such as 2.1",
}
_FIELDS = {_ID: "stix_ids", _TYPE: "types", _VERSION: "versions", _SPEC_VERSION: "versions", "added_after": "added_after"}
_CURSOR = re.compile(r"[A-Za-z0-9_-]{1,8192}")
_NUMBER = re.compile(r"0*([1-9][0-9]*)")


def place_of(collection: Collection, kind: str) -> Place:
    """Give where a collection is read; ``kind`` is that of the resource: a cursor of one is not good for another."""
    facets = () if collection.harm is None else (("harm", frozenset({collection.harm.value})),)
    return Place(collection.feed, collection.from_generation, f"taxii-{kind}-{collection.collection_id}", facets)


def asked_page(collection: Collection, kind: str) -> PageRequest:
    """Give the page of a collection's objects that the request asks for; without ``match[version]`` the newest versions.

    Raises:
        MalformedInputError: a parameter has not the form that it should have; ``cursor-invalid`` for ``next``.
    """
    stix_ids, types = frozenset(_values(_ID)), frozenset(_values(_TYPE))
    filters = Filters(stix_ids=stix_ids, types=types, added_after=_added_after(), versions=asked_versions(_LAST))
    stated = frozenset(_FIELDS[name] for name in request.args if name in _FIELDS and _narrows(name))
    return PageRequest(filters, _cursor(), _limit(), place_of(collection, kind), stated)


def asked_of_object(collection: Collection, stix_id: str, kind: str, usual: Versions | None = _LAST) -> PageRequest:
    """Give the page of one object's versions that the request asks for; without ``match[version]`` those that are ``usual``.

    Raises as ``asked_page``; a cursor of another object is not good for this one.
    """
    asked = asked_page(collection, kind)
    filters = Filters(frozenset({stix_id}), added_after=asked.filters.added_after, versions=asked_versions(usual))
    return PageRequest(filters, asked.cursor, asked.limit, asked.place, asked.stated | {"stix_ids"})


def asked_choice() -> Choice:
    """Give the versions that are to be taken back: all, if nothing is said.

    Raises:
        MalformedInputError: as ``asked_page``.
    """
    versions = asked_versions(_ALL)
    if versions is _ALL:
        return Choice()
    if versions == _NONE:
        return Choice(keys=frozenset({_NO_VERSION}))  # an empty choice means all
    return Choice(versions.first, versions.last, versions.keys)


def asked_versions(usual: Versions | None) -> Versions | None:
    """Give which versions are asked for: None means all, and ``usual`` is meant where nothing is said.

    Everything here is STIX 2.1: who asks for other versions of the specification only, asks for nothing.

    Raises:
        MalformedInputError: as ``asked_page``.
    """
    wanted = _values(_VERSION)
    keys = {word: version_key(word) for word in wanted if word not in {"first", "last", "all"}}
    if not all(keys.values()):
        raise _form_error(_VERSION)
    if _SPEC_VERSION in request.args and not _narrows_nothing():
        return _NONE
    if not wanted:
        return usual
    if "all" in wanted:
        return _ALL
    return Versions("first" in wanted, "last" in wanted, frozenset(map(str, keys.values())))


def _narrows(name: str) -> bool:
    """Whether a parameter says more than what is so anyway: that a cursor's objects are STIX 2.1 need not be in the cursor."""
    return name != _SPEC_VERSION or not _narrows_nothing()


def _narrows_nothing() -> bool:
    return _SPOKEN in _values(_SPEC_VERSION)


def _values(name: str) -> list[str]:
    """Give the values of a filter, separated by commas; none if the request has no such filter."""
    given = request.args.get(name)
    if given is None:
        return []
    values = given.split(",")
    if len(values) > _MOST_VALUES:
        raise MalformedInputError(f"{name} takes at most {_MOST_VALUES} values; ask in parts.")
    if not all(map(_FORMS[name].fullmatch, values)):
        raise _form_error(name)
    return values


def _form_error(name: str) -> MalformedInputError:
    return MalformedInputError(f"{name} takes {_IN_WORDS[name]}, separated by commas without blanks.")


def _added_after() -> datetime | None:
    given = request.args.get("added_after")
    if given is None:
        return None
    read = instant(given)
    if read is None:
        raise MalformedInputError("added_after takes a time of RFC 3339, such as 2026-01-05T10:00:00.000000Z.")
    return read


def _limit() -> int:
    given = request.args.get("limit")
    if given is None:
        return _USUAL_OBJECTS
    digits = _NUMBER.fullmatch(given)
    if digits is None:
        raise MalformedInputError("limit takes a whole number from 1; what is above 5000 counts as 5000.")
    return MOST_OBJECTS if len(digits[1]) > len(str(MOST_OBJECTS)) else min(int(digits[1]), MOST_OBJECTS)


def _cursor() -> str | None:
    given = request.args.get("next")
    if given is not None and not _CURSOR.fullmatch(given):
        sentence = "next takes what an earlier answer gave as next, unchanged."
        raise MalformedInputError(sentence, code=Code.CURSOR_INVALID)
    return given
