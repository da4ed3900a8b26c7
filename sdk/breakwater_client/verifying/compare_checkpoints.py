"""Comparing checkpoints of one log: that it only grew from the one that was kept, or that it was rolled back or forked.

Owns consistency proofs, and what each answer means. Each checkpoint was verified before (``verify_checkpoints``). Kept by
``tests/client/verifying/test_compare_checkpoints.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from breakwater_client.documents.strict_json import parse
from breakwater_client.errors import Code, UnprovenError
from breakwater_client.trust.checkpoint import Checkpoint
from breakwater_client.trust.merkle import TreeHead, verify_consistency
from breakwater_client.verifying.steps import Step, at_step
from breakwater_client.verifying.verify_checkpoints import LogKeys, VerifiedCheckpoint, read_checkpoint_file, verify_checkpoint
from breakwater_client.verifying.verify_log import closed, malformed, read_number, read_path, text_of
from breakwater_client.verifying.verify_mirrors import VerifiedMirror

CONSISTENCY_STEPS = (
    Step(1, "The text is strict JSON with exactly the members of a consistency proof.", "Who made it: it is not believed."),
    Step(2, "Its checkpoint verifies, and has the size that the proof names.", "What a checkpoint's own steps do not show."),
    Step(3, "You gave a verified checkpoint of the size that it begins at.", "What the log held before that."),
    Step(
        4,
        "The path leads to both roots: the later log begins with exactly the leaves of the earlier one.",
        "Whether what was added is right, and what the exchange shows to others: ask a witness.",
    ),
)
"""How a proof that the log only grew is verified."""

KEPT_STEPS = (
    Step(1, "The checkpoint that you kept verifies with the exchange's key for checkpoints.", "When you kept it."),
    Step(
        2,
        "No checkpoint of your kept one's size has another root, and none that is shown to you as the log's is smaller.",
        "What the exchange shows to others.",
    ),
    Step(
        3,
        "From the kept checkpoint proofs lead to each other one, or from that one to the kept one: nothing has gone since.",
        "Whether what was added is right. That objects are still served: the log keeps the leaf of what was withdrawn.",
    ),
)
"""How a kept checkpoint is held against others."""

_MEMBERS = frozenset({"type", "first", "second", "path", "checkpoint"})


@dataclass(frozen=True, slots=True)
class Growth:
    """A proof that was read and whose checkpoint verified; that the later tree grew from an earlier one is not yet shown."""

    first: int
    later: VerifiedCheckpoint
    path: tuple[bytes, ...]


@dataclass(slots=True)
class Comparison:
    """Checkpoints of one log that are known to be one and the same history, or not yet known to be."""

    kept: VerifiedCheckpoint | None = None
    _heads: dict[Checkpoint, list[VerifiedCheckpoint]] = field(default_factory=dict)
    _links: dict[Checkpoint, set[Checkpoint]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Know the kept checkpoint first."""
        if self.kept is not None:
            self.add(self.kept)

    def add(self, shown: VerifiedCheckpoint) -> None:
        """Take up a checkpoint.

        Raises:
            UnprovenError: code ``log-forked``: another of this size has another root.
        """
        for known in self._heads:
            if (known.origin, known.size) == (shown.checkpoint.origin, shown.checkpoint.size) and known != shown.checkpoint:
                sentence = "The exchange's key signed two checkpoints of one size with different roots: two logs. Keep both."
                raise UnprovenError(sentence, code=Code.LOG_FORKED)
        known_as = self._heads.setdefault(shown.checkpoint, [])
        if shown not in known_as:
            known_as.append(shown)

    def check_mirror(self, mirror: VerifiedMirror) -> VerifiedMirror:
        """Give back a mirror with whose leaves every checkpoint agrees that is not larger; they are linked with each other.

        Raises:
            UnprovenError: code ``log-forked``: one of them is of another log.
        """
        here = mirror.checkpoint.checkpoint
        for known in [one for one in self._heads if one.origin == here.origin and one.size <= here.size]:
            if mirror.root_at(known.size) != known.root:
                sentence = (
                    f"The mirror's first {known.size} leaves are others than the exchange signed for: two logs. Keep everything."
                )
                raise UnprovenError(sentence, code=Code.LOG_FORKED)
            self._link(known, here)
        return mirror

    def check_newest(self, shown: VerifiedCheckpoint) -> VerifiedCheckpoint:
        """Give back a checkpoint that the exchange shows as its log's today, if it is not behind the kept one.

        Raises:
            UnprovenError: code ``log-rolled-back``: it has fewer leaves.
        """
        if self.kept is not None and shown.checkpoint.size < self.kept.checkpoint.size:
            now, then = shown.checkpoint.size, self.kept.checkpoint.size
            sentence = f"The log has {now} leaves, and had {then} when you kept your checkpoint: it was rolled back."
            raise UnprovenError(sentence, code=Code.LOG_ROLLED_BACK)
        return shown

    def grow(self, growth: Growth) -> VerifiedCheckpoint:
        """Give the later checkpoint of a proof, which is shown to have grown from a known one of the size that it names.

        Raises:
            FailedStepError: of step 3 or 4; code ``log-forked`` if it fails from the kept checkpoint.
        """
        later = growth.later.checkpoint
        with at_step(3):
            before = self._of_size(growth.first, later.origin)
        with at_step(4):
            try:
                verify_consistency(TreeHead(before.size, before.root), growth.later.head, growth.path)
            except UnprovenError as refusal:
                raise self._unproven(before, refusal) from refusal
        self._link(before, later)
        return growth.later

    def _link(self, one: Checkpoint, other: Checkpoint) -> None:
        self._links.setdefault(one, set()).add(other)
        self._links.setdefault(other, set()).add(one)

    def check_linked(self, shown: VerifiedCheckpoint) -> VerifiedCheckpoint:
        """Give back a checkpoint whose history is shown to be the kept one's; without a kept one, any.

        Raises:
            UnprovenError: no proof leads from one to the other.
        """
        if self.kept is None or shown.checkpoint in self._reached(self.kept.checkpoint):
            return shown
        first, second = sorted((self.kept.checkpoint.size, shown.checkpoint.size))
        sentence = f"Nothing shows that the log of {second} leaves grew from the one of {first}: give the consistency proof."
        raise UnprovenError(sentence)

    def with_leaf(self, index: int, shown: VerifiedCheckpoint) -> list[VerifiedCheckpoint]:
        """Give all checkpoints, as they were signed and cosigned, that hold at ``index`` what ``shown`` holds there.

        Each step goes between two trees that both have the leaf, one of which is the beginning of the other: through a smaller
        tree, two that differ at this leaf could be led to each other.
        """
        reached = self._reached(shown.checkpoint, beyond=index)
        return [shown] + [one for checkpoint in reached for one in self._heads.get(checkpoint, []) if one != shown]

    def _reached(self, start: Checkpoint, beyond: int = -1) -> set[Checkpoint]:
        """Give what is linked with a checkpoint, all along the way with more leaves than ``beyond``."""
        found, pending = {start}, [start]
        while pending:
            new = {one for one in self._links.get(pending.pop(), set()) if one.size > beyond} - found
            found |= new
            pending += new
        return found

    def _of_size(self, size: int, origin: str) -> Checkpoint:
        for known in self._heads:
            if (known.origin, known.size) == (origin, size):
                return known
        raise UnprovenError(f"Give the checkpoint of {size} leaves from which this proof begins.", pointer="/first")

    def _unproven(self, before: Checkpoint, refusal: UnprovenError) -> UnprovenError:
        if self.kept is None or before != self.kept.checkpoint:
            return refusal
        sentence = (
            "The proof does not lead from the checkpoint that you kept to the one that the exchange shows: it is damaged, or the "
            "log is another one than it was. Ask for it again; if it fails again, keep everything."
        )
        return UnprovenError(sentence, code=Code.LOG_FORKED)


def read_kept(raw: bytes, log: LogKeys) -> VerifiedCheckpoint:
    """Give the checkpoint that was kept (a file of one's own), also if its key was compromised since.

    That it was kept before is its holder's own word: an exchange must not free itself of it by giving its key up.

    Raises:
        FailedStepError: it does not verify.
    """
    return read_checkpoint_file(raw, replace(log, keys=[replace(one, compromised_since=None) for one in log.keys]))


def read_growth(raw: bytes, log: LogKeys) -> Growth:
    """Give a consistency proof (unverified bytes) whose checkpoint the exchange signed, by the first ``CONSISTENCY_STEPS``.

    Raises:
        FailedStepError: step 1 or 2 fails.
    """
    with at_step(1):
        document = closed(parse(raw), "log-consistency", _MEMBERS)
        first, second, path = read_number(document, "first"), read_number(document, "second"), read_path(document["path"])
        note = text_of(document, "checkpoint")
        if first > second:
            raise malformed("/first")
    with at_step(2):
        later = verify_checkpoint(note, log)
        if later.head.size != second:
            raise UnprovenError("The checkpoint has another size than the proof names.", pointer="/second")
    return Growth(first, later, tuple(path))
