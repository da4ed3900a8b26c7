"""Verifying offline an export, or several that follow each other: manifests, their order, and exactly the files that they name.

Owns the steps, and what is remembered of the export that was accepted last. What is in the files is ``read_exports``'s. Needs no
exchange, no database and no network. Kept by ``tests/client/verifying/test_verify_exports.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from breakwater_client.documents.long_envelopes import parse_envelope
from breakwater_client.errors import Code, MalformedInputError, UnprovenError
from breakwater_client.export import ExportedFile, Manifest
from breakwater_client.instant import instant_text
from breakwater_client.trust.envelope import unverified_payload
from breakwater_client.trust.export_manifest import manifest_digest, read_manifest
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.steps import Step, at_step
from breakwater_client.verifying.verify_receipts import open_stated

MANIFEST = "manifest.json"
"""The name of an export's manifest, beside its files."""

EXPORT_STEPS = (
    Step(1, "The manifest is a DSSE envelope in strict JSON, of the kind export-manifest.", "Who made it."),
    Step(
        2,
        "It names a key of the exchange that you gave or that the directory lists, and nobody reported that key as compromised.",
        "That this is the exchange's key: take it, or the directory's, from where you trust it.",
    ),
    Step(3, "The signature is over the manifest as it is here.", "Whether the exchange's policy was right."),
    Step(
        4,
        "It is a manifest in its one form, of this exchange, and of the partner and definition that you accepted or named.",
        "Whose you are, if you named nobody and accepted nothing before.",
    ),
    Step(
        5,
        "It is the export that you accepted last, or those that follow it, each naming the one before: none is held back, and "
        "nobody goes back.",
        "What came before the first that you ever accepted.",
    ),
    Step(6, "The newest has not expired.", "Whether your clock is right, and what the exchange wrote since."),
    Step(7, "All files that it names are here, whole and unchanged, and no others.", "What is in them."),
    Step(
        8,
        "The files hold as many objects, tombstones and notices as the manifest says, of these types, each in strict JSON.",
        "Who wrote the objects: with --publishers the signature of each is verified, by the steps of objects.",
    ),
)
"""How an export is verified."""

_PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Accepted:
    """The export that was accepted last: whose, its number, and the SHA-256 (hex) of its manifest."""

    exchange: str
    partner: str
    definition: str
    number: int
    manifest_sha256: str
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Expected:
    """What exports are held against. None of an id: not known yet."""

    accepted: Accepted | None = None
    exchange: str | None = None
    partner: str | None = None
    definition: str | None = None


@dataclass(frozen=True, slots=True)
class OpenedExport:
    """A manifest that the exchange signed, its digest, and the id of the key; its files were not looked at."""

    manifest: Manifest
    sha256: str
    keyid: str

    @property
    def accepted(self) -> Accepted:
        """What to remember once it is accepted."""
        one = self.manifest
        return Accepted(one.exchange_id, one.partner_id, one.definition_id, one.number, self.sha256, one.as_of)


def accepted_bytes(accepted: Accepted) -> bytes:
    """Give what a file of the accepted export holds."""
    document = {name: getattr(accepted, name) for name in _REMEMBERED} | {"as_of": instant_text(accepted.as_of), "format": 1}
    return json.dumps(document, indent=2).encode() + b"\n"


def read_accepted(raw: bytes) -> Accepted:
    """Give the export that was accepted last from a file of one's own.

    Raises:
        MalformedInputError: it is no such file.
    """
    try:
        document = json.loads(raw)
        accepted = Accepted(
            **{name: str(document[name]) for name in _REMEMBERED if name != "number"},
            number=int(document["number"]),
            as_of=datetime.fromisoformat(document["as_of"]),
        )
        if document["format"] == 1:
            return accepted
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        pass
    raise MalformedInputError("This file does not say which export was accepted last.")


_REMEMBERED = ("exchange", "partner", "definition", "number", "manifest_sha256")


def open_export(raw: bytes, keys: Iterable[ExchangeKey], expected: Expected) -> OpenedExport:
    """Give what a manifest (unverified bytes of its envelope) says, by the first four of ``EXPORT_STEPS``.

    Raises:
        FailedStepError: a step fails.
    """
    with at_step(1):
        envelope = parse_envelope(raw)
    opened = open_stated(envelope, PayloadType.EXPORT_MANIFEST, keys)
    with at_step(4):
        manifest = read_manifest(opened.payload)
        _check_whose(manifest, expected)
    return OpenedExport(manifest, manifest_digest(manifest), opened.keyid)


def claimed_manifest(raw: bytes) -> Manifest:
    """Give what a manifest (unverified bytes of its envelope) claims. Nothing is verified: use ``open_export``.

    Raises:
        BreakwaterError: it is none.
    """
    return read_manifest(unverified_payload(parse_envelope(raw), PayloadType.EXPORT_MANIFEST))


