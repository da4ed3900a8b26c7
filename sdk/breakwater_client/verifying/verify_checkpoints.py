"""Verifying offline a checkpoint of the exchange's log, and which witnesses cosigned it.

Owns the steps, their order, and the words for what each of them does *not* show. Does not compare checkpoints with each other:
that is ``compare_checkpoints``. Kept by ``tests/client/verifying/test_verify_checkpoints.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from breakwater_client.errors import Code, MalformedInputError, UnfitKeyError, UnprovenError, UntrustedSignatureError
from breakwater_client.instant import instant_text
from breakwater_client.trust.checkpoint import (
    Checkpoint,
    log_origin,
    open_checkpoint,
    open_cosignatures,
    open_date,
    read_checkpoint,
)
from breakwater_client.trust.keys import PublicKey
from breakwater_client.trust.merkle import TreeHead
from breakwater_client.trust.signed_note import is_named
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.steps import Step, at_step

CHECKPOINT_STEPS = (
    Step(1, "The text is a signed note in its one spelling, of the three lines of a checkpoint.", "Who made it."),
    Step(2, "The log that it names is the exchange's, if a directory or a kept checkpoint says which.", "That it is the newest."),
    Step(
        3,
        "The exchange's key for checkpoints signed it, and the time at which it was made, if it says one.",
        "That the log holds this, and shows everybody the same: proofs and witnesses do.",
    ),
    Step(
        4,
        "Of witnesses that you named those count whose lines verify, by keys that a given directory has not as stolen or ended.",
        "Whether they are independent, and what they looked at first.",
    ),
    Step(
        5,
        "The exchange's key is not reported as compromised, or a witness saw this checkpoint before.",
        "A compromise that nobody has noticed or reported.",
    ),
)
"""How a checkpoint is verified."""


_CLOCKS_APART = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ListedWitness:
    """A key of a witness, and from when until when a directory lets it count (None: open); one reported as stolen never does."""

    name: str
    key: PublicKey
    counts_from: datetime | None = None
    counts_until: datetime | None = None
    is_compromised: bool = False

    def counts_at(self, at: datetime) -> bool:
        """Whether a cosignature of this key counts that says ``at``, which is a whole second, and no later than it was."""
        if self.is_compromised:
            return False  # whoever has it dates as he likes
        begun = self.counts_from is None or self.counts_from.replace(microsecond=0) <= at
        return begun and (self.counts_until is None or at < self.counts_until)


@dataclass(frozen=True, slots=True)
class LogKeys:
    """Whose checkpoints count: the exchange's keys, its id (None: any), and the witnesses by name, of whom ``needed`` are.

    ``listed`` are further keys of witnesses, such as those that only a directory names. Several keys of one count once.
    ``known`` is what a directory says of keys for cosigning, by their ids: of whoever is named, too, no line counts that it ends.
    ``own`` are the ids of all keys of the exchange, for whatever use: it is nobody's witness.
    """

    keys: Sequence[ExchangeKey]
    exchange: str | None = None
    witnesses: Mapping[str, PublicKey] = field(default_factory=dict)
    needed: int = 1
    listed: Sequence[ListedWitness] = ()
    known: Mapping[str, ListedWitness] = field(default_factory=dict)
    own: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse one key under two names, which would count twice: no name is part of what a witness signs.

        Nor is the exchange, which dates its checkpoints in the same form, its own witness.

        Raises:
            MalformedInputError: two witnesses have one key, or one has the exchange's.
        """
        named = {key.keyid for key in self.witnesses.values()}
        if len(named) != len(self.witnesses):
            raise MalformedInputError("Two of the witnesses have the same key.")
        if (named | {one.key.keyid for one in self.listed}) & self.own or named & {one.key.keyid for one in self.keys}:
            raise MalformedInputError("One of the witnesses has the exchange's own key.")

    def counts(self, key: PublicKey, at: datetime) -> bool:
        """Whether a cosignature of this key counts that says ``at``, as far as a directory was given that knows the key."""
        known = self.known.get(key.keyid)
        return known is None or known.counts_at(at)


@dataclass(frozen=True, slots=True)
class VerifiedCheckpoint:
    """A checkpoint that the exchange signed, and who cosigned it when; ``needed`` is how many were asked for.

    ``dated`` is when the exchange says that it was made; None if it does not, or its key is compromised, whose word that is.
    """

    checkpoint: Checkpoint
    keyid: str
    cosignatures: tuple[tuple[str, datetime], ...]
    needed: int = 1
    dated: datetime | None = None

    @property
    def is_cosigned(self) -> bool:
        """Whether as many cosigned as were asked for."""
        return bool(self.cosignatures) and len(self.cosignatures) >= self.needed

    @property
    def head(self) -> TreeHead:
        """Give size and root."""
        return TreeHead(self.checkpoint.size, self.checkpoint.root)

    @property
    def seen(self) -> tuple[datetime, str] | None:
        """Give by when as many witnesses as were asked for had seen it, and the last of these; None with fewer.

        So nothing becomes older than the first honest one says, while fewer than that many are not.
        """
        ordered = sorted((at, name) for name, at in self.cosignatures)
        return ordered[max(self.needed, 1) - 1] if self.is_cosigned else None

    @property
    def last_seen(self) -> datetime | None:
        """Give the latest time that any of the witnesses says; None without one."""
        return max((at for _, at in self.cosignatures), default=None)


