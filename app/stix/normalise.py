"""Observables, kind by kind, in the one spelling in which they are compared everywhere.

Owns which reading belongs to which kind. The spelling of the same thing is the same for every partner, which is what tokens and
ids are made of. Nothing becomes wider by it, and what cannot be read is refused, never guessed. Kept by
``tests/stix/test_normalise.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from app.domain.observation import RULES, ObservableKind
from app.stix import normalise_addresses as addresses
from app.stix import normalise_names as names
from app.stix.normalise_faults import Normal, refuse
from app.stix.normalise_hashes import HEX_DIGITS, hash_value

_LONGEST_RULE = 4_096
_LONGEST_TERM = 100
_HALF = re.compile("[\ud800-\udfff]")
"""Half a character (a lone surrogate), which no encoding writes."""
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

HASHES = frozenset(HEX_DIGITS) | {
    ObservableKind.NETCLEAN,
    ObservableKind.PHOTODNA,
    ObservableKind.SAFER,
    ObservableKind.VIDENTIFIER,
}
"""Kinds of hashes that are one value."""

_READINGS: Mapping[ObservableKind, Callable[[str], Normal]] = {
    ObservableKind.ACCOUNT_ID: names.account_id,
    ObservableKind.DEVICE: names.device,
    ObservableKind.DOMAIN: addresses.domain,
    ObservableKind.EMAIL: addresses.email,
    ObservableKind.HANDLE: names.handle,
    ObservableKind.INVITE_LINK: addresses.url,
    ObservableKind.IP: addresses.ip,
    ObservableKind.PHONE: addresses.phone,
    ObservableKind.ROOM_OR_STREAM_ID: names.room,
    ObservableKind.URL: addresses.url,
    ObservableKind.WALLET: names.wallet,
    **{kind: partial(hash_value, kind) for kind in HASHES},
}


def normal_value(kind: ObservableKind, value: str) -> Normal:
    """Give a value (unverified) of this kind in its one spelling, and what was left out of what was entered.

    Raises:
        ProfileError: code ``observable-invalid``, pointer ``/value``: it has not the form of its kind, or the kind has no values.
    """
    if kind in RULES:
        return Normal(_rule(kind, value))
    reading = _READINGS.get(kind)
    if reading is None:
        refuse("A vpdq hash is given by its frames." if kind is ObservableKind.VPDQ else "This kind is given as a token.")
    return reading(value)


def _rule(kind: ObservableKind, value: str) -> str:
    text = value.strip()
    longest = _LONGEST_TERM if kind is ObservableKind.KEYWORD_TERM else _LONGEST_RULE
    if not text or _HALF.search(text) or len(text.encode()) > longest or _NO_TEXT.search(text):
        refuse(f"A {kind} has text of {longest} bytes at most, without control characters.")
    if kind is ObservableKind.KEYWORD_TERM and "\n" in text:
        refuse("A keyword-term is one term on one line.")
    return text
