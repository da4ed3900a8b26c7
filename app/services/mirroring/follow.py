"""A mirror follows its export: manifests are held against what was accepted, files come, and each export is applied whole.

Owns the order of things, and which way leads to the newest: delta after delta, or a snapshot where one is missing. Fetches
nothing itself (``Source``). Kept by ``tests/services/mirroring/test_follow.py``, killed at random by
``tests/walk/test_fault_pulls.py``; decision 45.

1. The newest manifest, and all between what the mirror stands at and it, verify and follow each other.
2. The files of the next export come, each of them whole and with its digest, before anything is changed.
3. The export is applied in one transaction; a kill before its end leaves the mirror where it was.
4. What came is kept or goes, and what was withdrawn goes from what is kept. Killed before that, the next run does it first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.errors import Code, GoneError, UnavailableError, UnprovenError
from app.domain.export import ExportedFile, FilePart, Manifest
from app.services.mirroring.download import download
from app.services.mirroring.kept_files import KeptFiles
from app.services.mirroring.mirror import Mirror
from app.services.mirroring.source import Source
from app.services.mirroring.take_away import take_away
from breakwater_client.trust.export_seal import OpeningKey
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.read_exports import in_batches, is_of_attestations, read_file
from breakwater_client.verifying.steps import at_step
from breakwater_client.verifying.verify_exports import Accepted, Expected, OpenedExport, check_order, open_export

_BATCH = 2_000
_MOST_MANIFESTS = 100_000


@dataclass(frozen=True, slots=True)
class Following:
    """By which keys, whose export, how sealed files are opened, and who is told of every byte that comes."""

    keys: Sequence[ExchangeKey]
    expected: Expected
    key: OpeningKey | None = None
    advance: Callable[[int], None] = lambda _bytes: None
    begin: Callable[[str, int], None] = lambda _title, _total: None


@dataclass(slots=True)
class Followed:
    """What a run did. ``newest`` is the newest export that the exchange has; the mirror stands there, unless it ``waits``.

    That has the code ``export-file-gone``: files may not be given any more, and no later snapshot is there yet.
    """

    before: Accepted | None
    after: Accepted | None
    newest: OpenedExport | None = None
    applied: list[int] = field(default_factory=list)
    fetched_bytes: int = 0
    waits: UnavailableError | None = None


def follow(mirror: Mirror, kept: KeptFiles, source: Source, following: Following) -> Followed:
    """Bring a mirror to the newest export; what is there already is not fetched again, also after a kill.

    Raises:
        FailedStepError: a manifest that is not the next; nothing was changed.
        UnprovenError: code ``export-different``, for files.
        UnavailableError: the mirror's disk, as ``Mirror`` tells.
    """
    before = mirror.position()
    if before is not None:
        kept.settle(before.number)
        take_away(mirror, kept)
    run = _Run(mirror, kept, source, following)
    run.learn(before)
    done = Followed(before, before, run.chain[-1][0] if run.chain else None)
    while (at := run.next_export(mirror.position())) is not None:
        if isinstance(at, UnavailableError):
            if run.reach_back():
                continue
            done.waits = at
            break
        opened, replaces = at
        try:
            done.fetched_bytes += run.fetch(opened, replaces=replaces)
        except GoneError:
            run.gone.add((opened.manifest.number, replaces))
            kept.forget(opened.manifest.number)
            continue
        run.apply(opened, replaces=replaces)
        done.applied.append(opened.manifest.number)
        done.after = mirror.position()
    return done


class _Run:
    """One run: the chain of manifests (with their envelopes), and of which exports files are gone."""

    def __init__(self, mirror: Mirror, kept: KeptFiles, source: Source, following: Following) -> None:
        self._mirror, self._kept, self._source, self._following = mirror, kept, source, following
        self.chain: list[tuple[OpenedExport, bytes]] = []
        self.gone: set[tuple[int, bool]] = set()
        self._snapshots: Iterator[int] = iter(())

    def learn(self, before: Accepted | None) -> None:
        """Take the manifests (1)."""
        newest = self._source.newest()
        if newest is None:
            if before is not None:
                with at_step(5):
                    sentence = f"The exchange shows no export, and you accepted export {before.number} before."
                    raise UnprovenError(sentence, code=Code.EXPORT_ROLLED_BACK)
            return
        last = self._opened(newest, before)
        number = last.manifest.number
        self.chain = [(last, newest)]
        if before is None:
            self._snapshots = iter(self._source.snapshots())
            self.reach_back()
        elif number - before.number > _MOST_MANIFESTS:
            raise UnprovenError("The newest export has a number that is further ahead than anybody writes exports.")
        else:
            self._take_from(min(before.number, number), before)

    def reach_back(self) -> bool:
        """Take manifests from the next older snapshot on, for a mirror that begins; False where there is none."""
        first = self.chain[0][0].manifest
        number = next((one for one in self._snapshots if one <= first.number), None)
        if number is None:
            return False
        self._take_from(number, None)
        return True

    def _take_from(self, number: int, before: Accepted | None) -> None:
        first = self.chain[0][0].manifest.number
        envelopes = {one: self._source.manifest(one) for one in range(number, first)}
        earlier = [(self._opened(raw, before), raw) for raw in envelopes.values() if raw is not None]
        self.chain = [*earlier, *self.chain]
        check_order([one for one, _ in self.chain], before)

    def _opened(self, envelope: bytes, before: Accepted | None) -> OpenedExport:
        wanted = self._following.expected
        expected = Expected(before, wanted.exchange, wanted.partner, wanted.definition)
        return open_export(envelope, self._following.keys, expected)

    def next_export(self, at: Accepted | None) -> tuple[OpenedExport, bool] | UnavailableError | None:
        """Give the export that is applied next, and whether it replaces all; None at the newest, an error where none can be."""
        ahead = [one for one, _ in self.chain if at is None or one.manifest.number > at.number]
        if not ahead:
            return None
        after = ahead[0]
        if at is not None and after.manifest.has_delta and (after.manifest.number, False) not in self.gone:
            return after, False
        for one in reversed(ahead):
            if one.manifest.has_snapshot and (one.manifest.number, True) not in self.gone:
                return one, True
        sentence = (
            f"Files of export {after.manifest.number} may not be given any more, and no later export holds everything yet. "
            "The mirror is as it was: run it again after the next export."
        )
        return UnavailableError(sentence, code=Code.EXPORT_FILE_GONE)

    def fetch(self, export: OpenedExport, *, replaces: bool) -> int:
        """Fetch what is to be applied (2), and the snapshot beside it where files are kept."""
        number = export.manifest.number
        folder = self._kept.folder_for(number, {one.manifest.number: raw for one, raw in self.chain}[number])
        files = _wanted(export.manifest, replaces=replaces)
        total = sum(one.size for one in files)
        self._following.begin(f"export {number}", total)
        for file in files:
            try:
                download(self._source, file, folder, self._following.advance)
            except GoneError:
                if file.part is not FilePart.RECALLS:  # their ids are in the manifest, and the exchange answers for them
                    raise
        if self._kept.keeps and not replaces:
            self._fetch_besides(export.manifest, folder)
        return total

    def _fetch_besides(self, manifest: Manifest, folder: Path) -> None:
        files = [one for one in manifest.files if one.part is FilePart.SNAPSHOT]
        self._following.begin(f"export {manifest.number}, everything", sum(one.size for one in files))
        try:
            for file in files:
                download(self._source, file, folder, self._following.advance)
        except GoneError:
            for file in files:
                (folder / file.name).unlink(missing_ok=True)

    def apply(self, export: OpenedExport, *, replaces: bool) -> None:
        """Apply it in one transaction (3), and put away what came (4)."""
        manifest, at = export.manifest, self._mirror.position()
        folder = self._kept.incoming / f"{manifest.number:08d}"
        with self._mirror.applying(export.accepted, replaces=replaces) as change:
            for file in _in_order(_wanted(manifest, replaces=replaces)):
                if file.part is FilePart.RECALLS and not (folder / file.name).exists():
                    continue
                for batch in in_batches(read_file(manifest, file, folder / file.name, self._following.key), _BATCH):
                    change.take(batch)
            if at is not None:
                for one, _ in self.chain:
                    if at.number < one.manifest.number <= manifest.number:
                        change.know_recalls(one.manifest.recalls)
        self._kept.settle(manifest.number)
        take_away(self._mirror, self._kept)


def _wanted(manifest: Manifest, *, replaces: bool) -> list[ExportedFile]:
    parts = {FilePart.SNAPSHOT} if replaces else {FilePart.DELTA, FilePart.TOMBSTONES}
    return [one for one in manifest.files if one.part in parts | {FilePart.RECALLS}]


def _in_order(files: Sequence[ExportedFile]) -> list[ExportedFile]:
    """Tombstones first, then objects, then what is attested of them, then notices."""
    order = {FilePart.TOMBSTONES: 0, FilePart.DELTA: 1, FilePart.SNAPSHOT: 1, FilePart.RECALLS: 3}
    return sorted(files, key=lambda one: (2 if is_of_attestations(one) else order[one.part], one.name))
