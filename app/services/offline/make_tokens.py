"""Making tokens of identifiers on a member's own machine, with the keys of a group that it fetched.

Owns how a file of keys is read and which keys a token is made with. Nothing here asks the exchange, keeps an identifier, or puts
one into an error. Kept by ``tests/services/offline/test_make_tokens.py``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.crypto.group_tokens import SCHEME, epoch_of_key, key_of_text, token_of
from app.domain.errors import MalformedInputError
from app.domain.token_value import TokenKind, written_for_token

MOST_KEY_FILE_BYTES = 1_048_576
_NO_KEY_FILE = "This is no file of a group's keys as `group keys` writes it: the answer of the exchange as it came, in JSON."


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key of a group with the name of its epoch."""

    epoch: str
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A token, as an object bears it."""

    identifier_kind: TokenKind
    scheme: str
    epoch: str
    token: str


def read_key_file(content: bytes) -> list[HeldKey]:
    """Give the keys of a file (unverified bytes), newest first; keys that the exchange has lost are left out.

    Raises:
        MalformedInputError: it is none, is of another scheme, has a key that does not belong to its epoch, or has none.
    """
    try:
        document: Any = json.loads(content) if len(content) <= MOST_KEY_FILE_BYTES else None
        scheme, listed = document["scheme"], document["keys"]
        pairs = [(one["epoch"], one["key"]) for one in listed if one["key"] is not None]
    except (ValueError, RecursionError, TypeError, KeyError):
        raise MalformedInputError(_NO_KEY_FILE) from None
    if scheme != SCHEME:
        raise MalformedInputError(f"These keys are of another scheme; this program knows {SCHEME}.")
    held = [_held(epoch, text) for epoch, text in pairs]
    if not held:
        raise MalformedInputError("There is no key in this file.")
    return held


def group_of_key_file(content: bytes) -> str | None:
    """Give the id of the group whose keys are in a file that ``read_key_file`` has read; None if it names none."""
    found = json.loads(content).get("group_id")
    return found if isinstance(found, str) else None


def keys_for(held: Sequence[HeldKey], epoch: str | None, *, every: bool) -> Sequence[HeldKey]:
    """Give the keys to make tokens with: the newest, that of an epoch, or every one.

    Raises:
        MalformedInputError: there is no key of this epoch.
    """
    if epoch is None:
        return held if every else held[:1]
    found = [one for one in held if one.epoch == epoch]
    if not found:
        raise MalformedInputError("There is no key of this epoch in the file; fetch the keys again.")
    return found


def make_tokens(keys: Sequence[HeldKey], kind: TokenKind, value: str, service: str | None = None) -> list[MadeToken]:
    """Give the token of an identifier under each of these keys; raises as ``written_for_token``."""
    written = written_for_token(kind, value, service)
    return [MadeToken(kind, SCHEME, one.epoch, token_of(one.key, kind, written)) for one in keys]


def _held(epoch: Any, text: Any) -> HeldKey:
    key = key_of_text(text) if isinstance(text, str) else None
    if key is None:
        raise MalformedInputError(_NO_KEY_FILE)
    if epoch_of_key(key) != epoch:
        raise MalformedInputError("A key in this file does not belong to the epoch that it came with; fetch the keys again.")
    return HeldKey(epoch, key)
