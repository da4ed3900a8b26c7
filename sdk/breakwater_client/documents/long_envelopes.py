"""Envelopes whose payload may be longer than one text of strict JSON: receipts grow with the objects in them.

Owns reading them strictly but for that one member. Verifies nothing. Kept by ``tests/client/documents/test_long_envelopes.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from breakwater_client.documents.json_limits import MAX_BODY_BYTES
from breakwater_client.documents.strict_json import parse


def parse_envelope(raw: bytes, within: str | None = None) -> Any:
    """Give a JSON value (unverified bytes) as ``strict_json.parse`` does, but with ``payload`` of any length that 16 MiB hold.

    ``within`` names the member that is the envelope, None for the whole document.

    Raises:
        MalformedInputError, TooLargeError: not strict JSON.
    """
    if len(raw) > MAX_BODY_BYTES:
        return parse(raw)
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_named_once)
    except (ValueError, RecursionError):
        return parse(raw)  # refuses it, and says where
    envelope = value.get(within) if within is not None and isinstance(value, dict) else value
    if not isinstance(envelope, dict) or not isinstance(envelope.get("payload"), str):
        return parse(raw)
    payload = envelope.pop("payload")
    strict = parse(json.dumps(value).encode())
    _put_back(strict if within is None else strict[within], payload)
    return strict


def member_of(value: object, name: str) -> object:
    """Give a member of what may be a JSON object, None if there is none."""
    return value.get(name) if isinstance(value, Mapping) else None


def _put_back(envelope: dict[str, Any], payload: str) -> None:
    envelope["payload"] = payload


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members
