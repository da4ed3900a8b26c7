"""Verifying offline what the files of an export hold: step 8, and on request the publisher's signature in every object.

Owns going through the files; an object's own steps are ``verify_objects``'. Memory does not grow with the export: objects are
looked at in batches, beside what is attested of the objects of one file. Kept by
``tests/client/verifying/test_verify_export_contents.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from breakwater_client.errors import Code, UnprovenError
from breakwater_client.export import ExportedFile, FilePart, Manifest
from breakwater_client.trust.export_seal import OpeningKey
from breakwater_client.verifying.known_keys import ExchangeKey, KnownSigner
from breakwater_client.verifying.read_exports import (
    Attested,
    HeldObject,
    Notice,
    Record,
    in_batches,
    is_of_attestations,
    read_file,
    read_remainder,
)
from breakwater_client.verifying.remainder_files import REMAINDERS, remainder_path
from breakwater_client.verifying.steps import at_step
from breakwater_client.verifying.verdicts import FailedSignature, Verdict, VerifiedSignature
from breakwater_client.verifying.verify_exports import OpenedExport
from breakwater_client.verifying.verify_objects import Evidence, verify_document
from breakwater_client.verifying.verify_receipts import VerifiedAttestation, read_attestations

MOST_TOLD = 100
"""So many failures are told; the others are counted."""

_BATCH = 500


@dataclass(frozen=True, slots=True)
class PublisherKeys:
    """By which keys publishers' signatures, and the exchange's attestations, are verified; whose unsigned objects count."""

    signers: Sequence[KnownSigner]
    statements: Sequence[ExchangeKey]
    unsigned_from: Collection[str] = ()


@dataclass(slots=True)
class Contents:
    """What was found: how many of which STIX type, how many reached which level, and what failed (the first of it)."""

    counts: Counter[str] = field(default_factory=Counter)
    levels: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    failures: list[tuple[str, FailedSignature]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """Where an export's files lie, how sealed ones are opened, whose signatures are verified (None: nobody's), and who counts."""

    folder: Path
    key: OpeningKey | None = None
    publishers: PublisherKeys | None = None
    advance: Callable[[int], None] = lambda _count: None


def check_contents(export: OpenedExport, reading: Reading) -> Contents:
    """Give what the files of an export hold, by step 8; files that are not here are passed over (step 7 asked for them).

    Raises:
        FailedStepError: a file does not hold what the manifest says.
    """
    found, manifest = Contents(), export.manifest
    recalls: list[str] = []
    with at_step(8):
        for file in manifest.files:
            path = place_of(reading.folder, file)
            if path is not None and not is_of_attestations(file):
                for batch in in_batches(_read(manifest, file, path, reading.key), _BATCH):
                    recalls += [one.notice_id for one in batch if isinstance(one, Notice)]
                    found.counts.update(one.stix_type for one in batch if isinstance(one, HeldObject))
                    reading.advance(len(batch))
        if any(one.part is FilePart.RECALLS for one in manifest.files) and sorted(recalls) != list(manifest.recalls):
            raise UnprovenError("The notices are not those that the manifest names.", code=Code.EXPORT_DIFFERENT)
        for _, records in _attested_files(manifest, reading):
            reading.advance(len(_envelopes(records)))
    if reading.publishers is not None:
        _check_publishers(manifest, reading, reading.publishers, found)
    return found


def place_of(folder: Path, file: ExportedFile) -> Path | None:
    """Give where a file lies, or what is left of it; None where neither does."""
    places = (folder / file.name, remainder_path(folder, file.name))
    return next((one for one in places if one.is_file()), None)


def _read(manifest: Manifest, file: ExportedFile, path: Path, key: OpeningKey | None) -> Iterator[Record]:
    read = read_remainder if path.parent.name == REMAINDERS else read_file
    return read(manifest, file, path, key)


def _attested_files(manifest: Manifest, reading: Reading) -> Iterator[tuple[ExportedFile, Iterator[Record]]]:
    for file in manifest.files:
        path = place_of(reading.folder, file)
        if is_of_attestations(file) and path is not None:
            yield file, _read(manifest, file, path, reading.key)


def _check_publishers(manifest: Manifest, reading: Reading, keys: PublisherKeys, found: Contents) -> None:
    for file, _, verdict in judged_objects(manifest, reading, keys):
        if isinstance(verdict, VerifiedSignature):
            found.levels[verdict.level.value] += 1
        else:
            found.failed += 1
            if len(found.failures) < MOST_TOLD:
                found.failures.append((file.name, verdict))


def judged_objects(
    manifest: Manifest, reading: Reading, keys: PublisherKeys
) -> Iterator[tuple[ExportedFile, HeldObject, Verdict]]:
    """Give the objects of an export's deltas and snapshots with the file of each, and how far its proof goes.

    Raises:
        UnprovenError, FailedStepError: a file does not hold what the manifest says; what was given before is not to be used.
    """
    for file in manifest.files:
        path = place_of(reading.folder, file)
        if file.part in {FilePart.DELTA, FilePart.SNAPSHOT} and path is not None and not is_of_attestations(file):
            beside = _attestations_of(manifest, file, reading, keys)
            for batch in in_batches(_read(manifest, file, path, reading.key), _BATCH):
                objects = [one for one in batch if isinstance(one, HeldObject)]
                for one, verdict in zip(objects, _judge(objects, keys, beside), strict=True):
                    yield file, one, verdict


def _judge(objects: Sequence[HeldObject], keys: PublisherKeys, beside: dict[str, VerifiedAttestation]) -> Iterator[Verdict]:
    within = read_attestations("\n".join(one.attestation for one in objects if one.attestation).encode(), keys.statements)
    # A line that is empty comes last, so that a single object is read as a line, too.
    raw = b"\n".join([*(one.content for one in objects), b""])
    return iter(verify_document(raw, keys.signers, Evidence(beside | within, unsigned_from=keys.unsigned_from)))


def _attestations_of(
    manifest: Manifest, file: ExportedFile, reading: Reading, keys: PublisherKeys
) -> dict[str, VerifiedAttestation]:
    """Give what the exchange attests beside a file's objects: in the file of its name and the word attestations."""
    beside = file.name.split(".", 1)[0] + "-attestations."
    lines: list[str] = []
    for other, records in _attested_files(manifest, reading):
        if other.name.startswith(beside):
            lines += _envelopes(records)
    return read_attestations("\n".join(lines).encode(), keys.statements)


def _envelopes(records: Iterable[Record]) -> list[str]:
    return [one.envelope for one in records if isinstance(one, Attested)]
