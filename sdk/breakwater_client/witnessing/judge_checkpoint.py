"""What a witness decides about a checkpoint that it is shown: that it may be cosigned, or what is wrong, with the evidence.

Owns the decision, of which nothing is remembered here: what was kept, what is shown, the proof between them, the keys, and the
time are all given (``Case``). Asks nobody and keeps nothing. Kept by ``tests/client/witnessing/test_judge_checkpoint.py``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from breakwater_client.errors import BreakwaterError, UnprovenError
from breakwater_client.trust.checkpoint import read_checkpoint
from breakwater_client.trust.merkle import verify_consistency
from breakwater_client.verifying.compare_checkpoints import read_growth, read_kept
from breakwater_client.verifying.directory_keys import Directory, exchange_keys_of
from breakwater_client.verifying.steps import FailedStepError, Step
from breakwater_client.verifying.verify_checkpoints import LogKeys, VerifiedCheckpoint, read_checkpoint_file
from breakwater_client.vocabulary import KeyUsage
from breakwater_client.witnessing.alarms import DIRECTORY, GROWTH, KEPT, SHOWN, Alarm, AlarmKind

WITNESS_STEPS = (
    Step(1, "A key for checkpoints that the directory lists signed it, for this log.", "That it is the newest."),
    Step(2, "It is not dated ahead of the witness's own clock.", "Whether that clock is right."),
    Step(3, "Its log has no fewer leaves than the one that was kept.", "That fewer are not what others are shown."),
    Step(4, "With as many leaves, it has the same root.", "What the exchange shows to others: compare."),
    Step(5, "With more, the key counted when it was dated, and a proof leads from the kept root to it.", "Whether it is right."),
)
"""What a witness looks at before it cosigns."""

CLOCK_SKEW = timedelta(minutes=5)
"""So far a checkpoint may be dated ahead of the witness's clock."""


@dataclass(frozen=True, slots=True)
class Case:
    """What there is to decide about: the checkpoint that is shown and the proof of growth (unverified; None: there was none).

    ``kept`` is the checkpoint that was kept last (one's own file; None: this is the first), ``directory`` the accepted version,
    ``envelope`` its bytes, for the evidence.
    """

    shown: bytes
    kept: bytes | None
    growth: bytes | None
    directory: Directory
    now: datetime
    envelope: bytes = field(default=b"", repr=False)

    def alarm(self, kind: AlarmKind, sentence: str, about: str) -> Alarm:
        """Give the alarm, with all that was looked at as its evidence."""
        given = {SHOWN: self.shown, KEPT: self.kept, GROWTH: self.growth, DIRECTORY: self.envelope or None}
        return Alarm(kind, sentence, about, {name: one for name, one in given.items() if one is not None})


@dataclass(frozen=True, slots=True)
class Fit:
    """A checkpoint that may be cosigned: it goes on from the kept one, or ``is_new`` is false and it is that one."""

    checkpoint: VerifiedCheckpoint
    is_new: bool


Judgement = Fit | Alarm


def log_keys_of(directory: Directory) -> LogKeys:
    """Give whose checkpoints count by a directory: all keys for checkpoints that it lists, of its exchange's log."""
    return LogKeys(exchange_keys_of(directory, KeyUsage.CHECKPOINT_SIGNING), directory.exchange)


def judge_checkpoint(case: Case) -> Judgement:
    """Decide whether a checkpoint may be cosigned, by ``WITNESS_STEPS``. Nothing is raised for whatever is shown.

    Raises:
        FailedStepError: what was kept does not verify: a damaged file of one's own.
    """
    log = log_keys_of(case.directory)
    kept = None if case.kept is None else read_kept(case.kept, log)
    # (1) whose it is
    try:
        shown = read_checkpoint_file(case.shown, log)
    except BreakwaterError as refusal:
        return _not_signed(case, refusal)
    # (2) when it says that it is
    if shown.dated is not None and shown.dated > case.now + CLOCK_SKEW:
        return case.alarm(AlarmKind.CLOCK, f"It is dated {shown.dated}, ahead of this witness's clock.", _name(shown))
    return _if_key_counted(case, shown) if kept is None else _beside_kept(case, kept, shown, log)


