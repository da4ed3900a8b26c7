"""The files that a mirror keeps beside its database: exports as they were signed, from the newest snapshot on.

Owns the folders ``incoming`` (what is being fetched) and ``exports`` (what was applied), and which exports go again. What is
withdrawn is taken out of files by ``take_away``. Kept by ``tests/services/mirroring/test_kept_files.py``.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from app.domain.errors import BreakwaterError
from app.domain.export import ExportedFile, FilePart, Manifest
from breakwater_client.trust.export_seal import OpeningKey
from breakwater_client.verifying.remainder_files import remainder_path
from breakwater_client.verifying.verify_exports import MANIFEST, claimed_manifest

_NUMBER = re.compile(r"[0-9]{8,16}")


@dataclass(frozen=True, slots=True)
class KeptExport:
    """An export whose files lie here, or some parts of them."""

    manifest: Manifest
    folder: Path

    def has(self, part: FilePart) -> bool:
        """Whether the export has this part, and all of it lies here, or what is left of it."""
        files = [one for one in self.manifest.files if one.part is part]
        return bool(files) and all(self.path_of(one) is not None for one in files)

    def path_of(self, file: ExportedFile) -> Path | None:
        """Give where a file lies, or what is left of it once something withdrawn was taken out; None where neither does."""
        places = (remainder_path(self.folder, file.name), self.folder / file.name)
        return next((one for one in places if one.is_file()), None)


class KeptFiles:
    """The two folders below a mirror's own."""

    def __init__(self, folder: Path, *, keeps: bool, key: OpeningKey | None = None) -> None:
        """Make them; ``keeps``: whether files stay once they were applied; ``key``: how sealed ones are opened."""
        self.incoming, self.exports, self.keeps, self.key = folder / "incoming", folder / "exports", keeps, key
        self.incoming.mkdir(exist_ok=True)
        if keeps:
            self.exports.mkdir(exist_ok=True)

    def folder_for(self, number: int, envelope: bytes) -> Path:
        """Give the folder into which an export's files come, with its manifest in it."""
        folder = self.incoming / f"{number:08d}"
        folder.mkdir(exist_ok=True)
        path = folder / MANIFEST
        if not path.exists() or path.read_bytes() != envelope:
            temporary = folder / f"{MANIFEST}.part"
            temporary.write_bytes(envelope)
            temporary.rename(path)
        return folder

    def settle(self, number: int) -> None:
        """Put away what was applied up to a number, also by a run that was killed before it could."""
        for folder in _numbered(self.incoming):
            if int(folder.name) == number:
                self._put_away(folder)
            elif int(folder.name) < number:  # begun, and never applied: its files were gone
                shutil.rmtree(folder)

    def _put_away(self, folder: Path) -> None:
        target = self.exports / folder.name
        if self.keeps and (folder / MANIFEST).exists() and not target.exists():
            for part in folder.glob("*.part"):
                part.unlink()
            folder.rename(target)
            flush_folder(self.exports)
        else:
            shutil.rmtree(folder)

    def forget(self, number: int) -> None:
        """Take away what came of an export that is not applied from here."""
        shutil.rmtree(self.incoming / f"{number:08d}", ignore_errors=True)

    def kept(self) -> list[KeptExport]:
        """Give what lies here (our own files, verified when they came), in the order of numbers."""
        if not self.exports.is_dir():
            return []
        return [one for folder in _numbered(self.exports) if (one := _read(folder)) is not None]

    def chain(self) -> Sequence[KeptExport]:
        """Give the exports from which the mirror's state can be put together: a whole snapshot, and all that follow it.

        Empty where something is missing between them.
        """
        kept = self.kept()
        begin = next((place for place in range(len(kept) - 1, -1, -1) if kept[place].has(FilePart.SNAPSHOT)), None)
        if begin is None:
            return []
        chain = kept[begin:]
        for before, after in pairwise(chain):
            if after.manifest.since != before.manifest.as_of or not after.has(FilePart.DELTA):
                return []
            if any(one.part is FilePart.TOMBSTONES for one in after.manifest.files) and not after.has(FilePart.TOMBSTONES):
                return []
        return chain

    def prune(self) -> None:
        """Take away what came before the newest whole snapshot: nothing needs it any more."""
        chain = self.chain()
        if chain:
            for one in self.kept():
                if one.manifest.number < chain[0].manifest.number:
                    shutil.rmtree(one.folder)


def _read(folder: Path) -> KeptExport | None:
    try:
        return KeptExport(claimed_manifest((folder / MANIFEST).read_bytes()), folder)
    except (OSError, BreakwaterError):
        return None


def _numbered(folder: Path) -> list[Path]:
    found = [one for one in folder.iterdir() if _NUMBER.fullmatch(one.name) and one.is_dir()]
    return sorted(found, key=lambda one: int(one.name))


def flush_folder(folder: Path) -> None:
    """Make what was named, or taken away, in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
