"""Signed notes: a short text with lines of signatures below it (C2SP signed-note, and tlog-cosignature's ``cosignature/v1``).

Owns the form, read strictly so that a note has one spelling, and both kinds of Ed25519 signature. A line names its key by four
bytes, for which anybody finds a second key: what a line is worth is decided by verifying it, never by the name that it bears.
Does not know what a text says: that is ``checkpoint``. Kept by ``tests/client/trust/test_signed_note.py``. Sources:
https://c2sp.org/signed-note and https://c2sp.org/tlog-cosignature.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum, unique
from typing import TypeVar

from breakwater_client.errors import BreakwaterError, MalformedInputError, UnfitKeyError, UntrustedSignatureError
from breakwater_client.trust.keys import PublicKey, SigningKey
from breakwater_client.trust.strict_base64 import decode_base64, encode_base64
from breakwater_client.vocabulary import KeyAlgorithm

_Verified = TypeVar("_Verified")

MAX_NOTE_CHARACTERS = 65_536
MAX_SIGNATURE_LINES = 64
_HASH_BYTES = 4
_TIME_BYTES = 8
_RAW_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_LAST_SECOND = 253_402_300_799
"""The end of the year 9999: no later time can be said."""

_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)")
_NAME = re.compile(r"[^\s+]+")
_FORBIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


@unique
class SignatureKind(IntEnum):
    """The byte that names a signature's algorithm in a key's hash."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One line below a note: who claims to have signed, the first bytes of the key's hash, and the rest: a claim, unverified."""

    name: str
    key_hash: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A cosignature that verified: the line as it stands below the note, and when its signer says that they saw the text."""

    line: SignatureLine
    at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """A note's text, which ends with a line's end, and its lines of signatures, none of which is verified."""

    text: str
    lines: tuple[SignatureLine, ...]


def key_hash(name: str, kind: SignatureKind, key: PublicKey) -> bytes:
    """Give the four bytes that a line names its key by: of SHA-256(name ‖ 0x0A ‖ kind ‖ the 32 bytes of the key).

    Raises:
        UnfitKeyError: a key of another algorithm than Ed25519.
    """
    if key.algorithm is not KeyAlgorithm.ED25519:
        raise UnfitKeyError("Notes are signed with Ed25519 keys.")
    return hashlib.sha256(_utf8(name) + b"\n" + bytes([kind]) + key.spki[-_RAW_KEY_BYTES:]).digest()[:_HASH_BYTES]


def sign_note(text: str, name: str, key: SigningKey, at: datetime | None = None) -> str:
    """Give the note of ``text`` with one signature of ``key`` under ``name``, and with ``at`` (aware) a cosignature of it below.

    The time is asked for first: a key's holder that refuses it has signed nothing.

    Raises:
        BreakwaterError: a text or a name that no note can have: a mistake of the caller.
        UnfitKeyError: a key of another algorithm than Ed25519.
    """
    hashed = key_hash(name, SignatureKind.ED25519, key.public)
    below = "" if at is None else _cosignature(text, name, key, at)
    return _checked(f"{text}\n{_line(name, hashed + key.sign(_utf8(text)))}{below}", text)


def cosign_note(note: str, name: str, key: SigningKey, at: datetime) -> str:
    """Give ``note`` with a cosignature of ``key`` under ``name`` as its last line: that its holder saw it at ``at`` (aware).

    What a note says, and who else signed it, is NOT checked: whoever cosigns does so first.

    Raises:
        MalformedInputError: ``note`` (unverified) is no note.
        BreakwaterError: a name that no note can have: a mistake of the caller.
        UnfitKeyError: a key of another algorithm than Ed25519.
    """
    text = read_note(note).text
    return _checked(note + _cosignature(text, name, key, at), text)


def read_note(note: str) -> Note:
    """Give the parts of a note (unverified); nothing is verified.

    Raises:
        MalformedInputError: too long, a control character, no blank line before the signatures, or a line of another form.
    """
    if len(note) > MAX_NOTE_CHARACTERS:
        raise MalformedInputError("A signed note is shorter than that.")
    if _FORBIDDEN.search(note):
        raise MalformedInputError("A signed note is UTF-8 text without control characters other than ends of lines.")
    text, gap, below = note.rpartition("\n\n")
    lines = below.split("\n")
    if not gap or not text or lines.pop() or not 0 < len(lines) <= MAX_SIGNATURE_LINES:
        raise MalformedInputError("A signed note is a text, a blank line, and lines of signatures, each with its line's end.")
    return Note(f"{text}\n", tuple(_read_line(line) for line in lines))


def is_named(note: str, name: str, key: PublicKey) -> bool:
    """Whether a line of ``note`` (unverified) names ``key`` under ``name``; whether it verifies is for ``open_note``.

    Raises:
        MalformedInputError: no note, as in ``read_note``.
        UnfitKeyError: a key of another algorithm than Ed25519.
    """
    named = (name, key_hash(name, SignatureKind.ED25519, key))
    return any((line.name, line.key_hash) == named for line in read_note(note).lines)


def open_note(note: str, name: str, key: PublicKey) -> str:
    """Give the text of ``note`` (unverified) if ``key`` signed it under ``name``. Lines of others are ignored, whoever they name.

    Raises:
        MalformedInputError: no note, as in ``read_note``.
        UntrustedSignatureError: no line that names this key verifies, or two do.
        UnfitKeyError: a key of another algorithm than Ed25519.
    """
    read = read_note(note)

    def verified(line: SignatureLine) -> str:
        key.verify(line.signature, read.text.encode())
        return read.text

    text = _the_one(read, (name, key_hash(name, SignatureKind.ED25519, key)), verified)
    if text is None:
        raise UntrustedSignatureError("The note carries no signature of the signer that you named, with the key that you gave.")
    return text


def open_cosignature(note: str, name: str, key: PublicKey) -> Cosignature | None:
    """Give the cosignature of ``key`` under ``name`` below ``note`` (unverified); None if no line names the key.

    Nobody else's signature is looked at: that the text is whose it says is for ``open_note``.

    Raises:
        MalformedInputError: no note, as in ``read_note``.
        UntrustedSignatureError: lines name the key, and none verifies, or two do.
        UnfitKeyError: a key of another algorithm than Ed25519.
    """
    read = read_note(note)

    def verified(line: SignatureLine) -> Cosignature:
        return Cosignature(line, _cosigned_at(read.text, line.signature, key))

    return _the_one(read, (name, key_hash(name, SignatureKind.COSIGNATURE, key)), verified)


def open_cosigned_note(note: str, witnesses: Mapping[str, PublicKey]) -> list[tuple[str, datetime]]:
    """Give which of ``witnesses`` (by name) cosigned ``note`` (unverified), and when by their own clocks, in the order asked.

    Whose line does not verify, or stands twice, did not cosign, and takes nothing from others. No name is part of what is signed:
    whoever counts witnesses must not count one key twice.

    Raises:
        MalformedInputError: no note, as in ``read_note``.
    """
    read_note(note)
    found: list[tuple[str, datetime]] = []
    for name, key in witnesses.items():
        with suppress(UntrustedSignatureError, UnfitKeyError):
            cosignature = open_cosignature(note, name, key)
            if cosignature is not None:
                found.append((name, cosignature.at))
    return found


def _the_one(note: Note, named: tuple[str, bytes], verified: Callable[[SignatureLine], _Verified]) -> _Verified | None:
    """Give what ``verified`` makes of the one line that it takes, of those that name this key; None if no line does.

    Raises:
        UntrustedSignatureError: it takes none of them, or two.
    """
    found: list[_Verified] = []
    refusals: list[UntrustedSignatureError] = []
    for line in (one for one in note.lines if (one.name, one.key_hash) == named):
        try:
            found.append(verified(line))
        except UntrustedSignatureError as refusal:  # of a key with the same four bytes, perhaps
            refusals.append(refusal)
    if len(found) > 1:
        raise UntrustedSignatureError("The note carries two signatures of one key.")
    if refusals and not found:
        raise refusals[0]
    return found[0] if found else None


def _cosigned_at(text: str, signature: bytes, key: PublicKey) -> datetime:
    seconds = int.from_bytes(signature[:_TIME_BYTES])
    if len(signature) != _TIME_BYTES + _SIGNATURE_BYTES or not 0 < seconds <= _LAST_SECOND:
        raise UntrustedSignatureError("A cosignature is a time after 1970 and before 10000, and a signature of 64 bytes.")
    key.verify(signature[_TIME_BYTES:], _cosigned(text, seconds))
    return datetime.fromtimestamp(seconds, UTC)


def _cosignature(text: str, name: str, key: SigningKey, at: datetime) -> str:
    seconds, hashed = int(at.timestamp()), key_hash(name, SignatureKind.COSIGNATURE, key.public)
    return _line(name, hashed + seconds.to_bytes(_TIME_BYTES) + key.sign(_cosigned(text, seconds)))


def _cosigned(text: str, seconds: int) -> bytes:
    return _utf8(f"cosignature/v1\ntime {seconds}\n{text}")


def _read_line(line: str) -> SignatureLine:
    read = _LINE.fullmatch(line)
    content = decode_base64(read[2]) if read else None
    if not read or content is None or len(content) <= _HASH_BYTES:
        raise MalformedInputError("A line below a signed note is a dash, a space, a name, a space, and canonical base64.")
    return SignatureLine(read[1], content[:_HASH_BYTES], content[_HASH_BYTES:])


def _line(name: str, content: bytes) -> str:
    if not _NAME.fullmatch(name):
        raise BreakwaterError("A note's signer has a name without spaces and plus signs.")
    return f"— {name} {encode_base64(content)}\n"


def _checked(note: str, text: str) -> str:
    try:
        read = read_note(note)
    except MalformedInputError as refusal:
        raise BreakwaterError(refusal.sentence) from None
    if read.text != text:
        raise BreakwaterError("A note's text ends with a line's end, and is read back as it was.")
    return note


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # a lone surrogate is refused where the note is read, never an error
