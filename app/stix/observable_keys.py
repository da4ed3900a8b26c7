"""Keys of observables: by which what states one is found, in whatever form and spelling it states it.

Owns which values an object states (an observable's own, the constants of a STIX pattern, the name-based ids it refers to), which
spellings are the same, and what somebody has to say who asks. A key is a digest, so that two long values are one short word of
the index; whoever guesses a value can compute it, as the value itself stands beside it. NOT found: what stands in running texts
and in patterns of other languages. Kept by ``tests/stix/test_observable_keys.py``.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.domain.errors import MalformedInputError
from app.domain.observation import RULES, ObservableKind
from app.domain.stix_object import JsonObject
from app.domain.subject_request import SelectorKind
from app.domain.words import KEY
from app.stix.hash_values import is_hash
from app.stix.identifiers import is_name_based, named_type
from app.stix.observable_ids import CONTRIBUTING, name_based_ids
from app.stix.pattern_tokens import tokens_of
from app.stix.references import references
from app.stix.selectors import ids_of, normal_selector

MOST_KEYS = 200
"""So many keys of one object are kept."""
LONGEST_VALUE = 2_000
ASKABLE = frozenset(ObservableKind) - RULES
"""Kinds of observables that can be asked for."""

_KEY_DIGITS = 24
_VALUES = ("value", "token", "room_id")
_LOGINS = ("account_login", "user_id")
_PHONE = re.compile(r"\+?[0-9 ().\-/]{5,25}", re.ASCII)
_SELECTORS = {
    ObservableKind.ACCOUNT_ID: SelectorKind.HANDLE,
    ObservableKind.EMAIL: SelectorKind.EMAIL,
    ObservableKind.HANDLE: SelectorKind.HANDLE,
    ObservableKind.INVITE_LINK: SelectorKind.URL,
    ObservableKind.IP: SelectorKind.IP,
    ObservableKind.PHONE: SelectorKind.PHONE,
    ObservableKind.URL: SelectorKind.URL,
}
_HASHES = {
    kind: str(kind).upper()
    for kind in (
        *(ObservableKind.MD5, ObservableKind.SHA1, ObservableKind.SHA256, ObservableKind.PDQ, ObservableKind.VPDQ),
        *(ObservableKind.PHOTODNA, ObservableKind.NETCLEAN, ObservableKind.SAFER, ObservableKind.VIDENTIFIER),
    )
}


@dataclass(frozen=True, slots=True)
class AskedObservable:
    """An observable that somebody asks for: its keys, and what is kept (as digests) of the question.

    ``subjects`` are the ids that it has by the name-based rule, or a spelling of its own where it has none.
    """

    keys: frozenset[str] = field(repr=False)
    subjects: frozenset[str] = field(repr=False)


def asked_observable(kind: ObservableKind, value: str, service: str | None) -> AskedObservable:
    """Give what is asked for; ``value`` is what somebody typed, ``service`` names the one of an account.

    Raises:
        MalformedInputError: this is none of the kind, or an account without its service; the value is not repeated.
    """
    if kind not in ASKABLE or not 0 < len(value.strip()) <= LONGEST_VALUE:
        raise MalformedInputError(f"This is no value of the kind {kind}.")
    if kind in _SELECTORS:
        return _of_selector(_SELECTORS[kind], value, service)
    if service is not None:
        raise MalformedInputError("An account names its service, and nothing else does.")
    if kind in _HASHES and not is_hash(_HASHES[kind], value.strip()):
        raise MalformedInputError(f"This has not the length or the letters of the kind {kind}.")
    stated = _plain(value)
    subjects = frozenset(name_based_ids({"type": "domain-name", "value": stated})) if kind is ObservableKind.DOMAIN else None
    if kind in {ObservableKind.MD5, ObservableKind.SHA1, ObservableKind.SHA256}:
        subjects = ids_of(normal_selector(SelectorKind.HASH, value, None))
    about = [f"r:{one}" for one in subjects or ()]
    return AskedObservable(frozenset(map(_key, [f"v:{stated}", *about])), subjects or frozenset({f"{kind}:{stated}"}))


def _of_selector(kind: SelectorKind, value: str, service: str | None) -> AskedObservable:
    selector = normal_selector(kind, value, service)
    if kind is SelectorKind.HANDLE:
        stated = [f"h:{selector.platform}:{selector.value}", f"h::{selector.value}"]
    elif kind is SelectorKind.PHONE:
        stated = [f"p:{selector.value}"]
    else:
        stated = [f"v:{_plain(selector.value)}"]
    ids = ids_of(selector)
    about = [f"r:{one}" for one in ids]
    return AskedObservable(frozenset(map(_key, stated + about)), ids or frozenset({f"{kind}:{selector.value}"}))


def keys_of(value: JsonObject) -> list[str]:
    """Give the keys of what an object states, each once; the object was stored, or has passed its schema."""
    return [_key(one) for one in list(dict.fromkeys(_stated(value)))[:MOST_KEYS]]


def _key(stated: str) -> str:
    return KEY + hashlib.sha256(stated.encode(errors="replace")).hexdigest()[:_KEY_DIGITS]


def _stated(value: JsonObject) -> Iterator[str]:
    if "modified" not in value:
        yield from _of_observable(value)
    if value.get("pattern_type") == "stix" and isinstance(value.get("pattern"), str):
        yield from _of_pattern(value["pattern"])
    for one in sorted(references(value)):
        if is_name_based(one) and named_type(one) in CONTRIBUTING:
            yield f"r:{one}"


def _of_observable(value: JsonObject) -> Iterator[str]:
    hashes = value.get("hashes")
    own = [value.get(name) for name in _VALUES] + (list(hashes.values()) if isinstance(hashes, Mapping) else [])
    for one in own:
        if isinstance(one, str):
            yield from _of_text(one)
    for one in (value.get(name) for name in _LOGINS):
        if isinstance(one, str):
            yield from _of_text(one)
            yield from _of_login(one, [str(value.get("account_type", ""))])


def _of_pattern(pattern: str) -> Iterator[str]:
    """Give what a pattern's constants say: its strings but for those that are steps of a path."""
    kinds, texts = tokens_of(pattern) or ([], [])
    constants: list[tuple[str, str]] = []
    step = ""
    for place, kind in enumerate(kinds):
        is_step = place > 0 and kinds[place - 1] in {".", ":"}
        if is_step:
            step = texts[place]
        elif kind == "string":
            constants.append((step, texts[place][1:-1].replace("\\'", "'").replace("\\\\", "\\")))
    services = [said for of, said in constants if of == "account_type"] or [""]
    for of, said in constants:
        yield from _of_text(said)
        if of in _LOGINS:
            yield from _of_login(said, services)


def _of_text(text: str) -> Iterator[str]:
    if len(text) > LONGEST_VALUE:
        return
    yield f"v:{_plain(text)}"
    if _PHONE.fullmatch(text.strip()):
        yield f"p:{re.sub('[^0-9]', '', text).removeprefix('00')}"


def _of_login(login: str, services: list[str]) -> Iterator[str]:
    for service in services:
        yield f"h:{_plain(service)}:{_plain(login)}"


def _plain(text: str) -> str:
    """Give a value without what spellings of it differ in: case, width, a closing stroke, an at-sign, the mask of one host."""
    plain = unicodedata.normalize("NFKC", text.strip()).casefold().removesuffix("/").removeprefix("@")
    if plain[:1].isdigit() or ":" in plain[:5]:
        try:
            return str(ipaddress.ip_interface(plain).ip) if _is_one_host(plain) else plain
        except ValueError:
            return plain
    return plain


def _is_one_host(text: str) -> bool:
    interface = ipaddress.ip_interface(text)
    return interface.network.prefixlen == interface.max_prefixlen
