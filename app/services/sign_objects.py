"""Signing a file of STIX objects as their publisher, before they are submitted.

Owns the order of the steps: the hub-stable form first, so that other tools' round trips keep the signature, then the signature.
Everything else stays: unknown properties, the order of objects, the container's own members. Does not check STIX (the exchange
does) and does not know whether the key is registered. Kept by ``tests/services/test_sign_objects.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.crypto.keys import PrivateKey
from app.crypto.object_signature import sign_object
from app.domain.errors import BreakwaterError
from app.services.read_object_file import Placed, placed_fault, read_object_file, write_object_file
from app.stix.hub_stable import hub_stable
from app.stix.markings import is_well_known


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs: the private key, the STIX identity id it is registered for, and the time (aware) that is written down.

    Without ``hub_stable`` the spelling stays, and tools that re-spell will break the signature.
    """

    key: PrivateKey
    signer: str
    signed_at: datetime
    hub_stable: bool = True


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """The file again, every object signed, and how many were; published objects need no signature and stay as they are."""

    content: bytes
    signed: int
    left: int


def sign_document(raw: bytes, signing: Signing) -> SignedDocument:
    """Sign each object of a file (a single object, a bundle, an envelope or NDJSON); all or nothing.

    Raises:
        MalformedInputError, TooLargeError: the file cannot be read, or an object is signed already.
        UntrustedSignatureError: ``signer-mismatch``: an object's ``created_by_ref`` is somebody else.
        ProfileError: an object has the id of a published one and other content, or no hub-stable form.
    """
    document = read_object_file(raw)
    objects = [_signed(placed, signing) for placed in document]
    left = sum(not was_signed for _, was_signed in objects)
    content = b"".join(write_object_file(document.form, document.members, (value for value, _ in objects)))
    return SignedDocument(content, len(objects) - left, left)


def sign_value(value: dict[str, Any], signing: Signing) -> dict[str, Any]:
    """Give one object, hub-stable if that is asked for, signed; errors as ``sign_document``, pointers within the object."""
    stable = hub_stable(value) if signing.hub_stable else value
    return sign_object(stable, signing.key, signer=signing.signer, signed_at=signing.signed_at)


def _signed(placed: Placed, signing: Signing) -> tuple[dict[str, Any], bool]:
    try:
        if is_well_known(placed.value):
            return placed.value, False
        return sign_value(placed.value, signing), True
    except BreakwaterError as fault:
        raise placed_fault(placed.place, fault) from None
