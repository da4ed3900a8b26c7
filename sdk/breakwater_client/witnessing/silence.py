"""Silence: no newer checkpoint came for too long. Found by what lies on the shelf alone, where the exchange is away, or lies.

Owns since when that counts, and that it is told again after a person has looked. No key is needed for it: which keys there are
is said by a directory that the exchange makes. Kept by ``tests/client/witnessing/test_silence.py``.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from breakwater_client.instant import instant_text
from breakwater_client.trust.checkpoint import Checkpoint, read_checkpoint
from breakwater_client.trust.signed_note import read_note
from breakwater_client.witnessing.alarms import DIRECTORY, KEPT, Alarm, AlarmKind
from breakwater_client.witnessing.kept_alarms import ALARMS, AlarmShelf
from breakwater_client.witnessing.witness_files import ACCEPTED, CHECKPOINT, COSIGNED, SINCE, Watch, bring_back, cosigned_at

_DATED_BYTES = 8 + 64
_LAST_SECOND = 253_402_300_799


@dataclass(frozen=True, slots=True)
class _Since:
    """Since when a checkpoint is kept; the number of the alarm of silence that was raised last, and when it was found seen."""

    at: datetime
    raised: int = 0
    seen_at: datetime | None = None


def find_silence(shelf: AlarmShelf, watch: Watch, now: datetime) -> Alarm | None:
    """Give the alarm that nothing newer came for too long: since it is kept, or since its own date, if that is earlier.

    The alarm is not kept. Once a person has looked at it, it is another one after as long again.

    Raises:
        BreakwaterError: a file of one's own is damaged.
    """
    bring_back(shelf)
    return find_standstill(shelf, watch.silence, now, cosigned_at(shelf, watch))


def find_standstill(shelf: AlarmShelf, silence: timedelta, now: datetime, cosigned: datetime | None = None) -> Alarm | None:
    """Give the alarm of ``find_silence`` for whoever keeps checkpoints without cosigning them; ``cosigned`` is when it did.

    Raises:
        BreakwaterError: a file of one's own is damaged.
    """
    kept = shelf.read(CHECKPOINT)
    if kept is None:
        return None
    newest, dated = read_checkpoint(kept.decode()), dated_as_kept(kept.decode())
    known = _kept_since(shelf, newest, min(cosigned or dated or now, now), now)
    for_so_long = now - (known.at if dated is None else min(known.at, dated))
    if for_so_long <= silence:
        return None
    if known.raised == 0:
        known = replace(known, raised=1)
    elif shelf.has(f"{ALARMS}/{_alarm(shelf, newest, known).alarm_id}/seen"):
        if known.seen_at is None:
            known = replace(known, seen_at=now)
        elif now - min(known.seen_at, now) > silence:
            known = replace(known, raised=known.raised + 1, seen_at=None)
    _remember(shelf, newest, known)
    minutes = int(for_so_long.total_seconds() // 60)
    so_long = "1 minute" if minutes == 1 else f"{minutes} minutes"
    sentence = f"No newer checkpoint than the one of {newest.size} leaves came for {so_long}."
    return replace(_alarm(shelf, newest, known), sentence=sentence)


def dated_as_kept(note: str) -> datetime | None:
    """Give when the exchange dated a checkpoint, of a file of one's own: its signature was verified before it was kept."""
    read, origin = read_note(note), read_checkpoint(note).origin
    lines = [one.signature for one in read.lines if one.name == origin and len(one.signature) == _DATED_BYTES]
    seconds = [int.from_bytes(one[:8]) for one in lines]
    return min((datetime.fromtimestamp(one, UTC) for one in seconds if one <= _LAST_SECOND), default=None)


def _alarm(shelf: AlarmShelf, newest: Checkpoint, known: _Since) -> Alarm:
    evidence = {KEPT: shelf.read(COSIGNED) or shelf.read(CHECKPOINT), DIRECTORY: shelf.read(ACCEPTED)}
    about = _name(newest) if known.raised == 1 else f"{_name(newest)} {known.raised}"
    return Alarm(AlarmKind.SILENCE, "", about, {name: one for name, one in evidence.items() if one is not None})


def _kept_since(shelf: AlarmShelf, newest: Checkpoint, first: datetime, now: datetime) -> _Since:
    """Give since when what is kept is, ``first`` at first; remembered, for it may not be dated, and is cosigned again.

    It is never later than now: a clock that was ahead must not put silence off.
    """
    name, *lines = (shelf.read(SINCE) or b"").decode(errors="replace").splitlines() or [""]
    known = _read(lines) if name == _name(newest) else None
    since = replace(known, at=min(known.at, now)) if known else _Since(first)
    if since != known:
        _remember(shelf, newest, since)
    return since


def _read(lines: list[str]) -> _Since | None:
    try:
        at = datetime.fromisoformat(lines[0].strip()).astimezone(UTC)
    except (ValueError, IndexError):
        return None  # damaged: it counts anew
    with suppress(ValueError, IndexError):
        raised, _, seen = lines[1].partition(" ")
        return _Since(at, max(int(raised), 0), datetime.fromisoformat(seen).astimezone(UTC) if seen else None)
    return _Since(at)


def _remember(shelf: AlarmShelf, newest: Checkpoint, since: _Since) -> None:
    seen = "" if since.seen_at is None else f" {instant_text(since.seen_at)}"
    text = f"{_name(newest)}\n{instant_text(since.at)}\n{since.raised}{seen}\n".encode()
    if shelf.read(SINCE) != text:
        with suppress(OSError):  # a full disk: it is found all the same, and told
            shelf.write(SINCE, text)


def _name(newest: Checkpoint) -> str:
    return f"{newest.size} {newest.root.hex()}"
