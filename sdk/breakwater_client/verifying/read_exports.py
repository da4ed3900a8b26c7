"""What is in the files of an export: objects, what the exchange attests of them, tombstones, and notices of recalls.

Owns reading them in every form, opened and unpacked in pieces, and holding them against the manifest's counts. That the bytes are
those that the manifest names was verified before: here they are still read with care. Kept by
``tests/client/verifying/test_read_exports.py``.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice, starmap
from pathlib import Path
from typing import Any, BinaryIO

from breakwater_client.documents.long_envelopes import member_of
from breakwater_client.documents.strict_json import parse
from breakwater_client.errors import (
    BreakwaterError,
    Code,
    MalformedInputError,
    TooLargeError,
    UnprovenError,
    UntrustedSignatureError,
)
from breakwater_client.export import Compression, ExportedFile, FilePart, Manifest
from breakwater_client.extensions import SIGNATURE
from breakwater_client.formats.readers import pieces_of, read_attestation_lines, read_versions
from breakwater_client.stated_objects import NOTICE_TYPE
from breakwater_client.trust.export_seal import OpeningKey, open_sealed, seal_info
from breakwater_client.trust.object_signature import signed_payload
from breakwater_client.trust.strict_base64 import decode_base64

SEALED = ".hpke"
"""How the name of a sealed file ends."""

_ATTESTATIONS = "-attestations."


@dataclass(frozen=True, slots=True)
class HeldObject:
    """One object version of an export. ``content``: its bytes as they are stored at the exchange.

    ``version`` is its own (None: a cyber-observable has none), ``publisher`` the identity that signed it, or the one for
    which the exchange attests it where that stands beside it.
    """

    content_sha256: str
    stix_id: str
    stix_type: str
    version: str | None
    publisher: str | None
    content: bytes
    attestation: str | None = None


@dataclass(frozen=True, slots=True)
class Attested:
    """What the exchange attests of the content of this SHA-256 (hex): an envelope, not verified here, and whom it names."""

    content_sha256: str
    identity: str | None
    envelope: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A recall notice as the exchange signed it; the signature is not verified here."""

    notice_id: str
    value: Mapping[str, Any]
    content: bytes


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Which content (SHA-256, hex) is to be taken away, and why, in a word."""

    content_sha256: str
    reason: str


Record = HeldObject | Attested | Tombstone | Notice
"""What a file holds."""


def read_file(manifest: Manifest, file: ExportedFile, path: Path, key: OpeningKey | None = None) -> Iterator[Record]:
    """Give what a file of an export holds, in its order; at the end its counts are held against the manifest's.

    A sealed file is opened with ``key`` into a nameless one beside it, which goes with the iterator.

    Raises:
        UnprovenError: code ``export-different``; what was given before is not to be used.
        UnavailableError: the extra that the form needs is not installed.
    """
    counts: Counter[str] = Counter()
    objects = 0
    try:
        with opened_file(manifest, file.name, path, key) as plain:
            for record in _records(manifest, file, plain):
                objects += 1
                if isinstance(record, HeldObject):
                    counts[record.stix_type] += 1
                yield record
    except (MalformedInputError, TooLargeError, UntrustedSignatureError) as fault:
        raise _different(file, fault.sentence) from fault
    counted = file.part in {FilePart.DELTA, FilePart.SNAPSHOT} and not is_of_attestations(file)
    if objects != file.objects or (counted and counts != Counter(file.counts)):
        raise _different(file, "It does not hold what its manifest says.")


def read_remainder(manifest: Manifest, file: ExportedFile, path: Path, key: OpeningKey | None = None) -> Iterator[Record]:
    """Give what is left of a file, without holding it against the manifest's counts. Raises as ``read_file``."""
    try:
        with opened_file(manifest, file.name, path, key) as plain:
            yield from _records(manifest, file, plain)
    except (MalformedInputError, TooLargeError, UntrustedSignatureError) as fault:
        raise _different(file, fault.sentence) from fault


@contextmanager
def opened_file(manifest: Manifest, name: str, path: Path, key: OpeningKey | None) -> Iterator[BinaryIO]:
    """Give a file's plain bytes, to be read from the begin: the file itself, or what is sealed in it.

    Raises:
        MalformedInputError: sealed, and no key was given.
        UntrustedSignatureError: not sealed to this key under this name, or changed.
    """
    with path.open("rb") as file:
        if not name.endswith(SEALED):
            yield file
            return
        if key is None:
            raise MalformedInputError("It is sealed: say with which key to open it (--decryption-key).")
        with tempfile.TemporaryFile(dir=path.parent) as plain:
            plain.writelines(open_sealed(pieces_of(file), key, info_of(manifest, name)))
            plain.seek(0)
            yield plain


