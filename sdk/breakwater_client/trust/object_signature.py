"""The publisher's signature inside a STIX object.

Owns the signature extension: writing it, reading it strictly, and checking it. The signed payload is the canonical form of the
whole object with only each ``sig`` removed, so signer, time and every other extension are covered. Does not decide whether the
key counts, whose it is, or whether the object is valid STIX. Kept by ``tests/client/trust/test_object_signature.py``.

The extension (closed schema), under ``breakwater_client.extensions.SIGNATURE``: ``extension_type`` = ``property-extension`` and
``signatures``, a list of exactly one ``{keyid, signer, signed_at, sig}``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from breakwater_client.errors import BreakwaterError, Code, MalformedInputError, UntrustedSignatureError
from breakwater_client.extensions import SIGNATURE
from breakwater_client.stix_values import JsonObject
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import pae
from breakwater_client.trust.keys import PublicKey, SigningKey
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.trust.strict_base64 import decode_base64, encode_base64

_EXTENSION_AT = f"/extensions/{SIGNATURE}"
_ENTRY_AT = f"{_EXTENSION_AT}/signatures/0"
_ENTRY_MEMBERS = frozenset({"keyid", "signer", "signed_at", "sig"})
_KEYID = re.compile(r"[0-9a-f]{64}")
_SIGNER = re.compile(r"identity--[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class SignatureEntry:
    """Who says to have signed, when by their own clock (aware, UTC), with which key: a claim until ``verify_object`` returns."""

    keyid: str
    signer: str
    signed_at: datetime
    sig: bytes


def is_identity(text: str) -> bool:
    """Whether this is the id of a STIX identity, of the form in which one signs; whose it is, is NOT checked."""
    return _SIGNER.fullmatch(text) is not None


def sign_object(value: JsonObject, key: SigningKey, *, signer: str, signed_at: datetime) -> dict[str, Any]:
    """Give a new object: ``value`` and the signature extension beside its other extensions.

    ``value`` stays as it is, and the new object shares its other members. ``signer`` is the publisher's STIX identity id,
    ``signed_at`` an aware time, cut to milliseconds. The object's STIX is NOT checked, nor whether other tools keep its spelling.

    Raises:
        MalformedInputError: ``extensions`` empty or no object, a signature already there, a signer that is no identity id, or a
            value without canonical bytes.
        UntrustedSignatureError: code ``signer-mismatch`` if ``created_by_ref`` is somebody else.
        BreakwaterError: a time without a zone: a mistake of the caller.
    """
    signed = prepared(value, key.public.keyid, signer=signer, signed_at=signed_at)
    return with_signature(signed, key.sign(pae(PayloadType.STIX_OBJECT, canonical_bytes(signed))))


def prepared(value: JsonObject, keyid: str, *, signer: str, signed_at: datetime) -> dict[str, Any]:
    """Give a new object that is whole but for its ``sig``: its canonical bytes are what a key elsewhere has to sign.

    Raises as ``sign_object``.
    """
    extensions = value.get("extensions", {})
    if not isinstance(extensions, dict) or ("extensions" in value and not extensions):
        raise MalformedInputError("Extensions must be an object with members, or absent.", pointer="/extensions")
    if SIGNATURE in extensions:
        raise MalformedInputError("The object already carries a signature.", pointer=_EXTENSION_AT)
    if not is_identity(signer):
        raise MalformedInputError("The signer must be the id of a STIX identity.")
    check_creator(value, signer)
    entry = {"keyid": keyid, "signer": signer, "signed_at": _timestamp(signed_at)}
    extension = {"extension_type": "property-extension", "signatures": [entry]}
    return {**value, "extensions": {**extensions, SIGNATURE: extension}}


def with_signature(value: JsonObject, sig: bytes) -> dict[str, Any]:
    """Give a ``prepared`` object with what a key made over its canonical bytes (unverified)."""
    extension = value["extensions"][SIGNATURE]
    entry = {**extension["signatures"][0], "sig": encode_base64(sig)}
    return {**value, "extensions": {**value["extensions"], SIGNATURE: {**extension, "signatures": [entry]}}}


def read_signature(value: JsonObject) -> SignatureEntry:
    """Give the signature entry of an object (unverified, strictly parsed JSON), read against its closed schema.

    Nothing is verified. Pointers are relative to the object.

    Raises:
        UntrustedSignatureError: code ``signature-missing`` without the extension, ``signature-invalid`` if it has another shape.
    """
    entry = _entry(value)
    _require_text(entry, "keyid", _KEYID)
    _require_text(entry, "signer", _SIGNER)
    signed_at = _parsed_timestamp(entry["signed_at"])
    if signed_at is None:
        raise UntrustedSignatureError("The time must be in UTC, with milliseconds and Z.", pointer=f"{_ENTRY_AT}/signed_at")
    sig = decode_base64(entry["sig"])
    if sig is None:
        raise UntrustedSignatureError("The signature is not canonical, padded base64.", pointer=f"{_ENTRY_AT}/sig")
    return SignatureEntry(keyid=entry["keyid"], signer=entry["signer"], signed_at=signed_at, sig=sig)


def signed_payload(value: JsonObject) -> bytes:
    """Give the bytes that the object's signature is about: RFC 8785 of the whole object with only ``sig`` removed.

    ``value`` (unverified) must carry the extension; ``value`` stays as it is.

    Raises:
        UntrustedSignatureError: no signature entry to remove ``sig`` from, as in ``read_signature``.
        MalformedInputError: a value without canonical bytes.
    """
    rest = {name: member for name, member in _entry(value).items() if name != "sig"}
    extensions = value["extensions"]
    extension = {**extensions[SIGNATURE], "signatures": [rest]}
    return canonical_bytes({**value, "extensions": {**extensions, SIGNATURE: extension}})


def unsigned(value: JsonObject) -> JsonObject:
    """Give an object without its signature extension: what ``sign_object`` was given. One that has none comes back as it is."""
    extensions = value.get("extensions")
    if not isinstance(extensions, dict) or SIGNATURE not in extensions:
        return value
    left = {name: member for name, member in extensions.items() if name != SIGNATURE}
    rest = {name: member for name, member in value.items() if name != "extensions"}
    return {**rest, "extensions": left} if left else rest


def verify_object(value: JsonObject, entry: SignatureEntry, key: PublicKey) -> bytes:
    """Give the SHA-256 of the signed payload (32 bytes) if ``key`` signed ``value`` (unverified) as its ``entry`` says.

    ``entry`` is what ``read_signature`` gave for this value. Does NOT check that ``key`` belongs to ``entry.signer``, that it
    counts now, or that ``signed_at`` is true: the caller looks the key up by ``entry.keyid`` and does all three.

    Raises:
        UntrustedSignatureError: code ``signer-mismatch`` if ``created_by_ref`` is somebody else; otherwise ``signature-invalid``.
        MalformedInputError: a value without canonical bytes.
    """
    if read_signature(value) != entry:  # an entry of another object would let that one's signer answer for this one
        raise UntrustedSignatureError("The signature entry is not this object's.", pointer=_ENTRY_AT)
    if key.keyid != entry.keyid:
        raise UntrustedSignatureError("The signature names another key.", pointer=f"{_ENTRY_AT}/keyid")
    check_creator(value, entry.signer)
    payload = signed_payload(value)
    key.verify(entry.sig, pae(PayloadType.STIX_OBJECT, payload), pointer=f"{_ENTRY_AT}/sig")
    return hashlib.sha256(payload).digest()


def check_creator(value: JsonObject, signer: str) -> None:
    """Return if nobody but ``signer`` is named as an object's creator (unverified); whether ``signer`` signed it is NOT checked.

    Raises:
        UntrustedSignatureError: code ``signer-mismatch``.
    """
    if "created_by_ref" in value and value["created_by_ref"] != signer:
        raise UntrustedSignatureError("Only the creator signs an object.", code=Code.SIGNER_MISMATCH, pointer="/created_by_ref")


def _entry(value: JsonObject) -> dict[str, Any]:
    """Give the one entry, with exactly its four members; their values are still unread."""
    extensions = value.get("extensions")
    if not isinstance(extensions, dict) or SIGNATURE not in extensions:
        raise UntrustedSignatureError("The object carries no signature.", code=Code.SIGNATURE_MISSING, pointer=_EXTENSION_AT)
    extension = extensions[SIGNATURE]
    if not isinstance(extension, dict) or extension.keys() != {"extension_type", "signatures"}:
        raise UntrustedSignatureError("The extension has exactly extension_type and signatures.", pointer=_EXTENSION_AT)
    if extension["extension_type"] != "property-extension":
        raise UntrustedSignatureError("The signature is a property-extension.", pointer=f"{_EXTENSION_AT}/extension_type")
    signatures = extension["signatures"]
    if not isinstance(signatures, list) or len(signatures) != 1:
        raise UntrustedSignatureError("An object carries exactly one signature.", pointer=f"{_EXTENSION_AT}/signatures")
    entry: object = signatures[0]
    if not isinstance(entry, dict) or entry.keys() != _ENTRY_MEMBERS:
        raise UntrustedSignatureError("A signature has exactly keyid, signer, signed_at and sig.", pointer=_ENTRY_AT)
    return entry


def _require_text(entry: Mapping[str, Any], name: str, form: re.Pattern[str]) -> None:
    if not isinstance(entry[name], str) or not form.fullmatch(entry[name]):
        raise UntrustedSignatureError(f"The signature's {name} is malformed.", pointer=f"{_ENTRY_AT}/{name}")


def _timestamp(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise BreakwaterError("A time of signing needs a time zone.")
    return _spelled(moment.astimezone(UTC))


def _spelled(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _parsed_timestamp(text: object) -> datetime | None:
    if not isinstance(text, str) or not text.endswith("Z"):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if _spelled(moment) == text else None  # one spelling: no other precision, separator or basic format
