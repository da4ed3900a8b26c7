"""What was withdrawn goes from the files that a mirror keeps, and everything else in them stays.

Owns writing the remainder of a file, sealed again if it was sealed, and the order in which the file goes: the list of what went,
the remainder, the signed file's end. Each is whole on the disk before the next, and the mirror remembers what is to go until all
is done; so a run that is killed leaves what the next one finishes. Kept by ``tests/services/mirroring/test_take_away.py``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import Code, MalformedInputError, TooLargeError, UnprovenError
from app.domain.export import ExportedFile, ExportFormat, FilePart
from app.services.mirroring.kept_files import KeptExport, KeptFiles, flush_folder
from app.services.mirroring.mirror import Mirror
from breakwater_client.formats.port import Out
from breakwater_client.formats.readers import read_attestation_lines, read_versions
from breakwater_client.formats.remainders import write_attestation_remainder, write_remainder
from breakwater_client.trust.export_seal import OpeningKey, Sealer
from breakwater_client.verifying.read_exports import (
    SEALED,
    attested_digest,
    compression_of,
    info_of,
    is_of_attestations,
    opened_file,
    payload_digest,
)
from breakwater_client.verifying.remainder_files import gone_bytes, gone_path, read_gone, remainder_path
from breakwater_client.verifying.verify_exports import digest_of

_PART = ".part"


def take_away(mirror: Mirror, kept: KeptFiles) -> None:
    """Take what was withdrawn out of the files of the exports that came before, if there is anything left to do.

    Raises:
        UnprovenError: a sealed file, and no key; the next run does it.
        OSError: the disk; the next run goes on.
    """
    withdrawn = mirror.withdrawn()
    if not withdrawn:
        return
    for export in kept.kept():
        going = {one for one, before in withdrawn.items() if export.manifest.number < before}
        for file in export.manifest.files if going else ():
            if file.part in {FilePart.DELTA, FilePart.SNAPSHOT}:
                _Cut(export, file, going, kept.key).make()
    mirror.forget_withdrawn()


class _Cut:
    """Taking some contents out of one file."""

    def __init__(self, export: KeptExport, file: ExportedFile, going: set[str], key: OpeningKey | None) -> None:
        self._export, self._file, self._going, self._key = export, file, going, key
        self._path, self._folder = export.path_of(file), export.folder
        manifest = export.manifest
        self._compression = manifest.compression if manifest.form is ExportFormat.PARQUET else compression_of(file)
        self._gone: dict[str, str] = {}

    def make(self) -> None:
        """Put the remainder into the file's place, if it holds anything of what goes; what is damaged goes as a whole."""
        path, whole = self._path, self._folder / self._file.name
        if path is None:
            return
        if self._file.name.endswith(SEALED) and self._key is None:
            sentence = f"{self._file.name}: something in it was withdrawn. Say with which key to open it (--decryption-key)."
            raise UnprovenError(sentence, code=Code.EXPORT_DIFFERENT)
        if path == whole and digest_of(path) != self._file.sha256:
            _end(whole)  # not what was signed: nobody knows what is in it
            return
        try:
            if self._holds_any(path):
                self._write(path)
        except (MalformedInputError, TooLargeError):
            _end(path)
        if remainder_path(self._folder, self._file.name).is_file():
            _end(whole)

    def _keeps(self, content: bytes) -> bool:
        digest = attested_digest(content) if is_of_attestations(self._file) else sha256(content).hexdigest()
        if digest not in self._going:
            return True
        self._gone[digest] = digest if is_of_attestations(self._file) else payload_digest(content)
        return False

    def _holds_any(self, path: Path) -> bool:
        with opened_file(self._export.manifest, self._file.name, path, self._key) as plain:
            if is_of_attestations(self._file):
                return not all(map(self._keeps, read_attestation_lines(self._compression, plain)))
            contents = read_versions(self._export.manifest.form, self._compression, plain)
            return not all(self._keeps(content) for content, _ in contents)

    def _write(self, path: Path) -> None:
        """Write the remainder under another name, then what went, and then give it its name."""
        target = remainder_path(self._folder, self._file.name)
        target.parent.mkdir(exist_ok=True)
        part = target.with_name(f"{target.name}{_PART}")
        with opened_file(self._export.manifest, self._file.name, path, self._key) as plain, _lasting(part) as file:
            sealer = self._sealer(file)
            out: Out = sealer or file
            if is_of_attestations(self._file):
                write_attestation_remainder(self._compression, plain, out, self._keeps)
            else:
                write_remainder(self._export.manifest.form, self._compression, plain, out, self._keeps)
            if sealer is not None:
                sealer.close()
        _put_whole(gone_path(self._folder, self._file.name), read_gone(self._folder, self._file.name) | self._gone)
        part.replace(target)
        flush_folder(target.parent)
        flush_folder(self._folder)

    def _sealer(self, file: BinaryIO) -> Sealer | None:
        if self._key is None or not self._file.name.endswith(SEALED):
            return None
        return Sealer(file, self._key.public, info_of(self._export.manifest, self._file.name))


@contextmanager
def _lasting(path: Path) -> Iterator[BinaryIO]:
    """Give a new file that is on the disk at the end."""
    with path.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _put_whole(path: Path, gone: Mapping[str, str]) -> None:
    part = path.with_name(f"{path.name}{_PART}")
    with _lasting(part) as file:
        file.write(gone_bytes(gone))
    part.replace(path)
    flush_folder(path.parent)


def _end(path: Path) -> None:
    if path.exists():
        path.unlink()
        flush_folder(path.parent)
