"""One round of a witness: ask, judge, keep, cosign, hand in; in this order, so that a kill at any moment leaves it right.

Owns the order; which files there are is ``witness_files``'. How the exchange is asked and where files lie is the caller's
(``Exchange``, ``AlarmShelf``). What is cosigned was kept before: a witness that is killed and started again never cosigns another
history. Kept by ``tests/client/witnessing/test_rounds.py`` and ``tests/cli/test_witness_killed.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from breakwater_client.errors import BreakwaterError, Code, UntrustedSignatureError
from breakwater_client.log_tile import WIDTH, LogTile
from breakwater_client.trust.checkpoint import Checkpoint, read_checkpoint, without_cosignatures
from breakwater_client.verifying.compare_checkpoints import read_kept
from breakwater_client.verifying.directory_keys import Directory, DirectoryTrust, accepted_before
from breakwater_client.verifying.follow_directory import follow
from breakwater_client.verifying.steps import FailedStepError, at_step
from breakwater_client.witnessing.alarms import DIRECTORY, DIRECTORY_SHOWN, KEPT, SHOWN, TILE, Alarm, AlarmKind
from breakwater_client.witnessing.asking import (
    AbsentError,
    DeniedError,
    Exchange,
    GivenUp,
    NotTakenError,
    PendingError,
    Round,
)
from breakwater_client.witnessing.handing_in import cosign, deliver, look_for_line
from breakwater_client.witnessing.judge_checkpoint import Case, judge_checkpoint, log_keys_of
from breakwater_client.witnessing.kept_alarms import AlarmShelf, kept_alarms
from breakwater_client.witnessing.patience import answered, is_over
from breakwater_client.witnessing.silence import find_silence
from breakwater_client.witnessing.witness_files import (
    ACCEPTED,
    CHECKPOINT,
    COSIGNED,
    DELIVERED,
    Watch,
    accepted_envelope,
    bring_back,
    cosigned_at,
)

__all__ = [
    "ACCEPTED",
    "CHECKPOINT",
    "COSIGNED",
    "DELIVERED",
    "AbsentError",
    "DeniedError",
    "Exchange",
    "NotTakenError",
    "PendingError",
    "Round",
    "Watch",
    "cosigned_at",
    "fetch_growth",
    "go_round",
    "look_at_log",
]

_GROWTH = "growth"


def go_round(
    shelf: AlarmShelf, exchange: Exchange, watch: Watch, clock: Callable[[], datetime], done: Round | None = None
) -> Round:
    """Go one round. Alarms are kept on the shelf before they are told; a lasting one ends cosigning until a person has looked.

    ``done`` is filled as far as the round came, also where it raises: growth and silence are looked for after a refusal, too.

    Raises:
        BreakwaterError: a file of one's own is damaged.
        OSError: a file cannot be written; what was found all the same is in ``done``.
        AbsentError: the exchange has no checkpoint yet.
        NotTakenError: the exchange does not take the cosignature; the next round makes it anew, with its own time.
    """
    done = Round() if done is None else done
    directory = look_at_log(shelf, exchange, clock, done)
    if (kept := shelf.read(CHECKPOINT)) is None:
        return done
    done.size = read_checkpoint(kept.decode()).size
    if directory is None:
        done.keep(shelf, find_silence(shelf, watch, clock()), clock())
        done.check_written()
        return done
    try:
        watch.before_cosigning()
        if not any(one.is_lasting for one in kept_alarms(shelf)) and not any(one.kind.is_lasting for one in done.unkept):
            look_for_line(shelf, exchange, watch, clock(), done)
            cosign(shelf, watch, directory, clock(), done)
            deliver(shelf, exchange, clock(), done)
    finally:
        done.keep(shelf, find_silence(shelf, watch, clock()), clock())
        done.keep(shelf, find_unsigned_growth(shelf, exchange, read_checkpoint(kept.decode())), clock())
    done.check_written()
    return done


def look_at_log(shelf: AlarmShelf, exchange: Exchange, clock: Callable[[], datetime], done: Round) -> Directory | None:
    """Keep the newest directory and the newest checkpoint, if they lead on from what is kept; what is wrong is kept and noted.

    Gives the directory that is accepted now, None if none is. The checkpoint is asked for first, so that its key is listed.

    Raises:
        As ``go_round``, but for what is handed in.
    """
    bring_back(shelf)
    shown = exchange.fetch("/log/checkpoint")
    directory = _accept_directory(shelf, exchange, clock(), done)
    done.answered = True
    if directory is not None:
        _look(shelf, exchange, Case(shown, shelf.read(CHECKPOINT), None, directory, clock(), accepted_envelope(shelf)), done)
    done.check_written()
    return directory


def _accept_directory(shelf: AlarmShelf, exchange: Exchange, now: datetime, done: Round) -> Directory | None:
    """Give the newest directory that what was accepted leads to, and keep it; None, and an alarm, if it is none such."""
    kept = accepted_envelope(shelf)
    known = accepted_before(kept)
    shown = exchange.fetch("/key-directory")
    try:
        newest = follow(shown, DirectoryTrust(known, now), lambda number: exchange.fetch(f"/key-directory/versions/{number}"))
        if newest.version == known.version:
            return newest
        _check_readable(shelf, known, newest)
    except FailedStepError as refusal:
        done.keep(shelf, _refused(refusal, known, shown, kept), now)
        return None
    try:
        shelf.write(ACCEPTED, shown)
    except OSError as exc:  # what is shown is judged by it all the same, and nothing new is kept
        done.unwritten.append(exc)
    return newest


def _check_readable(shelf: AlarmShelf, known: Directory, newest: Directory) -> None:
    """Return if what is kept is read with a new version as it is with the accepted one, from which nothing leads back.

    Raises:
        FailedStepError: the new version makes it unreadable.
    """
    if (kept := shelf.read(CHECKPOINT)) is None:
        return
    try:
        read_kept(kept, log_keys_of(known))
    except FailedStepError:
        return  # it was damaged before, which is told where it is judged
    try:
        read_kept(kept, log_keys_of(newest))
    except FailedStepError:
        with at_step(3):
            sentence = "With its keys the checkpoint that this witness keeps could not be read any more."
            raise UntrustedSignatureError(sentence, code=Code.DIRECTORY_ROLLED_BACK) from None


def _refused(refusal: FailedStepError, known: Directory, shown: bytes, kept: bytes) -> Alarm:
    """Give the alarm that a version was refused; what nobody signed shows nothing about the exchange, and passes by itself."""
    sentence = f"The directory of keys is none that the accepted one leads to: {refusal.sentence}"
    kind, what = AlarmKind.DIRECTORY, hashlib.sha256(shown).hexdigest()  # another one is another alarm
    if refusal.code is Code.DIRECTORY_EXPIRED:  # an old one, and nothing newer is told: as with silence
        kind, what = AlarmKind.SILENCE, ""
    elif refusal.number == 1 or refusal.code is Code.SIGNATURE_INVALID:
        kind, what = AlarmKind.UNSIGNED_DIRECTORY, ""
    evidence = {DIRECTORY_SHOWN: shown, DIRECTORY: kept}
    return Alarm(kind, sentence, f"{refusal.code} {known.version} {what}", evidence)


def _look(shelf: AlarmShelf, exchange: Exchange, case: Case, done: Round) -> None:
    """Judge what is shown, and keep it if it is good: before anybody says anything about it."""
    with done.asking(partial(_look, shelf, GivenUp(), case, done)):
        growth = _growth(shelf, exchange, case)
    judged = judge_checkpoint(replace(case, growth=growth))
    if isinstance(judged, Alarm):
        done.keep(shelf, judged, case.now)
    elif judged.is_new:
        done.check_written()  # a checkpoint is never newer than the directory that lists its key
        key = case.directory.find(judged.checkpoint.keyid)
        shelf.write(CHECKPOINT, without_cosignatures(case.shown.decode(), key.public_key if key else None).encode())


def _growth(shelf: AlarmShelf, exchange: Exchange, case: Case) -> bytes | None:
    """Give the proof from what was kept to what is shown, where sizes (unverified) ask for one; None if there is none.

    Whatever else is answered, or nothing, is an error of the exchange at first, and as none once that has been so for too long.
    """
    if case.kept is None:
        return None
    try:
        kept, shown = read_checkpoint(case.kept.decode()), read_checkpoint(case.shown.decode())
    except (BreakwaterError, UnicodeDecodeError):
        return None
    if kept.size >= shown.size:
        return None
    try:
        growth = fetch_growth(exchange, kept.size, shown.size)
    except Exception:  # of whatever kind: an answer that never comes must not serve a liar better than "no"
        if is_over(shelf, _GROWTH, f"{kept.size} {kept.root.hex()}", case.now):
            return None
        raise
    if growth is not None:
        answered(shelf, _GROWTH)
    return growth


def fetch_growth(exchange: Exchange, first: int, second: int) -> bytes | None:
    """Give the exchange's proof (unverified) that the log of one size goes on from that of another; None if it has none."""
    try:
        return exchange.fetch(f"/log/consistency?first={first}&second={second}")
    except AbsentError:
        return None


def find_unsigned_growth(shelf: AlarmShelf, exchange: Exchange, newest: Checkpoint) -> Alarm | None:
    """Give the alarm that the exchange shows a leaf that no checkpoint covers; None if it shows none, as it should.

    One hash more is asked for than the newest checkpoint has. If it is given, there is a newer one, or nobody signed for it.
    """
    size = newest.size
    beyond = LogTile(0, size // WIDTH, size % WIDTH + 1)
    try:
        tile = exchange.fetch(f"/log/tile/{beyond.path}")
    except AbsentError:
        return None
    shown = exchange.fetch("/log/checkpoint")
    try:
        if read_checkpoint(shown.decode()).size > size:
            return None  # what it is worth is judged in the next round
    except (BreakwaterError, UnicodeDecodeError):
        pass  # no checkpoint at all, which the next round tells, too
    sentence = f"The exchange gives hashes of leaves beyond the {size} that its newest checkpoint covers: nobody signed for them."
    evidence = {SHOWN: shown, KEPT: shelf.read(CHECKPOINT) or b"", TILE: tile, DIRECTORY: accepted_envelope(shelf)}
    return Alarm(AlarmKind.UNSIGNED_GROWTH, sentence, f"tile {size} {newest.root.hex()}", evidence)
