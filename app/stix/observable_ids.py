"""The name-based ids of cyber-observables (STIX 2.1 §2.9, §6): whether an id of UUID version 5 is that of its object.

Owns which properties make an id, and the readings of that rule that tools in use have. An id of version 4 is always right, but
then one thing has many ids. Kept by ``tests/stix/test_observable_ids.py``, with the stix2 library as oracle for every type.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any
from uuid import UUID

from app.domain.errors import Code, ProfileError
from app.domain.stix_object import JsonObject
from app.stix.identifiers import is_name_based
from app.stix.object_types import PREDEFINED_EXTENSIONS
from app.stix.violations import schema_violation
from breakwater_client.extensions import SIGNATURE

CONTRIBUTING: Mapping[str, tuple[str, ...]] = {
    "artifact": ("hashes", "payload_bin"),
    "autonomous-system": ("number",),
    "directory": ("path",),
    "domain-name": ("value",),
    "email-addr": ("value",),
    "email-message": ("from_ref", "subject", "body"),
    "file": ("hashes", "name", "parent_directory_ref", "extensions"),
    "ipv4-addr": ("value",),
    "ipv6-addr": ("value",),
    "mac-addr": ("value",),
    "mutex": ("name",),
    "network-traffic": ("start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "protocols", "extensions"),
    "process": (),
    "software": ("name", "cpe", "swid", "vendor", "version"),
    "url": ("value",),
    "user-account": ("account_type", "user_id", "account_login"),
    "windows-registry-key": ("key", "values"),
    "x509-certificate": ("hashes", "serial_number"),
    "blinded-identifier": (),  # one token must not be one id in two groups
    "live-room": ("service", "room_id"),
    "payment-handle": ("value",),
    "perceptual-hash": ("algorithm", "value", "frames"),
}
"""Observable type -> the properties that its name-based id is made of (STIX 2.1 §6; of our own types, ``schemas/README.md``)."""

_HASHED_NAMESPACE = hashlib.sha1(UUID("00abedb4-aa42-466c-9c01-fed23315a9b7").bytes, usedforsecurity=False)
_VERSION_AND_VARIANT = 0xF000 << 64 | 0xC000 << 48
_VERSION_5 = 0x5000 << 64 | 0x8000 << 48
_PREFERRED_HASHES = ("MD5", "SHA-1", "SHA-256", "SHA-512")
_NOT_SIMPLE = frozenset({"hashes", "extensions"})  # which are read in more than one way
_MOST_HASHES = 20
_SMALLEST, _GREATEST = 1e-4, 1e15  # between them Python and RFC 8785 write a fraction in the same way
_spell = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class _UnspellableError(Exception):
    """A number that RFC 8785 may write in another way than Python does."""


def check_id_version(value: JsonObject) -> None:
    """Refuse an observable (its schema checked) with a name-based id and nothing to make it of (STIX 2.1 §2.9).

    Raises:
        ProfileError: code ``schema-violation``.
    """
    contributing = CONTRIBUTING.get(value["type"])
    if contributing is not None and is_name_based(value["id"]) and not any(name in value for name in contributing):
        raise schema_violation("Without a property that ids are made of, an id has a UUID of version 4 (STIX 2.1 §2.9).", "id")


def check_name_based_id(value: JsonObject) -> None:
    """Refuse an observable (its schema checked) whose id has a UUID of version 5 that is not made of its properties.

    The specification allows such ids in namespaces of one's own, and nobody can tell them from wrong ones; so this is asked where
    the exchange asks more than the specification. Types with rules of their authors' own are NOT checked, nor ids made of
    fractions that two tools may spell in two ways.

    Raises:
        ProfileError: code ``profile-violation``.
    """
    contributing = CONTRIBUTING.get(value["type"])
    if contributing is None or not is_name_based(value["id"]):
        return
    wanted = int(value["id"][-36:].replace("-", ""), 16)
    try:
        found = any(_name_based_uuid(name) == wanted for name in _names(value, contributing))
    except _UnspellableError:
        return
    if not found:
        sentence = (
            f"A UUID of version 5 is made of {', '.join(contributing)} (STIX 2.1 §2.9); for any other id take one of version 4."
        )
        raise ProfileError(sentence, code=Code.PROFILE_VIOLATION, pointer="/id")


def name_based_ids(value: JsonObject) -> Iterator[str]:
    """Give the ids that an observable of these properties has by the usual reading of the rule, and by the others in use."""
    for name in _names(value, CONTRIBUTING[value["type"]]):
        yield f"{value['type']}--{UUID(int=_name_based_uuid(name))}"


def _name_based_uuid(name: str) -> int:
    """Give the UUID of version 5 (RFC 9562 §5.5) of a name in the namespace of STIX, as a number."""
    hashed = _HASHED_NAMESPACE.copy()
    hashed.update(name.encode())
    return int.from_bytes(hashed.digest()[:16]) & ~_VERSION_AND_VARIANT | _VERSION_5


def _names(value: JsonObject, contributing: tuple[str, ...]) -> Iterator[str]:
    """Give what an id may be made of, the usual reading first: hashes and extensions are read in more than one way."""
    if contributing == ("value",):
        if "value" in value:
            yield f'{{"value":{_spell(value["value"])}}}'
        return
    made_of = {name: value[name] for name in contributing if name in value}
    if _NOT_SIMPLE.isdisjoint(made_of):
        yield _spell(_spellable(made_of))
        return
    hashes = _hash_readings(made_of.pop("hashes", None))
    extensions = _extension_readings(made_of.pop("extensions", None))
    for one_hash, one_extensions in product(hashes, extensions):
        varied = {"hashes": one_hash, "extensions": one_extensions}
        reading = made_of | {name: member for name, member in varied.items() if member}
        if reading:
            yield _spell(_spellable(reading))


def _hash_readings(hashes: Mapping[str, str] | None) -> list[dict[str, str] | None]:
    """Give the one hash that counts; of hashes without an order of preference, any of them or none."""
    if not hashes:
        return [None]
    for name in _PREFERRED_HASHES:
        if name in hashes:
            return [{name: hashes[name]}]
    return [*({name: digest} for name, digest in list(hashes.items())[:_MOST_HASHES]), None]


def _extension_readings(extensions: Mapping[str, Any] | None) -> list[Mapping[str, Any] | None]:
    """Give the extensions as they are, as they were before signing, the specification's own ones, and none."""
    if not extensions:
        return [None]
    unsigned = {name: about for name, about in extensions.items() if name != SIGNATURE}
    own = {name: about for name, about in extensions.items() if name in PREDEFINED_EXTENSIONS}
    return [extensions, unsigned, own, None]


def _spellable(value: Any) -> Any:
    """Give a value that the standard library spells as RFC 8785 does."""
    if isinstance(value, Mapping):
        return {name: _spellable(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_spellable(member) for member in value]
    if isinstance(value, float):
        if value.is_integer() and abs(value) < _GREATEST:
            return int(value)
        if not _SMALLEST <= abs(value) < _GREATEST:
            raise _UnspellableError
    return value
