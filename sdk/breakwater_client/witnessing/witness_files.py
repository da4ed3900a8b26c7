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
| ``unanswered`` | what was asked in vain, since when, how often, and with what it began (``patience``) |
| ``found`` | the ids of the alarms that the last round found, one a line: acknowledged or not, it is still so |
| ``alarms/ID/`` | ``alarm.json`` (written last) with its evidence; ``told`` and ``seen`` once it was |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from breakwater_client.errors import BreakwaterError, MalformedInputError
from breakwater_client.trust.checkpoint import Checkpoint, open_cosignatures, read_checkpoint, without_cosignatures
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.verifying.directory_keys import Directory, accepted_before
from breakwater_client.verifying.keep_mirror import Shelf

CHECKPOINT, SINCE, COSIGNED, DELIVERED, ACCEPTED = "checkpoint", "since", "cosigned", "delivered", "directory.json"
FOUND = "found"
_SIZE = re.compile(rb"0|[1-9][0-9]{0,18}")


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


def checkpoint_in(shelf: Shelf, name: str) -> Checkpoint | None:
    """Give the checkpoint in a file of one's own; None if there is none.

    Raises:
        MalformedInputError: the file is damaged.
    """
    raw = shelf.read(name)
    try:
        return None if raw is None else read_checkpoint(raw.decode())
    except (BreakwaterError, UnicodeDecodeError):
        raise _damaged(name) from None


def delivered_size(shelf: Shelf) -> int | None:
    """Give the size of the last checkpoint that the exchange took; None if it took none.

    Raises:
        MalformedInputError: the file is damaged.
    """
    raw = shelf.read(DELIVERED)
    if raw is not None and not _SIZE.fullmatch(raw):
        raise _damaged(DELIVERED)
    return None if raw is None else int(raw)


def _damaged(name: str) -> MalformedInputError:
    sentence = f"The file {name} of this witness is damaged"
    return MalformedInputError(f"{sentence}: bring the newest copy of its folder back, or set a new witness up in a new folder.")


def bring_back(shelf: Shelf) -> None:
    """Take what was cosigned for what is kept, if that alone was lost: no other tree is cosigned on account of a lost file.

    Raises:
        MalformedInputError: one of the files is damaged; or what is kept is older than what was cosigned or handed in, or another
            tree, or it is gone altogether.
    """
    now, before, handed_in = checkpoint_in(shelf, CHECKPOINT), checkpoint_in(shelf, COSIGNED), delivered_size(shelf)
    if now is None and before is not None:
        shelf.write(CHECKPOINT, without_cosignatures((shelf.read(COSIGNED) or b"").decode()).encode())
        now = before
    size = -1 if now is None else now.size
    is_behind = before is not None and (before.size > size or (before.size == size and before != now))
    if is_behind or (handed_in is not None and handed_in > size):
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


def accepted_directory(shelf: Shelf) -> Directory:
    """Give the accepted directory of keys, read; what was accepted is not verified again but for damage.

    Raises:
        MalformedInputError: there is none, or the file is damaged.
    """
    envelope = accepted_envelope(shelf)
    try:
        return accepted_before(envelope)
    except BreakwaterError:
        raise _damaged(ACCEPTED) from None


def damaged_files(shelf: Shelf) -> dict[str, str]:
    """Give which of a witness's files are damaged, or lack, and what to do about each."""
    reads: dict[str, Callable[[], object]] = {
        CHECKPOINT: lambda: checkpoint_in(shelf, CHECKPOINT),
        COSIGNED: lambda: checkpoint_in(shelf, COSIGNED),
        DELIVERED: lambda: delivered_size(shelf),
        ACCEPTED: lambda: accepted_directory(shelf),
    }
    found = dict[str, str]()
    for name, read in reads.items():
        try:
            read()
        except MalformedInputError as damaged:
            found[name] = damaged.sentence
    return found


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
