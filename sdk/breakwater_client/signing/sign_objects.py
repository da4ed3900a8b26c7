"""Signing a file of STIX objects as their publisher, before they are submitted.

Owns the order of the steps: the hub-stable form first, so that other tools' round trips keep the signature, then the signature.
Everything else stays: unknown properties, the order of objects, the container's own members. Does not check STIX (the exchange
does) and does not know whether the key is registered. Kept by ``tests/client/signing/test_sign_objects.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from breakwater_client.documents.read_object_file import ObjectFile, Placed, placed_fault, write_object_file
from breakwater_client.documents.well_known import is_well_known
from breakwater_client.errors import BreakwaterError, UnavailableError
from breakwater_client.object_vocabulary import CorrectionReason
from breakwater_client.signing.correction import corrected
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import sign_object


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs: the private key, the STIX identity id it is registered for, and the time (aware) that is written down.

    Without ``hub_stable`` the spelling stays, and tools that re-spell will break the signature.
    """

    key: PrivateKey
    signer: str
    signed_at: datetime
    hub_stable: bool = True


@dataclass(slots=True)
class SignedDocument:
    """A file of objects again, each signed as its turn comes; published objects need no signature and stay as they are."""

    file: ObjectFile
    signing: Signing
    signed: int = 0
    """How many objects were signed so far."""

    left: int = 0
    """How many stayed as they are."""

    def pieces(self) -> Iterator[bytes]:
        """Give the pieces of the file, to be gone through once. The file is good only if no piece raises.

        Raises:
            MalformedInputError, TooLargeError: an object cannot be read, or is signed already.
            UntrustedSignatureError: ``signer-mismatch``: an object's ``created_by_ref`` is somebody else.
            ProfileError: an object has the id of a published one and other content, or no hub-stable form.
        """
        return write_object_file(self.file.form, self.file.members, map(self._signed, self.file))

    def _signed(self, placed: Placed) -> dict[str, Any]:
        try:
            if is_well_known(placed.value):
                self.left += 1
                return placed.value
            value = sign_value(placed.value, self.signing)
        except BreakwaterError as fault:
            raise placed_fault(placed.place, fault) from None
        self.signed += 1
        return value


def sign_value(value: dict[str, Any], signing: Signing) -> dict[str, Any]:
    """Give one object signed, hub-stable if that is asked for; errors as of ``SignedDocument``, pointers within the object.

    Raises:
        UnavailableError: hub-stable is asked for, and the extra ``stix2`` is not installed.
    """
    stable = _stable(value) if signing.hub_stable else value
    return sign_object(stable, signing.key, signer=signing.signer, signed_at=signing.signed_at)


def _stable(value: dict[str, Any]) -> dict[str, Any]:
    try:
        from breakwater_client.signing.hub_stable import hub_stable  # noqa: PLC0415  # an extra, which takes a second to load
    except ImportError as missing:
        sentence = 'The hub-stable form needs the extra "stix2": pip install "breakwater-client[stix2]"; or sign as it is.'
        raise UnavailableError(sentence) from missing
    return hub_stable(value)


def sign_correction(value: dict[str, Any], reason: CorrectionReason, signing: Signing) -> dict[str, Any]:
    """Give an object with a context as its newest version: of now, with what was wrong before, and signed anew."""
    return sign_value(corrected(value, reason, signing.signed_at), signing)
