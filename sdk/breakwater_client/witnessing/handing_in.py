"""Cosigning what is kept, handing it in, and seeing that it was published.

Owns what is cosigned, and that whatever keeps a witness's cosignatures from being there for a day is told: it cannot cosign, the
exchange takes nothing, or takes it and shows nothing. Kept by ``tests/client/witnessing/test_handing_in.py`` and
``tests/client/witnessing/test_rounds.py``.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from breakwater_client.errors import MalformedInputError
from breakwater_client.trust.checkpoint import cosign_checkpoint, open_cosignatures, read_checkpoint, witness_name
from breakwater_client.verifying.directory_keys import Directory
from breakwater_client.witnessing.alarms import DIRECTORY, KEPT, Alarm, AlarmKind
from breakwater_client.witnessing.asking import DeniedError, Exchange, GivenUp, NotTakenError, Round
from breakwater_client.witnessing.kept_alarms import AlarmShelf
from breakwater_client.witnessing.patience import TAKING_PATIENCE, answered, begun_with, is_over, is_unanswered
from breakwater_client.witnessing.witness_files import (
    ACCEPTED,
    CHECKPOINT,
    COSIGNED,
    DELIVERED,
    Watch,
    accepted_envelope,
    cosigned_at,
    kept_note,
)

_COSIGNING, _PUBLISHING, _REFUSED, _TAKING = "cosigning", "publishing", "refused", "taking"


def cosign(shelf: AlarmShelf, watch: Watch, directory: Directory, now: datetime, done: Round) -> None:
    """Cosign what is kept, unless that was done; only what lies on the shelf is ever cosigned.

    What was refused is cosigned anew, with its own time, from which the key may count. What others compare with stays there.

    Raises:
        BreakwaterError: it cannot, as with a name that no note can have, or under which the directory does not list its key.
        OSError: what is cosigned cannot be written.
    """
    kept = shelf.read(CHECKPOINT)
    if kept is None or (cosigned_at(shelf, watch) is not None and not is_unanswered(shelf, _REFUSED)):
        return
    try:
        _check_name(watch, directory)
        shelf.write(COSIGNED, cosign_checkpoint(kept.decode(), watch.name, watch.key, now).encode())
    except Exception as exc:
        sentence = f"For more than a day this witness could cosign nothing: {getattr(exc, 'sentence', type(exc).__name__)}"
        _tell_if_over(shelf, _COSIGNING, sentence, now, done)
        raise
    done.cosigned = True
    answered(shelf, _COSIGNING)


def _check_name(watch: Watch, directory: Directory) -> None:
    listed = directory.find(watch.key.public.keyid)
    if listed is not None and witness_name(listed.owner) != watch.name:
        sentence = f"The directory lists this witness's key as one of {listed.owner}, and it cosigns under another name."
        raise MalformedInputError(f"{sentence} Ask the operators whose it is, and run breakwater witness init again.")


def _tell_if_over(shelf: AlarmShelf, mark: str, sentence: str, now: datetime, done: Round) -> None:
    """Count what keeps this witness's cosignatures from being there, and tell it once that lasts a day; a new alarm each day."""
    if is_over(shelf, mark, "", now, TAKING_PATIENCE):
        about = f"{now:%Y-%m-%d}" if mark == _TAKING else f"{mark} {now:%Y-%m-%d}"
        evidence = {KEPT: kept_note(shelf), DIRECTORY: shelf.read(ACCEPTED)}
        given = {name: one for name, one in evidence.items() if one is not None}
        done.keep(shelf, Alarm(AlarmKind.NOT_TAKEN, sentence, about, given), now)


def deliver(shelf: AlarmShelf, exchange: Exchange, now: datetime, done: Round) -> None:
    """Hand the cosigned checkpoint in, unless the exchange took it before; it takes one twice."""
    cosigned = shelf.read(COSIGNED)
    if cosigned is None:
        return
    size = read_checkpoint(cosigned.decode()).size
    if shelf.read(DELIVERED) == str(size).encode():
        return
    try:
        with done.asking(partial(deliver, shelf, GivenUp(), now, done)):
            exchange.deliver(cosigned.decode())
    except DeniedError:
        sentence = "The exchange says that it never published a checkpoint that its own key signed: others are shown another log."
        evidence = {KEPT: cosigned, DIRECTORY: accepted_envelope(shelf)}
        done.keep(shelf, Alarm(AlarmKind.SPLIT_VIEW, sentence, f"denied {size}", evidence), now)
        return
    except Exception as exc:  # of whatever kind: nothing of this witness's is published
        if isinstance(exc, NotTakenError):
            done.cosigned = False
            is_over(shelf, _REFUSED, "", now, TAKING_PATIENCE)
        sentence = "For more than a day the exchange has taken no cosignature of this witness."
        _tell_if_over(shelf, _TAKING, sentence, now, done)
        raise
    shelf.write(DELIVERED, str(size).encode())
    done.delivered = True
    for mark in (_REFUSED, _TAKING):
        answered(shelf, mark)
    begun_with(shelf, _PUBLISHING, str(size))


def look_for_line(shelf: AlarmShelf, exchange: Exchange, watch: Watch, now: datetime, done: Round) -> None:
    """See that the exchange shows what it took in an earlier round, or a later one; else it counts as not taken.

    It is asked by this witness: that it shows the line to others as well is NOT checked.
    """
    if not is_unanswered(shelf, _PUBLISHING):
        return
    taken = begun_with(shelf, _PUBLISHING, "0") or ""
    with done.asking(partial(look_for_line, shelf, GivenUp(), watch, now, done)):
        shown = _shown_size(exchange, watch)
    if shown >= (int(taken) if taken.isdecimal() else 0):
        answered(shelf, _PUBLISHING)
        return
    sentence = "For more than a day the exchange has shown no cosignature of this witness, though it answered that it took them."
    _tell_if_over(shelf, _PUBLISHING, sentence, now, done)


def _shown_size(exchange: Exchange, watch: Watch) -> int:
    """Give the size of the newest checkpoint that the exchange shows with this witness's cosignature; -1 if it shows none."""
    try:
        shown = exchange.fetch(f"/log/checkpoint?cosigned_by=1&witness={watch.key.public.keyid}").decode()
        return read_checkpoint(shown).size if open_cosignatures(shown, {watch.name: watch.key.public}) else -1
    except Exception:  # noqa: BLE001  # whatever it answers instead, or that it cannot be asked
        return -1
