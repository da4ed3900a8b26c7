"""Hash values: each algorithm's own length and alphabet, in one spelling.

Owns the sentences; which values have the form of which algorithm is ``hash_values``'s. Kept by
``tests/stix/test_normalise_hashes.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.domain.observation import ObservableKind
from app.stix.hash_values import is_hash
from app.stix.normalise_faults import Normal, refuse, trimmed

HEX_DIGITS: Mapping[ObservableKind, int] = {
    ObservableKind.MD5: 32,
    ObservableKind.PDQ: 64,
    ObservableKind.SHA1: 40,
    ObservableKind.SHA256: 64,
}
"""Kinds whose values are so many hexadecimal digits."""

STIX_NAMES: Mapping[ObservableKind, str] = {
    ObservableKind.MD5: "MD5",
    ObservableKind.SHA1: "SHA-1",
    ObservableKind.SHA256: "SHA-256",
}
"""Kinds of hashes of whole files, by their names in STIX (§10.6)."""

_PHOTODNA_BYTES = 144
_HEX_PHOTODNA = re.compile("[0-9A-Fa-f]{288}", re.ASCII)
_BASE64_PHOTODNA = re.compile("[A-Za-z0-9+/]{192}", re.ASCII)
_NUMBERS = re.compile(r"[0-9]{1,3}(?: ?, ?[0-9]{1,3})*", re.ASCII)
_OTHERS = re.compile("[A-Za-z0-9+/=_-]{8,512}", re.ASCII)
_NO_HASH = "This begins like a file and not like a hash value."


def hash_value(kind: ObservableKind, value: str) -> Normal:
    """Give a hash value (unverified) of this kind in one spelling: hexadecimal digits are small.

    Raises:
        ProfileError: its length or its alphabet are not those of the kind.
    """
    text = trimmed(value, "A hash value")
    if kind in HEX_DIGITS:
        normal = _hexadecimal(kind, text)
    elif kind is ObservableKind.PHOTODNA:
        normal = _photodna(text)
    elif _OTHERS.fullmatch(text):
        normal = text
    else:
        refuse(f"A {kind} value has 8 to 512 characters: letters, digits and + / = _ -; this one has {len(text)}, or others.")
    if not is_hash(kind.value, normal):
        refuse(_NO_HASH)
    return Normal(normal)


def _hexadecimal(kind: ObservableKind, text: str) -> str:
    digits = HEX_DIGITS[kind]
    if not re.fullmatch("[0-9A-Fa-f]*", text, re.ASCII):
        refuse(f"A {kind} value has {digits} hexadecimal digits (0-9, a-f) and nothing else.")
    if len(text) != digits:
        refuse(f"A {kind} value has {digits} hexadecimal digits; this one has {len(text)}.")
    return text.lower()


def _photodna(text: str) -> str:
    if _HEX_PHOTODNA.fullmatch(text):
        return text.lower()
    if not _BASE64_PHOTODNA.fullmatch(text) and not _are_bytes(text):
        refuse("A photodna value has 144 bytes: 192 characters of base64, 288 hexadecimal digits, or 144 numbers with commas.")
    return re.sub("0*([0-9]+)", r"\1", text.replace(" ", "")) if "," in text else text


def _are_bytes(text: str) -> bool:
    numbers = [int(one) for one in text.split(",")] if _NUMBERS.fullmatch(text) else []
    return len(numbers) == _PHOTODNA_BYTES and max(numbers) <= 0xFF  # noqa: PLR2004  # a byte's greatest
