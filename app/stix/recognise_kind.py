"""Of which kind a pasted line seems to be, where nobody has said so; and lines that say it.

Owns the guess, which people see and can change, and how a line of ``breakwater token make`` is read. Nothing is judged here:
whether a value has the form of its kind is ``app/stix/normalise.py``'s. Kept by ``tests/stix/test_recognise_kind.py``.
"""

from __future__ import annotations

import json
import re
from typing import Any

from app.domain.errors import BreakwaterError
from app.domain.observation import ObservableKind
from app.stix.normalise import normal_value

_KINDS = frozenset(ObservableKind)
_SAID = re.compile(r"([a-z0-9-]{2,24})\s*[:\t,;]\s*(\S.*)", re.ASCII)
_HEX = {32: ObservableKind.MD5, 40: ObservableKind.SHA1, 64: ObservableKind.SHA256}
_ADDRESS = re.compile(r"(?:https?|hxxps?)(?::|\[:\])//", re.IGNORECASE)
_INVITATION = re.compile(r"/(?:join|joinchat|invite|invites|inv)/|//discord(?:\.|\[\.\])gg/|/\+[\w-]{8,}", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@]{1,64}(?:@|\[at\])[^\s@]{1,190}(?:\.|\[\.\])[^\s@.]{2,24}", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+|00)\s?[1-9][\d\s().\-/]{5,24}\d")
_WALLET = re.compile(r"bc1[a-z0-9]{11,87}|0x[0-9a-fA-F]{40}|[13][1-9A-HJ-NP-Za-km-z]{25,34}|T[1-9A-HJ-NP-Za-km-z]{33}")


def read_line(line: str) -> dict[str, Any]:
    """Give the observable, as the form spells it, of a pasted line (unverified); without ``kind`` where none is recognised.

    A line may name its kind (``handle: example``), or be one that ``breakwater token make`` wrote.
    """
    text = line.strip()
    token = _token(text)
    if token is not None:
        return token
    said = _SAID.fullmatch(text)
    if said is not None and said[1] in _KINDS:
        return {"kind": said[1], "value": said[2].strip()}
    kind = recognise_kind(text)
    return {"value": text} if kind is None else {"kind": kind.value, "value": text}


def recognise_kind(text: str) -> ObservableKind | None:
    """Give the kind that a text seems to be of, None for what may be anything, as a name may."""
    if re.fullmatch("[0-9A-Fa-f]+", text) and len(text) in _HEX:
        return _HEX[len(text)]
    if _ADDRESS.match(text):
        return ObservableKind.INVITE_LINK if _INVITATION.search(text) else ObservableKind.URL
    for pattern, kind in ((_EMAIL, ObservableKind.EMAIL), (_PHONE, ObservableKind.PHONE), (_WALLET, ObservableKind.WALLET)):
        if pattern.fullmatch(text):
            return kind
    if text.startswith("@"):
        return ObservableKind.HANDLE
    return next((kind for kind in (ObservableKind.IP, ObservableKind.DOMAIN) if _is_one(kind, text)), None)


def _is_one(kind: ObservableKind, text: str) -> bool:
    try:
        normal_value(kind, text)
    except BreakwaterError:
        return False
    return "." in text or ":" in text


def _token(text: str) -> dict[str, Any] | None:
    if not text.startswith("{"):
        return None
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return None
    names = ("scheme", "epoch", "token")
    if not isinstance(read, dict) or not all(isinstance(read.get(name), str) for name in names):
        return None
    kind = read.get("identifier_kind")
    token = {"token": {name: read[name] for name in names}}
    return {"kind": kind, **token} if isinstance(kind, str) and kind in _KINDS else token
