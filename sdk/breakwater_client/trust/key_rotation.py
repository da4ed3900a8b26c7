"""A key signs for the one that takes its place.

Owns the document that it signs, in one closed shape, so that a rotation is good for these two keys of this partner and nothing
else. Does not know whether the old key counts. Kept by ``tests/client/trust/test_key_rotation.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from breakwater_client.errors import MalformedInputError, UntrustedSignatureError
from breakwater_client.instant import instant_text
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import open_envelope, sign_envelope
from breakwater_client.trust.keys import PublicKey, SigningKey
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.vocabulary import KeyUsage

TYPE = "key-rotation"


@dataclass(frozen=True, slots=True)
class Rotation:
    """From which key to which, of whom and for which use. ``not_before``: when the new key begins to count, None at once.

    ``retire_at``: until when the old key counts beside it, None: no longer.
    """

    old_keyid: str
    new_keyid: str
    usage: KeyUsage
    partner_id: str
    not_before: datetime | None = None
    retire_at: datetime | None = None


def rotation_payload(rotation: Rotation) -> bytes:
    """Give the RFC 8785 bytes that the old key signs; times that are not stated are left out."""
    document: dict[str, Any] = {
        "type": TYPE,
        "old_keyid": rotation.old_keyid,
        "new_keyid": rotation.new_keyid,
        "usage": rotation.usage.value,
        "partner_id": rotation.partner_id,
    }
    times = {name: getattr(rotation, name) for name in ("not_before", "retire_at")}
    return canonical_bytes(document | {name: instant_text(at) for name, at in times.items() if at is not None})


def sign_rotation(rotation: Rotation, old_key: SigningKey) -> dict[str, Any]:
    """Give the envelope in which the old key signs for the new one."""
    return sign_envelope(PayloadType.KEY_ROTATION, rotation_payload(rotation), old_key)


def open_rotation(envelope: Mapping[str, Any], old_key: PublicKey) -> Rotation:
    """Give what a rotation (unverified envelope) says, if the old key signed it. Whether that fits the keys is NOT checked.

    Raises:
        UntrustedSignatureError: not signed by this key, or not the closed shape in canonical form.
    """
    payload = open_envelope(envelope, PayloadType.KEY_ROTATION, {old_key.keyid: old_key}).payload
    try:
        document = json.loads(payload)
        rotation = Rotation(
            old_keyid=document["old_keyid"],
            new_keyid=document["new_keyid"],
            usage=KeyUsage(document["usage"]),
            partner_id=document["partner_id"],
            not_before=_instant(document, "not_before"),
            retire_at=_instant(document, "retire_at"),
        )
        # What is written again and comes out alike has exactly these members, in exactly this form.
        is_whole = rotation_payload(rotation) == payload
    except (ValueError, TypeError, KeyError, RecursionError, MalformedInputError):
        is_whole = False
    if not is_whole:
        sentence = "What was signed is no rotation of a key in the one form that there is."
        raise UntrustedSignatureError(sentence, pointer="/payload")
    return rotation


def _instant(document: Mapping[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(document[name]) if name in document else None
