"""Verifying offline a checkpoint of the exchange's log, and which witnesses cosigned it.

Owns the steps, their order, and the words for what each of them does *not* show. Does not compare checkpoints with each other:
that is ``compare_checkpoints``. Kept by ``tests/services/offline/test_verify_checkpoints.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.crypto.checkpoint import Checkpoint, log_origin, open_checkpoint, open_cosignatures, read_checkpoint
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
        "The exchange's key for checkpoints signed it: one that you gave, or that the directory lists.",
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

        Raises:
            MalformedInputError: two witnesses have one key.
        """
        if len({key.keyid for key in self.witnesses.values()}) != len(self.witnesses):
            raise MalformedInputError("Two of the witnesses have the same key.")


@dataclass(frozen=True, slots=True)
class VerifiedCheckpoint:
    """A checkpoint that the exchange signed, and who cosigned it when; ``is_cosigned``: by as many as were asked for."""

    checkpoint: Checkpoint
    keyid: str
    cosignatures: tuple[tuple[str, datetime], ...]
    is_cosigned: bool

    @property
    def head(self) -> TreeHead:
        """Give size and root."""
        return TreeHead(self.checkpoint.size, self.checkpoint.root)

    @property
    def seen(self) -> tuple[datetime, str] | None:
        """Give when a witness first saw it, and which; None without one."""
        return min(((at, name) for name, at in self.cosignatures), default=None)


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
    with at_step(4):
        cosigned = tuple(open_cosignatures(note, log.witnesses))
    verified = VerifiedCheckpoint(checkpoint, signer.key.keyid, cosigned, bool(log.witnesses) and len(cosigned) >= log.needed)
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
