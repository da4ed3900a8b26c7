"""Verifying files of every kind together: what is shown by one counts for the others.

Owns the order: checkpoints, receipts and proofs, what leads from checkpoint to checkpoint, and objects last, which all speak of.
Needs no exchange, no database and no network. Kept by ``tests/services/offline/test_verify_files.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from app.domain.errors import BreakwaterError, Code, UnprovenError, UntrustedSignatureError
from app.services.offline.recognise_file import FileKind, kind_of
from app.services.offline.verify_agreements import VerifiedAgreement, verify_agreement
from app.services.offline.verify_releases import Chain, VerifiedRelease, verify_releases, with_proofs
from breakwater_client.submission import Refusal
from breakwater_client.verifying.compare_checkpoints import Comparison, Growth, read_growth
from breakwater_client.verifying.directory_keys import Directory, DirectoryTrust, accept, read_directory_file
from breakwater_client.verifying.known_keys import ExchangeKey, KnownSigner
from breakwater_client.verifying.steps import FailedStepError, at_step
from breakwater_client.verifying.verdicts import FailedSignature, Level, Verdict, VerifiedSignature
from breakwater_client.verifying.verify_checkpoints import (
    GreatestAge,
    LogKeys,
    VerifiedCheckpoint,
    check_no_older,
    read_checkpoint_file,
)
from breakwater_client.verifying.verify_log import (
    VerifiedProof,
    VerifiedSubmission,
    verify_entry_proof,
    verify_log_proof,
    verify_log_proofs,
    verify_submission_proof,
    where_logged,
)
from breakwater_client.verifying.verify_mirrors import ReadFile, VerifiedMirror, verify_mirror
from breakwater_client.verifying.verify_objects import Evidence, verify_document
from breakwater_client.verifying.verify_receipts import VerifiedAttestation, VerifiedReceipt, verify_receipt

NO_LOG = LogKeys(())
_NO_MIRRORS: Mapping[str, ReadFile] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Trust:
    """What whoever verifies goes by: publishers' keys, the exchange's, the checkpoint that they kept, verified attestations.

    ``level`` is what every signed object must reach. ``cosigned``: so must checkpoints, proofs and mirrors be, each.
    ``unsigned_from``: identities that have keys and whose unsigned objects count all the same. ``age``: one checkpoint of all
    must be no older.
    """

    signers: Sequence[KnownSigner] = ()
    statements: Sequence[ExchangeKey] = ()
    log: LogKeys = NO_LOG
    kept: VerifiedCheckpoint | None = None
    attestations: Mapping[str, VerifiedAttestation] = field(default_factory=dict)
    level: Level = Level.SIGNED
    directory: DirectoryTrust | None = None
    cosigned: bool = False
    unsigned_from: frozenset[str] = frozenset()
    age: GreatestAge | None = None


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file, or what it was compared with, that failed: as what, at which step (None: it has none), and why."""

    file: str
    kind: FileKind
    step: int | None
    refusal: Refusal


