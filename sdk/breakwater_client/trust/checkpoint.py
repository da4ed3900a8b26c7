"""Checkpoints: what a log holds at a size, signed by the exchange as a note (C2SP tlog-checkpoint), and who cosigned it.

Owns the three lines: origin, number of leaves, root of the Merkle tree; no extension lines. Does not compute a root and does not
show that a log grew from another: that is ``merkle``. Kept by ``tests/client/trust/test_checkpoint.py``. Source:
https://c2sp.org/tlog-checkpoint.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from breakwater_client.errors import BreakwaterError, MalformedInputError, UntrustedSignatureError
from breakwater_client.trust.keys import PublicKey, SigningKey
from breakwater_client.trust.signed_note import (
    SignatureKind,
    cosign_note,
    key_hash,
    open_cosignature,
    open_cosigned_note,
    open_note,
    read_note,
    sign_note,
)
from breakwater_client.trust.strict_base64 import decode_base64, encode_base64

ROOT_BYTES = 32
MAX_SIZE = 2**63 - 1
_BODY = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/=]+)\n")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log holds: its name, how many leaves, and the root over them (32 bytes, RFC 6962 §2.1)."""

    origin: str
    size: int
    root: bytes


def log_origin(exchange_id: str) -> str:
    """Give the name of an exchange's log: a checkpoint's first line, and the name that it is signed under."""
    return f"breakwater-exchange/{exchange_id}"


def witness_name(identity: str) -> str:
    """Give the name under which a partner cosigns checkpoints as a witness: made of its STIX identity, and chosen by nobody."""
    return f"breakwater-witness/{identity}"


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """Give the three lines that are signed.

    Raises:
        BreakwaterError: an origin, size or root that no checkpoint can have: a mistake of the caller.
    """
    if len(checkpoint.root) != ROOT_BYTES or not 0 <= checkpoint.size <= MAX_SIZE or "\n" in checkpoint.origin:
        raise BreakwaterError("A checkpoint has an origin of one line, a size from 0 on, and a root of 32 bytes.")
    return f"{checkpoint.origin}\n{checkpoint.size}\n{encode_base64(checkpoint.root)}\n"


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey, at: datetime | None = None) -> str:
    """Give the signed note of a checkpoint, signed under its origin. Whether the log holds that is NOT checked.

    With ``at`` (aware) a second line of the same key says, in the form of a cosignature, that the log had this size then: in
    whole seconds, rounded up, so that whoever reads "by then" is never told too early.

    Raises:
        BreakwaterError: a checkpoint that no note can say: a mistake of the caller.
        UnfitKeyError: a key of another algorithm than Ed25519.
    """
    if at is not None and at.microsecond:
        at = at.replace(microsecond=0) + timedelta(seconds=1)
    return sign_note(checkpoint_text(checkpoint), checkpoint.origin, key, at)


def cosign_checkpoint(note: str, name: str, key: SigningKey, at: datetime) -> str:
    """Give the checkpoint's note with the cosignature of the witness ``name`` as its last line, saying that it was seen ``at``.

    Nothing of the note is verified: a witness opens it, and proves it consistent with what it cosigned before, first.

    Raises:
        MalformedInputError: ``note`` (unverified) is no note of a checkpoint.
        BreakwaterError: a name that no note can have: a mistake of the caller.
        UnfitKeyError: a key of another algorithm than Ed25519.
    """
    _parsed(read_note(note).text)
    return cosign_note(note, name, key, at)


def without_cosignatures(note: str, key: PublicKey | None = None) -> str:
    """Give a checkpoint's note (unverified) with the lines that name its log alone: what witnesses signed below is left out.

    With ``key`` only those of that key, which are one and its date's where the note was verified: anybody can write the name.

    Raises:
        MalformedInputError: no note of a checkpoint, or one without such a line.
        UnfitKeyError: a key of another algorithm than Ed25519.
    """
    read = read_note(note)
    origin = _parsed(read.text).origin
    hashes = None if key is None else {key_hash(origin, kind, key) for kind in SignatureKind}
    text, _, below = note.rpartition("\n\n")
    lines = zip(read.lines, below.splitlines(keepends=True), strict=True)
    own = [line for one, line in lines if one.name == origin and (hashes is None or one.key_hash in hashes)]
    kept = f"{text}\n\n{''.join(own)}"
    read_note(kept)
    return kept


def open_date(note: str, origin: str, key: PublicKey) -> datetime | None:
    """Give when ``key`` says, under the log's name, that the log had the size of a checkpoint's note (unverified); None if not.

    That the same key signed the checkpoint is NOT checked: that is ``open_checkpoint``.

    Raises:
        MalformedInputError: no note.
        UntrustedSignatureError: lines name the key, and none verifies, or two do.
        UnfitKeyError: a key of another algorithm than Ed25519.
    """
    dated = open_cosignature(note, origin, key)
    return None if dated is None else dated.at


def read_checkpoint(note: str) -> Checkpoint:
    """Give what a checkpoint (unverified) claims. Nothing is verified: use ``open_checkpoint`` for all but its name.

    Raises:
        MalformedInputError: no note, or not the three lines of a checkpoint.
    """
    return _parsed(read_note(note).text)


def open_checkpoint(note: str, origin: str, key: PublicKey) -> Checkpoint:
    """Give the checkpoint of a note (unverified) if ``key`` signed it for the log named ``origin``.

    Does NOT show that the key is the exchange's, that the log holds this, or that it is the newest. Lines of others are ignored.

    Raises:
        MalformedInputError: no note, or not the three lines of a checkpoint, each in its one spelling.
        UntrustedSignatureError: another log, no signature of this key, or one that does not verify.
        UnfitKeyError: a key of another algorithm than Ed25519.
    """
    checkpoint = _parsed(open_note(note, origin, key))
    if checkpoint.origin != origin:
        raise UntrustedSignatureError("The checkpoint is of another log.")
    return checkpoint


def open_cosignatures(note: str, witnesses: Mapping[str, PublicKey]) -> list[tuple[str, datetime]]:
    """Give which of ``witnesses`` (by name) cosigned a checkpoint's note (unverified), and when by their own clocks.

    That the exchange signed it is NOT checked: that is ``open_checkpoint``. Whose line does not verify did not cosign.

    Raises:
        MalformedInputError: no note, or not the three lines of a checkpoint.
    """
    _parsed(read_note(note).text)
    return open_cosigned_note(note, witnesses)


def _parsed(text: str) -> Checkpoint:
    read = _BODY.fullmatch(text)
    root = decode_base64(read[3]) if read else None
    if not read or root is None or len(root) != ROOT_BYTES or int(read[2]) > MAX_SIZE:
        raise MalformedInputError("A checkpoint is three lines: the log's name, its size in digits, and a root of 32 bytes.")
    return Checkpoint(read[1], int(read[2]), root)
