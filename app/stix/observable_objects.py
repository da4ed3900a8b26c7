"""One observable as STIX: the cyber-observable that it is, and the pattern that finds it.

Owns which kind becomes which type, and in which form it leaves: as it is, or as a token. Kept by
``tests/stix/test_observable_objects.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.observation import TOKENS_ONLY, TOKENS_TOO, Observable, ObservableKind, Observation, RuleLanguage, Token
from app.domain.stix_object import JsonObject
from app.domain.vocabulary import Sensitivity, Surface
from app.stix.facts import IDENTIFYING_TYPES
from app.stix.normalise import HASHES, normal_value
from app.stix.normalise_faults import Normal, refuse
from app.stix.normalise_hashes import STIX_NAMES
from app.stix.normalise_names import service_name, service_word
from app.stix.observable_ids import name_based_ids
from breakwater_client.extensions import BLINDED_IDENTIFIER, LIVE_ROOM, PAYMENT_HANDLE, PERCEPTUAL_HASH

MakeToken = Callable[[ObservableKind, str], Token]
"""Makes the token of a normal value of a kind, with the key of a group."""

_DEFINED_BY = {
    "blinded-identifier": BLINDED_IDENTIFIER,
    "live-room": LIVE_ROOM,
    "payment-handle": PAYMENT_HANDLE,
    "perceptual-hash": PERCEPTUAL_HASH,
}
_LONGEST_IN_A_PATTERN = 64  # characters: longer constants are for the screen what encoded content is
_LANGUAGES: Mapping[ObservableKind, frozenset[RuleLanguage]] = {
    ObservableKind.BEHAVIOURAL_RULE: frozenset({RuleLanguage.OSPREY_SML, RuleLanguage.SIGMA}),
    ObservableKind.KEYWORD_TERM: frozenset({RuleLanguage.PLAIN}),
    ObservableKind.TEXT_RULE: frozenset({RuleLanguage.PCRE, RuleLanguage.PLAIN}),
}
_PATTERN_TYPES = {RuleLanguage.PLAIN: "plain-text"}


@dataclass(frozen=True, slots=True)
class Described:
    """An observable as it will leave. ``value`` is its cyber-observable, without markings and context; None of rules."""

    value: JsonObject | None
    pattern: str
    pattern_type: str
    sensitivity: Sensitivity
    notes: tuple[str, ...] = ()


def describe(observable: Observable, form: Observation, make_token: MakeToken | None = None) -> Described:
    """Give an observable of a form in the form in which it leaves. Without ``make_token`` tokens must be in the form.

    Raises:
        ProfileError: code ``observable-invalid``; the pointer is relative to the observable.
    """
    _refuse_strange(observable)
    if observable.kind in _LANGUAGES:
        return _rule(observable)
    if observable.kind is ObservableKind.VPDQ:
        return _video(observable)
    if observable.token is not None:
        return _token(observable, observable.token, form)
    normal = normal_value(observable.kind, observable.value or "")
    if observable.kind in TOKENS_ONLY:
        if make_token is None:
            refuse(f"A {observable.kind} leaves as a token alone: give the token that you made with your group's key.")
        return _token(observable, make_token(observable.kind, normal.value), form)
    return _plain(observable, normal, form)


def _refuse_strange(one: Observable) -> None:
    """Refuse members that do not belong to the kind."""
    if one.token is not None and one.kind not in TOKENS_TOO:
        refuse(f"A {one.kind} leaves as it is: give its value.", "/token")
    if (one.kind is ObservableKind.VPDQ) != bool(one.frames):
        refuse(
            "Frames are what a vpdq hash has, and no other kind." if one.frames else "A vpdq hash is given by its frames.",
            "/kind",
        )
    if one.quality is not None and one.kind is not ObservableKind.PDQ:
        refuse("A quality is what a pdq hash has; of vpdq each frame has one.", "/quality")
    if one.language is not None and one.kind not in _LANGUAGES:
        refuse("A language is what a rule has.", "/language")
    if one.payment_kind is not None and one.kind is not ObservableKind.PAYMENT_HANDLE_HMAC:
        refuse("What kind of payment it is belongs to a payment-handle-hmac.", "/payment_kind")


def _rule(one: Observable) -> Described:
    languages = _LANGUAGES[one.kind]
    usual = {ObservableKind.TEXT_RULE: RuleLanguage.PCRE, ObservableKind.KEYWORD_TERM: RuleLanguage.PLAIN}
    language = one.language or usual.get(one.kind)
    if language not in languages or language is None:
        refuse(f"A {one.kind} is written in: {', '.join(sorted(languages))}. Say which.", "/language")
    text = normal_value(one.kind, one.value or "").value
    return Described(None, text, _PATTERN_TYPES.get(language, language.value), Sensitivity.BEHAVIOURAL)


def _video(one: Observable) -> Described:
    frames = [
        {"value": each.value.lower(), "quality": each.quality, "at_milliseconds": each.at_milliseconds} for each in one.frames
    ]
    return _by_id({"type": "perceptual-hash", "algorithm": "vpdq", "frames": frames})


def _token(one: Observable, token: Token, form: Observation) -> Described:
    parts = {"scheme": token.scheme, "epoch": token.epoch, "token": token.token}
    if one.kind is ObservableKind.PAYMENT_HANDLE_HMAC:
        value = {"type": "payment-handle", "payment_kind": one.payment_kind or "account", **_service(one, form), **parts}
    else:
        value = {"type": "blinded-identifier", "identifier_kind": one.kind.value, **parts}
    found_by = {name: text for name, text in value.items() if name in ("identifier_kind", *parts)}
    return _described(value, _pattern(value["type"], found_by))


def _service(one: Observable, form: Observation) -> dict[str, str]:
    named = one.service or form.service
    return {"service": service_name(named, "/service")} if named else {}


def _of_service(one: Observable, form: Observation, what: str) -> str:
    named = _service(one, form).get("service")
    if named is None:
        refuse(f"{what} is one of a service: name the service, here or in where.", "/service")
    return named


def _plain(one: Observable, normal: Normal, form: Observation) -> Described:
    kind, text = one.kind, normal.value
    if kind in (ObservableKind.ACCOUNT_ID, ObservableKind.HANDLE):
        name = "user_id" if kind is ObservableKind.ACCOUNT_ID else "account_login"
        members = {"account_type": service_word(_of_service(one, form, "An account")), name: text}
        return _found("user-account", members, normal)
    if kind is ObservableKind.ROOM_OR_STREAM_ID:
        members = {"service": _of_service(one, form, "A room"), "room_id": text}
        surface = {"surface": form_surface(form)} if form_surface(form) else {}
        return _described({"type": "live-room", **members, **surface}, _pattern("live-room", members), normal.notes)
    if kind is ObservableKind.WALLET:
        value: dict[str, Any] = {"type": "payment-handle", "payment_kind": "wallet", **_service(one, form), "value": text}
        return _described(value, _pattern("payment-handle", {"value": text}), normal.notes)
    if kind in STIX_NAMES:
        name = STIX_NAMES[kind]
        step = name if name.isalnum() else f"'{name}'"
        return _described({"type": "file", "hashes": {name: text}}, f"[file:hashes.{step} = {_constant(text)}]", normal.notes)
    if kind in HASHES:
        quality = {} if one.quality is None else {"quality": one.quality}
        members = {"algorithm": kind.value, "value": text}
        value = {"type": "perceptual-hash", **members, **quality}
        return _by_id(value) if len(text) > _LONGEST_IN_A_PATTERN else _described(value, _pattern("perceptual-hash", members))
    types = {ObservableKind.DOMAIN: "domain-name", ObservableKind.IP: "ipv6-addr" if ":" in text else "ipv4-addr"}
    return _found(types.get(kind, "url"), {"value": text}, normal)


def form_surface(form: Observation) -> str | None:
    """Give the surface of a form that names exactly one, and one that is known."""
    known = form.surfaces - {Surface.UNKNOWN}
    return next(iter(known)).value if len(known) == 1 else None


def _by_id(value: dict[str, Any]) -> Described:
    """Give what is found by its id: a name-based one says as much as the value, which is too long for a pattern."""
    return _described(value, _pattern(value["type"], {"id": next(name_based_ids(value))}))


def _found(type_name: str, members: dict[str, str], normal: Normal) -> Described:
    return _described({"type": type_name, **members}, _pattern(type_name, members), normal.notes)


def _described(value: dict[str, Any], pattern: str, notes: tuple[str, ...] = ()) -> Described:
    type_name = value["type"]
    if type_name in _DEFINED_BY:
        value = {**value, "extensions": {_DEFINED_BY[type_name]: {"extension_type": "new-sco"}}}
    has_name = type_name != "blinded-identifier" and not (type_name == "payment-handle" and "token" in value)
    stix_id = next(name_based_ids(value)) if has_name else f"{type_name}--{uuid.uuid4()}"
    sensitivity = Sensitivity.IDENTIFYING if type_name in IDENTIFYING_TYPES else Sensitivity.BEHAVIOURAL
    return Described({"spec_version": "2.1", "id": stix_id, **value}, pattern, "stix", sensitivity, notes)


def _pattern(type_name: str, members: Mapping[str, str]) -> str:
    """Give the pattern of STIX (§9) that finds an object with these members."""
    return f"[{' AND '.join(f'{type_name}:{name} = {_constant(text)}' for name, text in members.items())}]"


def _constant(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