def _beside_kept(case: Case, kept: VerifiedCheckpoint, shown: VerifiedCheckpoint, log: LogKeys) -> Judgement:
    # (3) no fewer leaves
    before, after = kept.head.size, shown.head.size
    if after < before:
        sentence = f"The log has {after} leaves, and had {before} when this witness kept its checkpoint: it was rolled back."
        return case.alarm(AlarmKind.ROLLBACK, sentence, _names(kept, shown))
    # (4) the same root
    if after == before:
        if shown.head.root == kept.head.root:
            return Fit(shown, is_new=False)
        sentence = f"The exchange's key signed two checkpoints of {after} leaves with different roots: two logs."
        return case.alarm(AlarmKind.FORK, sentence, _names(kept, shown))
    # (5) nothing of it went
    if (unproven := _why_not_grown(case, kept, shown, log)) is not None:
        return unproven
    if kept.dated is not None and shown.dated is not None and shown.dated < kept.dated:
        sentence = f"It is dated {shown.dated}, before the smaller one that was kept."
        return case.alarm(AlarmKind.CLOCK, sentence, _names(kept, shown))
    return _if_key_counted(case, shown)


def _not_signed(case: Case, refusal: BreakwaterError) -> Alarm:
    why = f" (step {refusal.number})" if isinstance(refusal, FailedStepError) else ""
    sentence = f"What is shown as the log's checkpoint is not signed as one of this log{why}: {refusal.sentence}"
    try:
        about = f"{refusal.code} {read_checkpoint(case.shown.decode())}"
    except (BreakwaterError, UnicodeDecodeError):  # whatever else is no checkpoint is one alarm, until the log goes on
        about = f"none after {hashlib.sha256(case.kept or b'').hexdigest()}"
    return case.alarm(AlarmKind.UNSIGNED_GROWTH, sentence, about)


def _if_key_counted(case: Case, shown: VerifiedCheckpoint) -> Judgement:
    """Let pass what a key signed that had not ended when it is dated; a stolen one was refused with the signature."""
    key, at = case.directory.find(shown.keyid), shown.dated or case.now
    if key is None or (key.not_after is not None and key.not_after <= at):
        sentence = "The key that signed it had ended before this checkpoint is dated, or it is not dated at all."
        return case.alarm(AlarmKind.UNSIGNED_GROWTH, sentence, _name(shown))
    return Fit(shown, is_new=True)


def _why_not_grown(case: Case, kept: VerifiedCheckpoint, shown: VerifiedCheckpoint, log: LogKeys) -> Alarm | None:
    before, after = kept.head.size, shown.head.size
    if case.growth is None:
        sentence = f"The log is said to have grown from {before} to {after} leaves, and the exchange gives no proof of it."
        return case.alarm(AlarmKind.UNSIGNED_GROWTH, sentence, _names(kept, shown))
    try:
        growth = read_growth(case.growth, log)
    except BreakwaterError as refusal:
        if isinstance(refusal, FailedStepError) and refusal.number == 1:  # cut off or garbled: as none, which passes by itself
            sentence = f"The log is said to have grown from {before} to {after} leaves; its proof is none: {refusal.sentence}"
            return case.alarm(AlarmKind.UNSIGNED_GROWTH, sentence, _names(kept, shown))
        return _forked(case, kept, shown, refusal)
    try:
        if growth.first != before or growth.later.checkpoint != shown.checkpoint:
            raise UnprovenError("The proof is of other checkpoints.")
        verify_consistency(kept.head, shown.head, growth.path)
    except BreakwaterError as refusal:
        return _forked(case, kept, shown, refusal)
    return None


def _forked(case: Case, kept: VerifiedCheckpoint, shown: VerifiedCheckpoint, refusal: BreakwaterError) -> Alarm:
    before, after = kept.head.size, shown.head.size
    sentence = f"The log of {after} leaves is not shown to go on from the one of {before}: {refusal.sentence}"
    return case.alarm(AlarmKind.FORK, sentence, _names(kept, shown))


def _name(one: VerifiedCheckpoint) -> str:
    return f"{one.checkpoint.origin} {one.head.size} {one.head.root.hex()} {one.dated}"


def _names(kept: VerifiedCheckpoint, shown: VerifiedCheckpoint) -> str:
    return f"{_name(kept)} {_name(shown)}"