def _check_whose(manifest: Manifest, expected: Expected) -> None:
    claimed = {"exchange": manifest.exchange_id, "partner": manifest.partner_id, "definition": manifest.definition_id}
    for noun, value in claimed.items():
        wanted = {getattr(one, noun) for one in (expected, expected.accepted) if one is not None} - {None, value}
        if wanted:
            sentence = f"This export is of another {noun} than yours."
            raise UnprovenError(sentence, code=Code.EXPORT_OF_ANOTHER, pointer=f"/payload/{noun}")


def check_order(exports: Sequence[OpenedExport], accepted: Accepted | None) -> None:
    """Return if exports (at least one, by their numbers) follow each other and what was accepted, by step 5.

    Raises:
        FailedStepError: codes ``export-rolled-back``, ``export-forked``, ``export-chain-broken``.
    """
    with at_step(5):
        for before, after in pairwise(exports):
            _check_follows(after.manifest, before.accepted)
        if accepted is not None:
            _check_goes_on(exports, accepted)


def _check_goes_on(exports: Sequence[OpenedExport], accepted: Accepted) -> None:
    newest = exports[-1].manifest.number
    if newest < accepted.number:
        sentence = f"Export {newest} is older than export {accepted.number}, which you accepted before."
        raise UnprovenError(sentence, code=Code.EXPORT_ROLLED_BACK)
    same = next((one for one in exports if one.manifest.number == accepted.number), None)
    if same is not None and same.sha256 != accepted.manifest_sha256:
        sentence = f"Export {accepted.number} is another one than the export that you accepted under this number. Keep both."
        raise UnprovenError(sentence, code=Code.EXPORT_FORKED)
    if same is None:
        first_after = next(one for one in exports if one.manifest.number > accepted.number)
        _check_follows(first_after.manifest, accepted)


def _check_follows(after: Manifest, before: Accepted) -> None:
    if after.number == before.number:
        sentence = f"There are two exports of the number {after.number}. Keep both."
        raise UnprovenError(sentence, code=Code.EXPORT_FORKED)
    if after.previous != before.manifest_sha256:
        sentence = f"Export {after.number} does not follow export {before.number}: one between them is held back, or changed."
        raise UnprovenError(sentence, code=Code.EXPORT_CHAIN_BROKEN)
    if after.as_of < before.as_of:
        sentence = f"Export {after.number} tells of an earlier time than export {before.number} before it."
        raise UnprovenError(sentence, code=Code.EXPORT_ROLLED_BACK)


def check_fresh(newest: OpenedExport, now: datetime) -> None:
    """Return if the newest export may still be the newest, by step 6.

    Raises:
        FailedStepError: code ``export-expired``.
    """
    with at_step(6):
        if now >= newest.manifest.expires_at:
            number, ended = newest.manifest.number, instant_text(newest.manifest.expires_at)
            sentence = f"Export {number} was the newest until {ended} at most: newer ones are kept from you, or none was written."
            raise UnprovenError(sentence, code=Code.EXPORT_EXPIRED)


def check_files(export: OpenedExport, folder: Path) -> None:
    """Return if a folder holds the files of an export, whole, and no others but the manifest, by step 7.

    Raises:
        FailedStepError: code ``export-different``; the sentence names the file.
    """
    with at_step(7):
        check_no_others(export.manifest, folder)
        for file in export.manifest.files:
            if not (folder / file.name).exists():
                raise _different(f"The file {file.name} is missing.")
            check_file(file, folder / file.name)


def check_no_others(manifest: Manifest, folder: Path, besides: Iterable[str] = ()) -> None:
    """Return if nothing lies in a folder but files that a manifest names, itself, and what else may be there.

    Raises:
        UnprovenError: code ``export-different``.
    """
    named = {one.name for one in manifest.files} | {MANIFEST, f"{MANIFEST}.hpke", *besides}
    for name in sorted({one.name for one in folder.iterdir()} - named):
        raise _different(f"The file {_shown(name)} is not one of export {manifest.number}.")


def check_file(file: ExportedFile, path: Path) -> None:
    """Return if a file is whole, and the one that its manifest names.

    Raises:
        UnprovenError: code ``export-different``.
    """
    if path.is_symlink() or not path.is_file():
        raise _different(f"{file.name} is no file.")
    size = path.stat().st_size
    if size != file.size:
        raise _different(f"The file {file.name} has {size} bytes instead of {file.size}: it is cut off, or another one.")
    if digest_of(path) != file.sha256:
        raise _different(f"The file {file.name} is not the one that the manifest names: it was changed.")


def digest_of(path: Path) -> str:
    """Give the SHA-256 (hex) of a file's bytes."""
    digest = sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def _different(sentence: str) -> UnprovenError:
    return UnprovenError(sentence, code=Code.EXPORT_DIFFERENT)


def _shown(name: str) -> str:
    return name if name.isascii() and name.isprintable() and len(name) <= 100 else "(of a strange name)"  # noqa: PLR2004  # a line
