"""Versions of a directory of keys, made and signed without an exchange."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.vocabulary import KeyState, KeyUsage
from breakwater_client.trust.key_directory import Directory, DirectoryKey, sign_directory
from breakwater_client.trust.keys import PrivateKey

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOME = "identity--11111111-1111-4111-8111-111111111111"


def version(number: int, signing: PrivateKey, *before: PrivateKey, rotations: Sequence[int] = (), **changes: Any) -> Directory:
    """Give a version whose directory key is ``signing``, in the place of those before it."""
    key = DirectoryKey(signing.public, KeyUsage.DIRECTORY_SIGNING, HOME, KeyState.ACTIVE, NOW - DAY, NOW - DAY)
    retired = [replace(key, public_key=one.public, state=KeyState.RETIRED, not_after=NOW) for one in before]
    made = Directory("x", number, NOW, NOW + 7 * DAY, "breakwater-exchange/x", tuple(rotations), (key, *retired))
    return replace(made, **changes)


def signed(directory: Directory, *signers: PrivateKey) -> bytes:
    """Give the content of its file."""
    return json.dumps(sign_directory(directory, signers)).encode()
