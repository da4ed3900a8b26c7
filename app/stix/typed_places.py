"""The places of an object that have a form of their own: what fits the form there carries nothing else, and is not screened.

Owns the table of places and forms: STIX 2.1 §2.5, §3.2, §6, §10.6, and our own objects and extensions. What stands in such a
place and does not fit is screened like any text, with the measures of the place. Kept by ``tests/stix/test_typed_places.py``.
"""

from __future__ import annotations

import re
from typing import Any

from app.domain.stix_object import JsonObject
from app.stix.hash_values import are_hashes, begins_media, is_perceptual
from app.stix.packed_text import ADDRESS, FREE_TEXT, HASH, PATTERN, Measures
from breakwater_client.extensions import SIGNATURE

_HEX = "[0-9A-Fa-f]"
_B64 = r"[A-Za-z0-9+/_-]"
_MOST_PARTS = 512

_FORMS = {  # (type, property) -> what stands there and nothing else
    ("blinded-identifier", "token"): re.compile(rf"{_B64}{{43}}|{_HEX}{{64}}", re.ASCII),
    ("file", "magic_number_hex"): re.compile(rf"{_HEX}{{2,64}}", re.ASCII),
    ("payment-handle", "token"): re.compile(rf"{_B64}{{43}}|{_HEX}{{64}}", re.ASCII),
    ("x509-certificate", "serial_number"): re.compile(rf"{_HEX}{{1,2}}(?::?{_HEX}{{2}}){{0,24}}", re.ASCII),
    ("x509-certificate", "subject_public_key_modulus"): re.compile(rf"{_HEX}{{2}}(?::?{_HEX}{{2}}){{31,1030}}", re.ASCII),
}
_FRAME = frozenset({"at_milliseconds", "quality", "value"})
_MOST_FRAMES = 1_000
_PDQ = re.compile(rf"{_HEX}{{64}}", re.ASCII)
_MEASURES = {  # (type, property) -> how long what is there may be
    ("artifact", "url"): ADDRESS,
    ("indicator", "pattern"): PATTERN,
    ("network-traffic", "extensions"): ADDRESS,
    ("perceptual-hash", "value"): HASH,
    ("process", "command_line"): ADDRESS,
    ("process", "environment_variables"): ADDRESS,
    ("url", "value"): ADDRESS,
    ("windows-registry-key", "values"): ADDRESS,
    ("x509-certificate", "x509_v3_extensions"): ADDRESS,
}
_SIGNATURE_FORMS = {
    name: re.compile(form, re.ASCII) for name, form in {"sig": "[A-Za-z0-9+/]{86}==", "keyid": "[0-9a-f]{64}"}.items()
}
_WITH_TYPED = frozenset(kind for kind, _ in _FORMS) | {"perceptual-hash"}

_Path = tuple[str | int, ...]


def measures(value: JsonObject, path: _Path) -> Measures:
    """Give how long encoded content may be at a place of an object that did not fit a form."""
    if is_hash_place(path):
        return HASH
    kind = value.get("type")
    if kind is None and path == ("pattern",):
        return PATTERN
    return _MEASURES.get((kind, str(path[0])), FREE_TEXT) if path and isinstance(kind, str) else FREE_TEXT


def is_hash_place(path: _Path) -> bool:
    """Whether a value stands where the specification has hashes (STIX 2.1 §2.5, §6.1, §6.7, §6.18)."""
    holders = ("external_references", "extensions", "objects")
    deep = len(path) >= 4 and path[0] in holders and path[-2] in ("hashes", "file_header_hashes")  # noqa: PLR2004  # its steps
    return path[:-1] == ("hashes",) or deep


def without_typed(value: JsonObject) -> JsonObject:
    """Give the object without what has the form that its place prescribes.

    Names and list positions of all the rest stay, so that pointers do. Values that begin like a format of pictures have no form.
    """
    changed: dict[str, Any] = {}
    kind = value.get("type")
    hashes = value.get("hashes")
    if type(hashes) is dict and are_hashes(hashes):
        changed["hashes"] = {}
    cited = value.get("external_references")
    if type(cited) is list and any(type(each) is dict and "hashes" in each for each in cited):
        changed["external_references"] = [_without_hashes(each) for each in cited]
    extensions = value.get("extensions")
    if type(extensions) is dict and any(name == SIGNATURE or name.endswith("-ext") for name in extensions):
        changed["extensions"] = {name: _without_forms(name, member) for name, member in extensions.items()}
    if kind == "observed-data" and type(value.get("objects")) is dict:
        changed["objects"] = {key: without_typed(each) if type(each) is dict else each for key, each in value["objects"].items()}
    if type(kind) is str and kind in _WITH_TYPED:
        changed.update((name, type(member)()) for name, member in value.items() if _has_form(kind, name, member))
    return {**value, **changed} if changed else value


def _has_form(kind: str, name: str, member: Any) -> bool:
    if kind == "perceptual-hash":
        return (name == "value" and type(member) is str and is_perceptual(member)) or (name == "frames" and _are_frames(member))
    form = _FORMS.get((kind, name))
    return (
        form is not None
        and type(member) is str
        and form.fullmatch(member) is not None
        and not (kind != "file" and begins_media(member))
    )


def _are_frames(frames: Any) -> bool:
    return (
        type(frames) is list
        and len(frames) <= _MOST_FRAMES
        and all(type(each) is dict and each.keys() <= _FRAME and _PDQ.fullmatch(str(each.get("value"))) for each in frames)
        and all(type(each.get(name, 0)) is int for each in frames for name in ("quality", "at_milliseconds"))
        and not any(begins_media(each["value"]) for each in frames)
    )


def _without_forms(name: str, extension: Any) -> Any:
    """Give an extension's value without our signature, or without the hash values of parts of a file (STIX 2.1 §6.7)."""
    if type(extension) is not dict:
        return extension
    if name == SIGNATURE:
        return _without_signature(extension)
    return _without_inner_hashes(extension) if name.endswith("-ext") else extension


def _without_inner_hashes(holder: Any, depth: int = 3) -> Any:
    if type(holder) is list:
        return [_without_inner_hashes(member, depth) for member in holder] if len(holder) <= _MOST_PARTS else holder
    if type(holder) is not dict or depth == 0:
        return holder
    return {
        name: {} if name in ("hashes", "file_header_hashes") and are_hashes(member) else _without_inner_hashes(member, depth - 1)
        for name, member in holder.items()
    }


def _without_hashes(cited: Any) -> Any:
    return {**cited, "hashes": {}} if type(cited) is dict and are_hashes(cited.get("hashes")) else cited


def _without_signature(signature: dict[str, Any]) -> dict[str, Any]:
    entries = signature.get("signatures")
    if type(entries) is not list or len(entries) != 1 or type(entries[0]) is not dict:  # as its schema has it
        return signature
    kept = {
        name: member
        for name, member in entries[0].items()
        if not (name in _SIGNATURE_FORMS and type(member) is str and _SIGNATURE_FORMS[name].fullmatch(member))
    }
    return {**signature, "signatures": [kept]}
