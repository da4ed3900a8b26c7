"""A signature of one kind of document is none of any other kind: every kind we make, shown to every reader we have, by one key.

The worst case on purpose: the same key signs everything, and each reader is given the other kind's content where its own form can
carry it. Keys of one usage each come on top of this.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.errors import BreakwaterError
from breakwater_client.extensions import SIGNATURE
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.checkpoint import Checkpoint, cosign_checkpoint, open_checkpoint, sign_checkpoint
from breakwater_client.trust.envelope import open_envelope, sign_envelope
from breakwater_client.trust.keys import PrivateKey, PublicKey
from breakwater_client.trust.object_signature import read_signature, sign_object, verify_object
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.trust.possession import check_possession, prove_possession
from breakwater_client.trust.request_signature import RequestParts, read_claim, sign_request, verify_request
from breakwater_client.trust.signed_note import SignatureKind, key_hash, open_cosignature
from breakwater_client.trust.strict_base64 import encode_base64

KEY = PrivateKey(Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
IDENTITY = "identity--0d1c7b0e-7a54-4d8f-9a39-3f1f2d9f5b10"
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ORIGIN, WITNESS = "breakwater-exchange/1", "example.org/witness"
CHALLENGE = "3q2-7wMzQ0"
REQUEST = RequestParts("GET", "https://exchange.example.org/api/v1/objects", {})
CHECKPOINT = Checkpoint(ORIGIN, 7, bytes(range(32)))
IN_ENVELOPES = [kind for kind in PayloadType if kind not in {PayloadType.STIX_OBJECT, PayloadType.POSSESSION}]


@dataclass
class Hearing:
    """A key that remembers what it signed."""

    heard: list[bytes] = field(default_factory=list)

    @property
    def public(self) -> PublicKey:
        return KEY.public

    def sign(self, message: bytes) -> bytes:
        self.heard.append(message)
        return KEY.sign(message)


@dataclass(frozen=True)
class Signed:
    """What one kind signed: the message as the key saw it, the content as a reader sees it, and the signature."""

    message: bytes
    content: bytes
    signature: bytes


def made(make: Callable[[Any], object], content: Callable[[bytes], bytes] = lambda message: message) -> Signed:
    key = Hearing()
    make(key)
    [message] = key.heard
    return Signed(message, content(message), KEY.sign(message))


def payload_of(message: bytes) -> bytes:
    """Take DSSE's encoding apart: its last field is as long as it says."""
    _, _, _, length, payload = message.split(b" ", 4)
    assert len(payload) == int(length)
    return payload


OBJECT = {"type": "url", "id": "url--2b7c2d4a-26a4-5d3e-8f0c-54a6f5f6a111", "value": "https://example.org/"}
SIGNED: dict[str, Signed] = {
    PayloadType.STIX_OBJECT: made(lambda key: sign_object(OBJECT, key, signer=IDENTITY, signed_at=NOW), payload_of),
    PayloadType.POSSESSION: made(lambda key: prove_possession(key, CHALLENGE, IDENTITY), payload_of),
    **{
        kind: made(partial(sign_envelope, kind, canonical_bytes({"type": kind.value})), payload_of)  # its key comes last
        for kind in IN_ENVELOPES
    },
    "checkpoint": made(lambda key: sign_checkpoint(CHECKPOINT, key)),
    "cosignature": made(lambda key: cosign_checkpoint(sign_checkpoint(CHECKPOINT, KEY), WITNESS, key, NOW)),
    "request": made(lambda key: sign_request(REQUEST, b"", key, NOW, "n" * 16)),
}


# --- readers: each puts the signature, and the content where it can, into its own form -----------------------------------


def as_envelope(kind: PayloadType, signed: Signed) -> None:
    entry = {"keyid": KEY.public.keyid, "sig": encode_base64(signed.signature)}
    envelope = {"payloadType": kind.value, "payload": encode_base64(signed.content), "signatures": [entry]}
    open_envelope(envelope, kind, {KEY.public.keyid: KEY.public})


