"""What lies on a witness's shelf, and what it says of itself: the names of the files, and whether they fit each other.

Owns that nothing is done with files that are older than what was cosigned or handed in. The order in which they are written is
``rounds``'. Kept by ``tests/client/witnessing/test_witness_files.py`` and ``tests/client/witnessing/test_rounds.py``.

| file | what |
|---|---|
| ``checkpoint`` | the newest checkpoint that was judged good; what comes next has to go on from it |
| ``since`` | its size and root, since when it is kept: from then on silence counts; which alarm of silence was raised last |
| ``cosigned`` | the same with this witness's cosignature: what it publishes |
| ``delivered`` | the size of the last one that the exchange took |
| ``directory.json`` | the version of the directory of keys that was accepted last |
| ``unanswered`` | what was asked in vain, since when and how often (``patience``) |
| ``found`` | the ids of the alarms that the last round found, one a line: acknowledged or not, it is still so |
| ``alarms/ID/`` | ``alarm.json`` (written last) with its evidence; ``told`` and ``seen`` once it was |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from breakwater_client.errors import BreakwaterError, MalformedInputError
from breakwater_client.trust.checkpoint import open_cosignatures, read_checkpoint, without_cosignatures
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.verifying.keep_mirror import Shelf

CHECKPOINT, SINCE, COSIGNED, DELIVERED, ACCEPTED = "checkpoint", "since", "cosigned", "delivered", "directory.json"
FOUND = "found"


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who watches, and how patiently: its name and key, and for how long no newer checkpoint may come.

    ``before_cosigning`` is done once the newest checkpoint is kept, and before anything is said about it: comparing with others,
    whose alarms are kept by then.
    """

    name: str
    key: PrivateKey
    silence: timedelta
    before_cosigning: Callable[[], None] = _nothing


def bring_back(shelf: Shelf) -> None:
    """Take what was cosigned for what is kept, if that alone was lost: no other tree is cosigned on account of a lost file.

    Raises:
        MalformedInputError: what is kept is older than what was cosigned or handed in, or another tree, or it is gone altogether.
    """
    kept, cosigned, delivered = (shelf.read(name) for name in (CHECKPOINT, COSIGNED, DELIVERED))
    if kept is None and cosigned is not None:
        kept = without_cosignatures(cosigned.decode()).encode()
        shelf.write(CHECKPOINT, kept)
    now, before = (None if one is None else read_checkpoint(one.decode()) for one in (kept, cosigned))
    size = -1 if now is None else now.size
    is_behind = before is not None and (before.size > size or (before.size == size and before != now))
    if is_behind or (delivered is not None and int(delivered) > size):
        sentence = (
            "What this witness keeps (checkpoint) is gone, or another or older than what it cosigned or handed in: bring the "
            "newest copy of its folder back, or set a new witness up in a new folder."
        )
        raise MalformedInputError(sentence)


def accepted_envelope(shelf: Shelf) -> bytes:
    """Give the accepted directory of keys.

    Raises:
        MalformedInputError: there is none.
    """
    kept = shelf.read(ACCEPTED)
    if kept is None:
        raise MalformedInputError("This folder holds no accepted directory of keys: begin with breakwater witness init.")
    return kept


def kept_note(shelf: Shelf) -> bytes | None:
    """Give the checkpoint that is kept, with this witness's cosignature where it has it; None if there is none."""
    kept, cosigned = shelf.read(CHECKPOINT), shelf.read(COSIGNED)
    try:
        if kept is None or (cosigned and read_checkpoint(kept.decode()) == read_checkpoint(cosigned.decode())):
            return cosigned
    except (BreakwaterError, UnicodeDecodeError):
        pass  # damaged, which is told where it is judged
    return kept


def cosigned_at(shelf: Shelf, watch: Watch) -> datetime | None:
    """Give when this witness cosigned what is kept; None if it did not."""
    kept, cosigned = shelf.read(CHECKPOINT), shelf.read(COSIGNED)
    if kept is None or cosigned is None or read_checkpoint(kept.decode()) != read_checkpoint(cosigned.decode()):
        return None
    try:
        return next((at for _, at in open_cosignatures(cosigned.decode(), {watch.name: watch.key.public})), None)
    except BreakwaterError:
        return None  # damaged: it is made again


def keep_found(shelf: Shelf, found: Iterable[str]) -> None:
    """Keep which alarms (ids) the last round found."""
    text = "".join(f"{one}\n" for one in sorted(set(found))).encode()
    if shelf.read(FOUND) != text and (text or shelf.has(FOUND)):
        shelf.write(FOUND, text)


def found_last(shelf: Shelf) -> frozenset[str]:
    """Give which alarms the last round found."""
    return frozenset((shelf.read(FOUND) or b"").decode(errors="replace").split())
