"""Verifying offline a checkpoint of the exchange's log, and which witnesses cosigned it.

Owns the steps, their order, and the words for what each of them does *not* show. Does not compare checkpoints with each other:
that is ``compare_checkpoints``. Kept by ``tests/services/offline/test_verify_checkpoints.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.crypto.checkpoint import Checkpoint, log_origin, open_checkpoint, open_cosignatures, open_date, read_checkpoint
from app.crypto.keys import PublicKey
from app.crypto.merkle import TreeHead
from app.crypto.signed_note import is_named
from app.domain.errors import Code, MalformedInputError, UntrustedSignatureError
from app.services.offline.known_keys import ExchangeKey
from app.services.offline.steps import Step, at_step

CHECKPOINT_STEPS = (
    Step(1, "The text is a signed note in its one spelling, of the three lines of a checkpoint.", "Who made it."),
    Step(2, "The log that it names is the exchange's, if a directory or a kept checkpoint says which.", "That it is the newest."),
    Step(
        3,
        "The exchange's key for checkpoints signed it, and the time at which it was made, if it says one.",
        "That the log holds this, and shows everybody the same: proofs and witnesses do.",
    ),
    Step(4, "Lines of witnesses that you named verify.", "Whether they are independent, and what they looked at first."),
    Step(
        5,
        "The exchange's key is not reported as compromised, or a witness saw this checkpoint before.",
        "A compromise that nobody has noticed or reported.",
    ),
)
"""How a checkpoint is verified."""


@dataclass(frozen=True, slots=True)
class LogKeys:
    """Whose checkpoints count: the exchange's keys, its id (None: any), and the witnesses by name, of whom ``needed`` are."""

    keys: Sequence[ExchangeKey]
    exchange: str | None = None
    witnesses: Mapping[str, PublicKey] = field(default_factory=dict)
    needed: int = 1

    def __post_init__(self) -> None:
        """Refuse one key under two names, which would count twice: no name is part of what a witness signs.

        Nor is the exchange, which dates its checkpoints in the same form, its own witness.

        Raises:
            MalformedInputError: two witnesses have one key, or one has the exchange's.
        """
        named = {key.keyid for key in self.witnesses.values()}
        if len(named) != len(self.witnesses):
            raise MalformedInputError("Two of the witnesses have the same key.")
        if named & {one.key.keyid for one in self.keys}:
            raise MalformedInputError("One of the witnesses has the exchange's own key.")


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
        signer = _signer(note, claimed.origin, log.keys)
        checkpoint = open_checkpoint(note, claimed.origin, signer.key)
        dated = open_date(note, claimed.origin, signer.key)
    with at_step(4):
        cosigned = tuple(open_cosignatures(note, log.witnesses))
    dated = dated if signer.compromised_since is None else None
    verified = VerifiedCheckpoint(checkpoint, signer.key.keyid, cosigned, log.needed, dated)
    with at_step(5):
        signer.check_counted_at(verified.seen[0] if verified.seen else None)
    return verified


def read_checkpoint_file(raw: bytes, log: LogKeys) -> VerifiedCheckpoint:
    """Do the same for the content of a file (unverified bytes)."""
    with at_step(1):
        try:
            note = raw.decode()
        except UnicodeDecodeError:
            raise MalformedInputError("A signed note is UTF-8.") from None
    return verify_checkpoint(note, log)


def _signer(note: str, origin: str, keys: Sequence[ExchangeKey]) -> ExchangeKey:
    for one in keys:
        if is_named(note, origin, one.key):
            return one
    sentence = "No key for checkpoints that you gave, or that the directory lists, is named in the checkpoint."
    raise UntrustedSignatureError(sentence, code=Code.KEY_NOT_ACCEPTED)
