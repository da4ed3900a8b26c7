"""Two checkpoints of one log that were shown to two parties: that they are of one history, or that there are two.

Owns the comparison. A split view is seen by nobody alone: each witness is shown a log that only grows. Asks the exchange for the
proof between the two, and believes nothing that it says; nor does it help a liar to say nothing (``compare_patiently``). Kept by
``tests/client/witnessing/test_compare_views.py``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from breakwater_client.errors import BreakwaterError, UnprovenError
from breakwater_client.trust.merkle import verify_consistency
from breakwater_client.verifying.compare_checkpoints import read_growth, read_kept
from breakwater_client.verifying.directory_keys import Directory, accepted_before
from breakwater_client.verifying.steps import FailedStepError
from breakwater_client.verifying.verify_checkpoints import VerifiedCheckpoint
from breakwater_client.witnessing.alarms import DIRECTORY, GROWTH, KEPT, OTHER, Alarm, AlarmKind
from breakwater_client.witnessing.judge_checkpoint import log_keys_of
from breakwater_client.witnessing.kept_alarms import AlarmShelf, is_seen
from breakwater_client.witnessing.patience import LOOKED_AT_PATIENCE, answered, begun_with, is_over
from breakwater_client.witnessing.rounds import ACCEPTED, AbsentError, Exchange, fetch_growth
from breakwater_client.witnessing.witness_files import kept_note


def compare_views(
    kept: bytes, other: bytes, exchange: Exchange, directory: Directory, envelope: bytes
) -> VerifiedCheckpoint | Alarm:
    """Give the other's checkpoint if it is of the history of the kept one, or the alarm that it is not (``split-view``).

    Where the exchange has no proof, or gives what cannot be read, nothing is certain: that alarm is ``unproven``.

    Raises:
        FailedStepError: one of them is no checkpoint that a key of this exchange signed.
    """
    log = log_keys_of(directory)
    own, shown = read_kept(kept, log), read_kept(other, log)
    if own.checkpoint == shown.checkpoint:
        return shown
    smaller, larger = sorted((own, shown), key=lambda one: one.head.size)
    growth, kind = None, AlarmKind.SPLIT_VIEW
    if smaller.head.size == larger.head.size:
        sentence = f"The exchange's key signed two checkpoints of {own.head.size} leaves with different roots: two logs."
    else:
        growth = fetch_growth(exchange, smaller.head.size, larger.head.size)
        try:
            _check_proven(growth, smaller, larger, directory)
        except BreakwaterError as refusal:
            kind = AlarmKind.UNPROVEN if _is_no_proof(refusal) else kind
            sentence = f"Logs of {smaller.head.size} and {larger.head.size} leaves are not shown to be one: {refusal.sentence}"
        else:
            return shown
    given = {KEPT: kept, OTHER: other, GROWTH: growth, DIRECTORY: envelope}
    about = " ".join(f"{one.head.size} {one.head.root.hex()}" for one in (smaller, larger))
    return Alarm(kind, sentence, about, {name: one for name, one in given.items() if one is not None})


class _NoProofError(BreakwaterError):
    """The exchange gives none."""


def _is_no_proof(refusal: BreakwaterError) -> bool:
    """Whether there is none, or one that was cut off or garbled: both may pass by themselves."""
    return isinstance(refusal, _NoProofError) or (isinstance(refusal, FailedStepError) and refusal.number == 1)


def _check_proven(growth: bytes | None, smaller: VerifiedCheckpoint, larger: VerifiedCheckpoint, directory: Directory) -> None:
    if growth is None:
        raise _NoProofError("the exchange gives no proof from one to the other.")
    shown = read_growth(growth, log_keys_of(directory))
    if shown.first != smaller.head.size or shown.later.checkpoint != larger.checkpoint:
        raise UnprovenError("the exchange's proof is of another checkpoint of that size.")
    verify_consistency(smaller.head, larger.head, shown.path)


class _AnyAnswer:
    """An exchange whose every answer but a thing is "there is none": ``wrong`` is what it was instead."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.wrong: Exception | None = None

    def fetch(self, path: str) -> bytes:
        try:
            return self._exchange.fetch(path)
        except AbsentError:
            raise
        except Exception as exc:  # whatever an exchange answers instead of a proof is none
            self.wrong = exc
            raise AbsentError from exc

    def deliver(self, note: str) -> None:
        self._exchange.deliver(note)


def compare_patiently(
    shelf: AlarmShelf, peer: str, other: bytes, exchange: Exchange, now: datetime
) -> VerifiedCheckpoint | Alarm:
    """Compare what a witness keeps with what ``peer`` published (unverified), in a round in which the exchange answered.

    What is not shown to be one log is a ``split-view`` once that has been so for too long (``PROOF_PATIENCE``), whatever the
    exchange says instead of a proof, and however often both checkpoints change meanwhile. Before, it is an error. It is another
    alarm if proofs came in between, and a day after a person has looked at it.

    Raises:
        FailedStepError: one of them is no checkpoint that a key of this exchange signed.
        UnprovenError: the exchange has no proof yet, or gives none that can be read.
        Exception: whatever the exchange raised: it could not be asked.
    """
    kept, envelope = kept_note(shelf) or b"", shelf.read(ACCEPTED) or b""
    asked = _AnyAnswer(exchange)
    compared = compare_views(kept, other, asked, accepted_before(envelope), envelope)
    mark = f"peer {peer}"
    if not isinstance(compared, Alarm):
        answered(shelf, mark)
        return compared
    if compared.kind is not AlarmKind.UNPROVEN:
        return compared
    is_split = is_over(shelf, mark, "", now)
    first = begun_with(shelf, mark, compared.about) or compared.about
    if not is_split:
        raise asked.wrong or UnprovenError(compared.sentence)
    sentence = f"For too long, whatever was asked: {compared.sentence}"
    alarm = replace(compared, kind=AlarmKind.SPLIT_VIEW, sentence=sentence, about=f"unproven {peer} {first}")
    if is_seen(shelf, alarm.alarm_id) and is_over(shelf, f"{mark} again", first, now, LOOKED_AT_PATIENCE):
        answered(shelf, mark)  # waited for anew, from what is shown by now
    return alarm