def as_object(signed: Signed) -> None:
    try:
        value = json.loads(signed.content)
    except ValueError:
        value = dict(OBJECT)
    entry = {"keyid": KEY.public.keyid, "signer": IDENTITY, "signed_at": "2026-11-26T12:00:00.000Z"}
    extension = {"extension_type": "property-extension", "signatures": [entry | {"sig": encode_base64(signed.signature)}]}
    value = value | {"extensions": value.get("extensions", {}) | {SIGNATURE: extension}}
    verify_object(value, read_signature(value), KEY.public)


def as_possession(signed: Signed) -> None:
    check_possession(KEY.public, CHALLENGE, IDENTITY, encode_base64(signed.signature))


def note(signed: Signed, name: str, kind: SignatureKind, before: bytes = b"") -> str:
    text = signed.content.decode()
    text = text if text.endswith("\n") and text.count("\n") == 3 else f"{ORIGIN}\n7\n{encode_base64(CHECKPOINT.root)}\n"
    return f"{text}\n— {name} {encode_base64(key_hash(name, kind, KEY.public) + before + signed.signature)}\n"


def as_checkpoint(signed: Signed) -> None:
    open_checkpoint(note(signed, ORIGIN, SignatureKind.ED25519), ORIGIN, KEY.public)


def as_cosignature(signed: Signed) -> None:
    time = int(NOW.timestamp()).to_bytes(8)
    assert open_cosignature(note(signed, WITNESS, SignatureKind.COSIGNATURE, time), WITNESS, KEY.public)


def as_request(signed: Signed) -> None:
    headers = sign_request(REQUEST, b"", KEY, NOW, "n" * 16)
    ours = {"signature-input": headers["Signature-Input"], "signature": f"breakwater=:{encode_base64(signed.signature)}:"}
    request = RequestParts(REQUEST.method, REQUEST.target_uri, ours)
    verify_request(request, read_claim(request, NOW), KEY.public)


READERS: dict[str, Callable[[Signed], None]] = {
    PayloadType.STIX_OBJECT: as_object,
    PayloadType.POSSESSION: as_possession,
    **{kind: partial(as_envelope, kind) for kind in IN_ENVELOPES},
    "checkpoint": as_checkpoint,
    "cosignature": as_cosignature,
    "request": as_request,
}


# --- the table --------------------------------------------------------------------------------------------------------------


def test_every_kind_of_document_is_in_the_table() -> None:
    assert SIGNED.keys() == READERS.keys() >= set(PayloadType)


@pytest.mark.parametrize("kind", READERS)
def test_a_signature_is_one_for_the_reader_of_its_own_kind(kind: str) -> None:
    READERS[kind](SIGNED[kind])


@pytest.mark.parametrize(("kind", "read_as"), list(itertools.permutations(READERS, 2)))
def test_a_signature_of_one_kind_is_none_of_another(kind: str, read_as: str) -> None:
    with pytest.raises(BreakwaterError):
        READERS[read_as](SIGNED[kind])


def kind_of(message: bytes) -> str:
    """Tell the kind of a message that was signed by its own bytes alone, as the formats' documents have it."""
    if message.startswith(b"DSSEv1 "):
        _, length, rest = message.split(b" ", 2)
        return rest[: int(length)].decode()
    if message.startswith(b'"'):
        return "request"
    return "cosignature" if message.startswith(b"cosignature/v1\n") else "checkpoint"


@pytest.mark.parametrize("kind", SIGNED)
def test_what_is_signed_says_of_which_kind_it_is(kind: str) -> None:
    assert kind_of(SIGNED[kind].message) == kind
    assert kind_of(SIGNED[kind].message) != "checkpoint" or SIGNED[kind].message.startswith(b"breakwater-exchange/")
