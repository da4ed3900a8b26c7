"""Cosigning what is kept, and handing it in.

Owns what is cosigned, and that what the exchange does not take is told after a day. Kept by
``tests/client/witnessing/test_handing_in.py`` and ``tests/client/witnessing/test_rounds.py``.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from breakwater_client.trust.checkpoint import cosign_checkpoint, read_checkpoint
from breakwater_client.witnessing.alarms import DIRECTORY, KEPT, Alarm, AlarmKind
from breakwater_client.witnessing.asking import DeniedError, Exchange, GivenUp, NotTakenError, Round
from breakwater_client.witnessing.kept_alarms import AlarmShelf
from breakwater_client.witnessing.patience import TAKING_PATIENCE, answered, is_over, is_unanswered
from breakwater_client.witnessing.witness_files import CHECKPOINT, COSIGNED, DELIVERED, Watch, accepted_envelope, cosigned_at

_REFUSED, _TAKING = "refused", "taking"


def cosign(shelf: AlarmShelf, watch: Watch, now: datetime, done: Round) -> None:
    """Cosign what is kept, unless that was done; only what lies on the shelf is ever cosigned.

    What was refused is cosigned anew, with its own time, from which the key may count. What others compare with stays there.
    """
    kept = shelf.read(CHECKPOINT)
    if kept is None or (cosigned_at(shelf, watch) is not None and not is_unanswered(shelf, _REFUSED)):
        return
    shelf.write(COSIGNED, cosign_checkpoint(kept.decode(), watch.name, watch.key, now).encode())
    done.cosigned = True


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
        if is_over(shelf, _TAKING, "", now, TAKING_PATIENCE):
            sentence = "For more than a day the exchange has taken no cosignature of this witness."
            evidence = {KEPT: cosigned, DIRECTORY: accepted_envelope(shelf)}
            done.keep(shelf, Alarm(AlarmKind.NOT_TAKEN, sentence, f"{now:%Y-%m-%d}", evidence), now)
        raise
    shelf.write(DELIVERED, str(size).encode())
    done.delivered = True
    for mark in (_REFUSED, _TAKING):
        answered(shelf, mark)
