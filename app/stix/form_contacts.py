"""Telephone numbers and mail addresses among the observables of a form, under a kind that is not meant for them.

Owns where they are looked for: in each value but those that have the form of a hash, a network address or a wallet; of addresses
of pages in what stands behind the host. Kept by ``tests/stix/test_form_contacts.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from app.domain.errors import BreakwaterError
from app.domain.observation import TOKENS_ONLY, ObservableKind
from app.stix.contact_text import find_contact
from app.stix.normalise import HASHES, normal_value
from app.stix.recognise_kind import recognise_kind

_KINDS = frozenset(ObservableKind)
_OF_THEIR_OWN = HASHES | {ObservableKind.DOMAIN, ObservableKind.IP, ObservableKind.WALLET}
_PAGES = frozenset({ObservableKind.INVITE_LINK, ObservableKind.URL})
_PAGE = re.compile(r"[a-z]{4,5}(?::|\[:\])//[^/?#]*", re.ASCII | re.IGNORECASE)
_APART = re.compile("[&;?#]")


def contacts_among(observables: Any) -> Iterator[int]:
    """Give the places of observables (unverified, of any shape) that hold a contact under another kind than its own."""
    for place, one in enumerate(observables if isinstance(observables, list) else ()):
        value, kind = (one.get("value"), one.get("kind")) if isinstance(one, dict) else (None, None)
        if isinstance(value, str) and value.strip() and kind not in TOKENS_ONLY and _holds_contact(kind, value.strip()):
            yield place


def _holds_contact(kind: Any, value: str) -> bool:
    page = _PAGE.match(value)
    if kind in _PAGES or page is not None:
        return _page_holds_contact(value[page.end() :] if page is not None else value)
    if isinstance(kind, str) and kind in _KINDS and kind in _OF_THEIR_OWN and _has_form(ObservableKind(kind), value):
        return False
    return recognise_kind(value) in {ObservableKind.EMAIL, ObservableKind.PHONE} or find_contact(value) is not None


def _page_holds_contact(behind: str) -> bool:
    path, _, query = _APART.sub("\0", unquote(behind), count=1).partition("\0")
    said = _APART.sub("\0", query.replace("=", " "))
    return find_contact(said) is not None or find_contact(path) == "an e-mail address"


def _has_form(kind: ObservableKind, value: str) -> bool:
    try:
        normal_value(kind, value)
    except BreakwaterError:
        return False
    return True
