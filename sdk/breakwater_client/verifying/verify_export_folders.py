"""Exports that lie in a folder, verified whole: one with its manifest, or those of a mirror or a depot, by their numbers.

Owns finding them, and the order in which they are held against what was accepted and looked into; each step is
``verify_exports``' and ``verify_export_contents``'. Kept by ``tests/client/verifying/test_verify_export_folders.py``, and as the
command ``export verify`` by ``tests/cli/test_export_verify.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from breakwater_client.durable_files import write_whole
from breakwater_client.errors import MalformedInputError
from breakwater_client.export import FilePart, Manifest
from breakwater_client.verifying.directory_keys import Directory, exchange_keys_of, signers_of
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.opening_keys import read_opening_key
from breakwater_client.verifying.read_exports import HeldObject
from breakwater_client.verifying.verdicts import Verdict
from breakwater_client.verifying.verify_export_contents import Contents, PublisherKeys, Reading, check_contents, judged_objects
from breakwater_client.verifying.verify_export_mirror import check_mirror
from breakwater_client.verifying.verify_exports import (
    MANIFEST,
    Expected,
    OpenedExport,
    accepted_bytes,
    check_files,
    check_fresh,
    check_order,
    open_export,
    read_accepted,
)
from breakwater_client.vocabulary import KeyUsage

MIRROR = "mirror.db"
"""The database of a mirror, beside its exports."""
_NUMBER = re.compile(r"[0-9]{8,16}")

At = Callable[[Path], AbstractContextManager[None]]
"""What is entered for each place that is looked at: whoever calls may name it in an error."""


def _anywhere(_place: Path) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass(frozen=True, slots=True)
class VerifiedExport:
    """An export that the exchange signed, whose files are whole; ``contents`` counts what of its objects verified."""

    manifest: Manifest
    keyid: str
    contents: Contents
    _reading: Reading
    _publishers: PublisherKeys

    def objects(self, part: FilePart) -> Iterator[tuple[HeldObject, Verdict]]:
        """Give the objects of its delta or its snapshot with a verdict each, read anew; none where it has no such part.

        One whose verdict is a ``FailedSignature`` is not what its publisher signed, or is of nobody known: do not use it.

        Raises:
            UnprovenError: code ``export-different``: the files were changed since they were verified.
        """
        for file, one, verdict in judged_objects(self.manifest, self._reading, self._publishers):
            if file.part is part:
                yield one, verdict


def verify_exports(  # noqa: PLR0913  # each says whose, or what, is expected
    folder: Path,
    keys: Directory,
    accepted: Path,
    *,
    partner: str | None = None,
    definition: str | None = None,
    opening_key: bytes | None = None,
    unsigned_from: Collection[str] = (),
) -> list[VerifiedExport]:
    """Verify the exports in ``folder`` (untrusted files) by the keys of an accepted directory; the newest comes last.

    ``accepted`` is the file of the export that was accepted last: older ones, another one of its number, and ones that do not
    follow it are refused, and the newest takes its place if no object of these failed. ``partner`` and ``definition`` are ids:
    another's export is refused. ``opening_key`` is the content of a private key's file, for sealed exports; ``unsigned_from``
    as in ``verify``. NOT shown: that the log holds what is in them, for an export carries no proof.

    Raises:
        MalformedInputError: no export lies here, or ``accepted`` is another file.
        UnfitKeyError: ``opening_key`` is none.
        FailedStepError: a step of ``EXPORT_STEPS`` fails for one of them: none is to be used.
    """
    folders = export_folders(folder)
    if not folders:
        raise MalformedInputError(f"No {MANIFEST} lies here, nor in a folder of a number below.")
    before = read_accepted(accepted.read_bytes()) if accepted.exists() else None
    expected = Expected(before, keys.exchange, partner, definition)
    statements = exchange_keys_of(keys, KeyUsage.STATEMENT_SIGNING)
    key = None if opening_key is None else read_opening_key(opening_key)
    publishers = PublisherKeys(signers_of(keys), statements, frozenset(unsigned_from))
    looked = Reading(folder, key, publishers)
    exports = open_exports(folders, statements, expected)
    found = check_exports(exports, folders, looked)
    if not any(one.failed for one in found):
        write_whole(accepted, accepted_bytes(exports[-1].accepted))
    return [
        VerifiedExport(one.manifest, one.keyid, contents, replace(looked, folder=place), publishers)
        for one, place, contents in zip(exports, folders, found, strict=True)
    ]


def export_folders(folder: Path) -> list[Path]:
    """Give the folders of the exports below one, by their numbers: itself, or those of a mirror or a depot.

    Files without a manifest are no export: they are passed over.
    """
    if (folder / MANIFEST).is_file():
        return [folder]
    within = folder / "exports" if (folder / "exports").is_dir() else folder
    found = [one for one in within.iterdir() if _NUMBER.fullmatch(one.name) and (one / MANIFEST).is_file()]
    return sorted(found, key=lambda one: int(one.name))


def open_exports(
    folders: Sequence[Path], statements: Sequence[ExchangeKey], expected: Expected, at: At = _anywhere
) -> list[OpenedExport]:
    """Give what the manifests in these folders (one at least) say, by the first six of ``EXPORT_STEPS``; no file is read.

    Raises:
        FailedStepError: a step fails.
    """
    opened = []
    for one in folders:
        with at(one / MANIFEST):
            opened.append(open_export((one / MANIFEST).read_bytes(), statements, expected))
    opened.sort(key=lambda one: one.manifest.number)
    with at(folders[-1]):
        check_order(opened, expected.accepted)
        check_fresh(opened[-1], datetime.now(UTC))
    return opened


def check_exports(
    exports: Sequence[OpenedExport], folders: Sequence[Path], reading: Reading, at: At = _anywhere
) -> list[Contents]:
    """Give what the files of opened exports hold, by the other steps; those of a mirror are held against its database, too.

    ``reading`` says how; its folder is each export's own.

    Raises:
        FailedStepError: a step fails.
    """
    mirror = folders[0].parent.parent / MIRROR
    found = []
    if mirror.is_file():
        with at(mirror.parent):
            check_mirror(exports, folders, mirror, reading.key)
    for export, folder in zip(exports, folders, strict=True):
        with at(folder):
            if not mirror.is_file():
                check_files(export, folder)
            found.append(check_contents(export, replace(reading, folder=folder)))
    return found