def info_of(manifest: Manifest, name: str) -> bytes:
    """Give what a file's seal is bound to."""
    return seal_info(manifest.exchange_id, manifest.definition_id, manifest.number, name)


def in_batches(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    """Give records in lists of at most this size."""
    rest = iter(records)
    while batch := list(islice(rest, size)):
        yield batch


def is_of_attestations(file: ExportedFile) -> bool:
    """Whether a file holds what the exchange attests of the objects in another."""
    return _ATTESTATIONS in file.name


def _records(manifest: Manifest, file: ExportedFile, plain: BinaryIO) -> Iterator[Record]:
    compression = compression_of(file)
    if file.part is FilePart.TOMBSTONES:
        return map(_tombstone, read_attestation_lines(compression, plain))
    if file.part is FilePart.RECALLS:
        return map(_notice, read_attestation_lines(compression, plain))
    if is_of_attestations(file):
        return map(_attested, read_attestation_lines(compression, plain))
    return starmap(held_object, read_versions(manifest.form, compression, plain))


def compression_of(file: ExportedFile) -> Compression:
    """Give how a file is compressed, by its name; what Parquet does inside its files says the manifest."""
    return _COMPRESSED.get(file.name.removesuffix(SEALED).rpartition(".")[2], Compression.NONE)


_COMPRESSED = {"gz": Compression.GZIP, "zst": Compression.ZSTD}


def held_object(content: bytes, attestation: str | None = None) -> HeldObject:
    """Give an object from its bytes.

    Raises:
        MalformedInputError: no strict JSON, or no object with an id and a type.
    """
    value = parse(content)
    stix_id, stix_type = member_of(value, "id"), member_of(value, "type")
    if not isinstance(stix_id, str) or not isinstance(stix_type, str):
        raise MalformedInputError("An object has an id and a type.")
    version = value.get("modified", value.get("created"))
    return HeldObject(
        content_sha256=sha256(content).hexdigest(),
        stix_id=stix_id,
        stix_type=stix_type,
        version=version if isinstance(version, str) else None,
        publisher=_signer(value) if attestation is None else _attested(attestation.encode()).identity,
        content=content,
        attestation=attestation,
    )


def payload_digest(content: bytes) -> str:
    """Give the SHA-256 (hex) by which receipts, notices and the log name an object of this content (our own, and strict JSON)."""
    value = parse(content)
    return sha256(signed_payload(value) if _signer(value) is not None else content).hexdigest()


def _signer(value: Mapping[str, Any]) -> str | None:
    """Give who claims to have signed an object; a shape that is no signature's claims nothing here."""
    entries = member_of(member_of(value.get("extensions"), SIGNATURE), "signatures")
    signer = member_of(entries[0], "signer") if isinstance(entries, list) and entries else None
    return signer if isinstance(signer, str) else None


def attested_digest(line: bytes) -> str:
    """Give the payload digest of which an attestation speaks.

    Raises:
        MalformedInputError: it is none.
    """
    return _attested(line).content_sha256


def _attested(line: bytes) -> Attested:
    payload = decode_base64(member_of(parse(line), "payload"))
    document = None if payload is None else parse(payload)
    digest, identity = member_of(document, "payload_digest"), member_of(document, "identity")
    if not isinstance(digest, str):
        raise MalformedInputError("A line is no attestation.")
    return Attested(digest, identity if isinstance(identity, str) else None, line.decode())


def _tombstone(line: bytes) -> Tombstone:
    value = parse(line)
    digest, reason = member_of(value, "content_sha256"), member_of(value, "reason")
    if not isinstance(digest, str) or not isinstance(reason, str):
        raise MalformedInputError("A line is no tombstone.")
    return Tombstone(digest, reason)


def _notice(line: bytes) -> Notice:
    value = parse(line)
    notice_id = member_of(value, "id")
    if member_of(value, "type") != NOTICE_TYPE or not isinstance(notice_id, str):
        raise MalformedInputError("A line is no notice of a recall.")
    return Notice(notice_id, value, line)


def _different(file: ExportedFile, sentence: str) -> BreakwaterError:
    return UnprovenError(f"{file.name}: {sentence}", code=Code.EXPORT_DIFFERENT)