def verify_checkpoint(note: str, log: LogKeys) -> VerifiedCheckpoint:
    """Give a checkpoint (unverified text) that the exchange signed, by ``CHECKPOINT_STEPS``.

    Raises:
        FailedStepError: a step fails.
    """
    with at_step(1):
        claimed = read_checkpoint(note)
    with at_step(2):
        if log.exchange is not None and claimed.origin != log_origin(log.exchange):
            raise UntrustedSignatureError("The checkpoint is of another log than the one you ask about.")
    with at_step(3):
        signer, checkpoint = _signer(note, claimed.origin, log.keys)
        dated = open_date(note, claimed.origin, signer.key)
    with at_step(4):
        cosigned = _cosigned(note, log)
    dated = dated if signer.compromised_since is None else None
    verified = VerifiedCheckpoint(checkpoint, signer.key.keyid, cosigned, log.needed, dated)
    with at_step(5):
        signer.check_counted_at(verified.seen[0] if verified.seen else None)
    return verified


@dataclass(frozen=True, slots=True)
class GreatestAge:
    """How old the newest checkpoint that one is shown may be, at a time (aware, by one's own clock)."""

    limit: timedelta
    now: datetime

    def allows(self, at: datetime) -> bool:
        """Whether ``at`` is no longer ago, nor further ahead than clocks are apart."""
        return self.now - self.limit <= at <= self.now + _CLOCKS_APART


def shown_at(shown: VerifiedCheckpoint, log: LogKeys) -> datetime | None:
    """Give the latest time at which this was shown as the newest checkpoint; None if nobody who counts says one.

    With witnesses it is what so many say as are needed, or later: as long as fewer are not honest, one that is says no earlier.
    Without, it is the exchange's date, which it can write anew below an old tree: good against whoever stands between.
    """
    if not (log.witnesses or log.listed):
        return shown.dated
    times = sorted((at for _, at in shown.cosignatures), reverse=True)
    return times[max(shown.needed, 1) - 1] if shown.is_cosigned else None


def check_no_older(shown: Iterable[VerifiedCheckpoint], log: LogKeys, age: GreatestAge) -> None:
    """Return if one of these checkpoints is new enough: nobody keeps the log's growth since then from you.

    Raises:
        UnprovenError: code ``checkpoint-too-old``.
    """
    times = [at for one in shown if (at := shown_at(one, log)) is not None]
    if not any(map(age.allows, times)):
        who = "as many witnesses as you ask for were shown" if log.witnesses or log.listed else "the exchange dates"
        found = f"the newest is of {instant_text(max(times))}" if times else "none says when"
        sentence = f"Of the checkpoints that {who}, {found}: newer ones are kept from you, or none was made."
        raise UnprovenError(sentence, code=Code.CHECKPOINT_TOO_OLD)


def read_checkpoint_file(raw: bytes, log: LogKeys) -> VerifiedCheckpoint:
    """Do the same for the content of a file (unverified bytes)."""
    with at_step(1):
        try:
            note = raw.decode()
        except UnicodeDecodeError:
            raise MalformedInputError("A signed note is UTF-8.") from None
    return verify_checkpoint(note, log)


def _cosigned(note: str, log: LogKeys) -> tuple[tuple[str, datetime], ...]:
    """Give who cosigned, those that were named first; nobody twice, by whichever of its names or keys."""
    named = open_cosignatures(note, log.witnesses)
    found = {name: at for name, at in named if log.counts(log.witnesses[name], at)}
    used = {key.keyid for key in log.witnesses.values()} | {one.key.keyid for one in log.keys}
    for one in log.listed:
        if one.key.keyid not in used and one.name not in found:
            for name, at in open_cosignatures(note, {one.name: one.key}):
                if one.counts_at(at) and log.counts(one.key, at):
                    found[name] = at
                    used.add(one.key.keyid)  # a name is no part of what is signed: under another one it would count twice
    return tuple(found.items())


def _signer(note: str, origin: str, keys: Sequence[ExchangeKey]) -> tuple[ExchangeKey, Checkpoint]:
    """Give the first key that signed, and what: of keys that a line names, since several may have its four bytes."""
    refusals: list[UntrustedSignatureError] = []
    for one in keys:
        try:
            if is_named(note, origin, one.key):
                return one, open_checkpoint(note, origin, one.key)
        except UntrustedSignatureError as refusal:
            refusals.append(refusal)
        except UnfitKeyError:  # one that is listed, and can sign no note, takes nothing from the others
            continue
    if refusals:
        raise refusals[0]
    sentence = "No key for checkpoints that you gave, or that the directory lists, is named in the checkpoint."
    raise UntrustedSignatureError(sentence, code=Code.KEY_NOT_ACCEPTED)