@dataclass(slots=True)
class Findings:
    """What was found, by kind, each with the name of its file, in the order of the files.

    ``empty`` files have no content at all; ``hollow`` ones are made for objects and hold none.
    """

    objects: list[tuple[str, Verdict]] = field(default_factory=list)
    receipts: list[tuple[str, VerifiedReceipt]] = field(default_factory=list)
    submissions: list[tuple[str, VerifiedSubmission]] = field(default_factory=list)
    proofs: list[tuple[str, VerifiedProof]] = field(default_factory=list)
    checkpoints: list[tuple[str, VerifiedCheckpoint]] = field(default_factory=list)
    growths: list[tuple[str, Growth]] = field(default_factory=list)
    mirrors: list[tuple[str, VerifiedMirror]] = field(default_factory=list)
    directories: list[tuple[str, Directory]] = field(default_factory=list)
    agreements: list[tuple[str, VerifiedAgreement]] = field(default_factory=list)
    releases: list[tuple[str, VerifiedRelease]] = field(default_factory=list)
    catalogues: list[tuple[str, VerifiedRelease]] = field(default_factory=list)
    failures: list[FailedFile] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    hollow: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether anything failed, or nothing was found in files that are not empty."""
        log = (self.submissions, self.proofs, self.checkpoints, self.growths, self.mirrors)
        released = (self.releases, self.catalogues)
        found = (self.objects, self.receipts, *log, self.directories, self.agreements, *released, self.empty)
        return bool(self.failures or any(isinstance(one, FailedSignature) for _, one in self.objects)) or not any(found)

    def failed_with(self, code: Code) -> bool:
        """Whether a file failed with this code."""
        return any(one.refusal.code is code for one in self.failures)

    @property
    def newest_size(self) -> int | None:
        """How many leaves the largest tree has of which anything among the files speaks; None if nothing does."""
        return max((one.head.size for one in self.shown), default=None)

    @property
    def shown(self) -> list[VerifiedCheckpoint]:
        """All checkpoints of which anything among the files speaks."""
        shown = [one for _, one in self.checkpoints] + [one.checkpoint for _, one in self.proofs]
        shown += [proof.checkpoint for _, one in self.submissions for proof in one.proofs]
        return shown + [one.later for _, one in self.growths] + [one.checkpoint for _, one in self.mirrors]

    @property
    def held(self) -> dict[str, int | None]:
        """Payload digest -> log index of each object that the exchange holds by a receipt among the files."""
        receipts = [one for _, one in self.receipts] + [one.receipt for _, one in self.submissions]
        return {digest: index for receipt in receipts for digest, index in receipt.digests.items()}


def verify_files(files: Mapping[str, bytes], trust: Trust, mirrors: Mapping[str, ReadFile] = _NO_MIRRORS) -> Findings:
    """Verify what files and mirrors (unverified, by name) hold, each by the steps of its kind; nothing is raised."""
    return _Verification(files, trust, mirrors).findings()


class _Verification:
    """One run over all files."""

    def __init__(self, files: Mapping[str, bytes], trust: Trust, mirrors: Mapping[str, ReadFile]) -> None:
        self._files, self._trust, self._mirrors = files, trust, mirrors
        self._kinds = {name: kind_of(raw) for name, raw in files.items()}
        self._found = Findings(empty=[name for name, kind in self._kinds.items() if kind is FileKind.EMPTY])
        self._comparison = Comparison(trust.kept)
        self._chain = Chain()

    def findings(self) -> Findings:
        """Go through the kinds in the order in which one rests on another."""
        self._each(FileKind.DIRECTORY, self._directory)
        self._each(FileKind.CHECKPOINT, self._checkpoint)
        self._each(FileKind.AGREEMENT, self._agreement)
        self._each(FileKind.RELEASES, self._releases)
        self._each(FileKind.CATALOGUE, self._catalogue)
        self._each(FileKind.RECEIPT, self._receipt)
        self._each(FileKind.SUBMISSION_PROOF, self._submission)
        self._each(FileKind.PROOF, self._proof)
        self._each(FileKind.PROOFS, self._proofs)
        self._each(FileKind.ENTRY_PROOF, self._entry)
        for name, read in self._mirrors.items():
            with self._noting(name, FileKind.MIRROR):
                self._mirror(name, read)
        self._growths()
        self._check_mirrors()
        self._check_kept()
        self._check_cosigned()
        if self._trust.age is not None:
            with self._noting("--no-older-than", FileKind.CHECKPOINT):
                check_no_older(self._found.shown, self._trust.log, self._trust.age)
        self._prove_releases()
        self._objects()
        return self._found

    def _each(self, kind: FileKind, verify: Callable[[str, bytes], None]) -> None:
        for name, raw in self._files.items():
            if self._kinds[name] is kind:
                with self._noting(name, kind):
                    verify(name, raw)

    @contextmanager
    def _noting(self, name: str, kind: FileKind) -> Iterator[None]:
        try:
            yield
        except BreakwaterError as fault:
            number = fault.number if isinstance(fault, FailedStepError) else None
            self._found.failures.append(FailedFile(name, kind, number, Refusal.of(fault)))

    def _directory(self, name: str, raw: bytes) -> None:
        """Hold a directory against the one that is gone by; without one, nobody says which is the exchange's."""
        file = read_directory_file(raw)
        if self._trust.directory is None:
            with at_step(2):
                raise UntrustedSignatureError("Say which directory you trust: --directory-key, or --accepted-directory.")
        self._found.directories.append((name, accept([file], self._trust.directory)))

    def _checkpoint(self, name: str, raw: bytes) -> None:
        shown = read_checkpoint_file(raw, self._trust.log)
        self._comparison.add(shown)
        self._found.checkpoints.append((name, self._comparison.check_newest(shown)))

    def _mirror(self, name: str, read: ReadFile) -> None:
        mirror = verify_mirror(read, self._trust.log)
        self._comparison.add(mirror.checkpoint)
        self._comparison.check_newest(mirror.checkpoint)
        self._found.mirrors.append((name, mirror))

    def _check_mirrors(self) -> None:
        """Hold each mirror against every checkpoint that is known by now."""
        for name, mirror in self._found.mirrors:
            with self._noting(name, FileKind.MIRROR):
                self._comparison.check_mirror(mirror)

    def _growths(self) -> None:
        """Read every consistency proof, then go along them from the smallest tree on: one may begin where another ends."""
        read: list[tuple[str, Growth]] = []

        def take_up(name: str, raw: bytes) -> None:
            growth = read_growth(raw, self._trust.log)
            self._comparison.add(growth.later)
            read.append((name, growth))

        self._each(FileKind.CONSISTENCY, take_up)
        for name, growth in sorted(read, key=lambda one: (one[1].first, one[1].later.head.size)):
            with self._noting(name, FileKind.CONSISTENCY):
                self._comparison.grow(growth)
                self._found.growths.append((name, growth))

    def _agreement(self, name: str, raw: bytes) -> None:
        self._found.agreements.append((name, verify_agreement(raw, self._trust.statements, self._trust.log.exchange)))

    def _releases(self, name: str, raw: bytes) -> None:
        for one in verify_releases(raw, self._trust.statements, self._trust.log.exchange):
            self._found.releases.append((name, self._chain.add(one)))

    def _catalogue(self, name: str, raw: bytes) -> None:
        self._found.catalogues.append((name, self._chain.catalogue(raw)))

    def _prove_releases(self) -> None:
        """Look each release up in the proofs of documents, and let those fail that do not reach the level that was asked for."""
        shown = [held for _, one in self._found.proofs if one.document is not None for held in self._also_in(one)]
        given, self._found.releases = self._found.releases, []
        for name, one in given:
            proven = with_proofs(self._chain.followed(one), shown)
            with self._noting(name, FileKind.RELEASES), at_step(6):
                if not proven.level.reaches(self._trust.level):
                    sentence = f"It is {proven.level}, and you asked for {self._trust.level}: give proofs of the log."
                    raise UnprovenError(sentence)
                self._found.releases.append((name, proven))

    def _receipt(self, name: str, raw: bytes) -> None:
        self._found.receipts.append((name, verify_receipt(raw, self._trust.statements, self._trust.log.exchange)))

    def _submission(self, name: str, raw: bytes) -> None:
        submission = verify_submission_proof(raw, self._trust.statements, self._trust.log)
        for proof in submission.proofs:
            self._comparison.add(proof.checkpoint)
        self._found.submissions.append((name, submission))

    def _proof(self, name: str, raw: bytes) -> None:
        self._take_up(name, [verify_log_proof(raw, self._trust.log)])

    def _proofs(self, name: str, raw: bytes) -> None:
        self._take_up(name, verify_log_proofs(raw, self._trust.log))

    def _entry(self, name: str, raw: bytes) -> None:
        self._take_up(name, [verify_entry_proof(raw, self._trust.log)])

    def _take_up(self, name: str, proofs: Sequence[VerifiedProof]) -> None:
        for proof in proofs:
            self._comparison.add(proof.checkpoint)
        self._found.proofs.extend((name, one) for one in proofs)

    def _check_kept(self) -> None:
        """Hold every checkpoint against the one that was kept; those that nothing links to it fail, and what rests on them."""
        if self._trust.kept is None:
            return
        shown = [(name, FileKind.CHECKPOINT, one) for name, one in self._found.checkpoints]
        shown += [(name, FileKind.PROOF, one.checkpoint) for name, one in self._found.proofs]
        shown += [
            (name, FileKind.SUBMISSION_PROOF, proof.checkpoint) for name, one in self._found.submissions for proof in one.proofs
        ]
        shown += [(name, FileKind.CONSISTENCY, one.later) for name, one in self._found.growths]
        shown += [(name, FileKind.MIRROR, one.checkpoint) for name, one in self._found.mirrors]
        unlinked: dict[str, None] = {}
        for name, kind, checkpoint in shown:
            if name not in unlinked:
                before = len(self._found.failures)
                with self._noting(name, kind):
                    self._comparison.check_linked(checkpoint)
                if len(self._found.failures) > before:
                    unlinked[name] = None
        self._drop(unlinked)
        if not shown and not self._found.failures:
            sentence = "You gave a checkpoint that you kept, and nothing of the log today to hold against it."
            with self._noting("--checkpoint", FileKind.CHECKPOINT):
                raise UnprovenError(sentence)

    def _check_cosigned(self) -> None:
        """Let fail what too few witnesses cosigned, if that was asked for; of a proof any checkpoint that has its leaf counts."""
        if not self._trust.cosigned:
            return
        found = self._found
        shown = [(name, FileKind.CHECKPOINT, [one]) for name, one in found.checkpoints]
        shown += [(name, FileKind.MIRROR, [one.checkpoint]) for name, one in found.mirrors]
        proofs = [(name, FileKind.PROOF, one) for name, one in found.proofs]
        proofs += [(name, FileKind.SUBMISSION_PROOF, proof) for name, one in found.submissions for proof in one.proofs]
        shown += [(name, kind, [held.checkpoint for held in self._also_in(one)]) for name, kind, one in proofs]
        lacking: dict[str, None] = {}
        for name, kind, checkpoints in shown:
            if name not in lacking and not any(one.is_cosigned for one in checkpoints):
                lacking[name] = None
                with self._noting(name, kind), at_step(4):
                    raise UnprovenError(f"Fewer of the witnesses that you named cosigned it than {self._trust.log.needed}.")
        self._drop(lacking)

    def _drop(self, unlinked: Mapping[str, None]) -> None:
        found = self._found
        found.checkpoints = [one for one in found.checkpoints if one[0] not in unlinked]
        found.proofs = [one for one in found.proofs if one[0] not in unlinked]
        found.submissions = [one for one in found.submissions if one[0] not in unlinked]
        found.growths = [one for one in found.growths if one[0] not in unlinked]
        found.mirrors = [one for one in found.mirrors if one[0] not in unlinked]

    def _objects(self) -> None:
        evidence = self._evidence()

        def verify(name: str, raw: bytes) -> None:
            verdicts = [self._required(one) for one in verify_document(raw, self._trust.signers, evidence)]
            self._found.objects.extend((name, one) for one in verdicts)
            if not verdicts:
                self._found.hollow.append(name)

        self._each(FileKind.OBJECTS, verify)
        found = self._found
        cosigned = self._trust.cosigned and (found.checkpoints or found.proofs or found.submissions or found.mirrors)
        if self._trust.level is not Level.SIGNED and not (found.objects or found.releases or found.failures or cosigned):
            with self._noting("--level", FileKind.OBJECTS):
                raise UnprovenError(f"You asked for objects of the level {self._trust.level}, and gave none.")

    def _evidence(self) -> Evidence:
        found = self._found
        proofs = [one for _, one in found.proofs] + [proof for _, one in found.submissions for proof in one.proofs]
        receipts = [one for _, one in found.receipts] + [one.receipt for _, one in found.submissions]
        logged = where_logged([held for one in proofs for held in self._also_in(one)], receipts)
        return Evidence(self._trust.attestations, logged, self._trust.unsigned_from)

    def _also_in(self, proof: VerifiedProof) -> list[VerifiedProof]:
        """Give a proof, and the same leaf in every checkpoint that is shown to have it: an older one says that it is as old."""
        return [replace(proof, checkpoint=one) for one in self._comparison.with_leaf(proof.index, proof.checkpoint)]

    def _required(self, verdict: Verdict) -> Verdict:
        """Give a verdict back, or that it does not reach the level that was asked for."""
        if not isinstance(verdict, VerifiedSignature) or verdict.level is Level.PUBLISHED or self._trust.level is Level.SIGNED:
            return verdict
        if verdict.level.reaches(self._trust.level):
            return verdict
        step = 6 if self._trust.level is Level.LOGGED or verdict.logged is None else 8
        refusal = UnprovenError(f"It is {verdict.level}, and you asked for {self._trust.level}: give proofs of the log.")
        return FailedSignature(verdict.place, verdict.stix_id, step, Refusal.of(refusal))
