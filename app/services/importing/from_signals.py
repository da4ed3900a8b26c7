"""Signals of python-threatexchange: the table of ``tx dataset -P --csv``, or lines of a type and a signal (``-P -S``).

Owns both forms. What a signal is here is ``app/stix/signal_kinds.py``'s. Kept by
``tests/services/importing/test_from_signals.py``, with files that the library itself wrote.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from app.domain.observation import ObservableKind
from app.services.importing.read_table import Readable, lines_of, read_table
from app.services.importing.rows import MOST_CELL_CHARACTERS, Found, Left, Row
from app.stix.signal_kinds import ASSERTION_OF_CATEGORY, KIND_OF_SIGNAL, WHY_NO_KIND

_COLUMNS = frozenset({"category", "collab", "signal_str", "signal_type", "tags"})
_NEEDED = frozenset({"signal_str", "signal_type"})
_MOST_FRAMES = 1_000
_PARTS_OF_A_FRAME = 3
_MILLISECONDS = 1_000
_MOST_SECONDS = 86_400
_HEADER = b"signal_type,"
_DISPUTED = (
    "Some there say that it is right and some that it is wrong. Known here (breakwater search observable)? Then dispute it "
    "with your own reason: breakwater feedback dispute. Else decide yourself, and enter it by hand."
)


def read_signals(file: Readable) -> Iterator[Row]:
    """Give the signals of a file (unverified); which form it has is seen from its first line.

    Names of collaborations and tags are not taken over: they are words of another exchange.

    Raises:
        MalformedInputError: it cannot be read to its end.
    """
    first = file.readline(len(_HEADER) + 64)
    whole = _Rejoined(first, file)
    if first.removeprefix(b"\xef\xbb\xbf").startswith(_HEADER):
        for row in read_table(whole, _COLUMNS, _NEEDED):
            cells = row.cells
            if row.fault is not None or not cells.keys() >= _NEEDED:
                yield Left(f"line {row.line}", row.fault or "A row has a type and a signal.")
            else:
                yield _signal(f"line {row.line}", cells["signal_type"], cells["signal_str"], cells.get("category", ""))
        return
    for number, line in enumerate(lines_of(whole), start=1):
        name, _, signal = line.strip().partition(" ")
        if name:
            yield _signal(f"line {number}", name, signal, "")


class _Rejoined:
    """A file of which some bytes were read already."""

    def __init__(self, first: bytes, rest: Readable) -> None:
        self._first, self._rest = first, rest

    def readline(self, size: int, /) -> bytes:
        """Give the next line, or so many bytes of it."""
        first, self._first = self._first, b""
        return first if first.endswith(b"\n") else first + self._rest.readline(size - len(first))


def _signal(place: str, name: str, signal: str, category: str) -> Row:
    kind = KIND_OF_SIGNAL.get(name)
    if kind is None:
        return Left(place, WHY_NO_KIND.get(name, "This type of signal is not known here."))
    if category == "DISPUTED":
        return Left(place, _DISPUTED)
    if category and category not in ASSERTION_OF_CATEGORY:
        return Left(place, "This category of opinion is not known here.")
    assertion = ASSERTION_OF_CATEGORY[category].value if category else None
    if kind is ObservableKind.VPDQ:
        return _video(place, signal, assertion)
    value = signal.strip()
    if not value or len(value) > MOST_CELL_CHARACTERS:
        return Left(place, f"A signal has 1 to {MOST_CELL_CHARACTERS:,} characters.")
    return Found(place, {"kind": kind.value, "value": value}, assertion)


def _video(place: str, signal: str, assertion: str | None) -> Row:
    """Read the hash of a video: a JSON list of texts, each hash, quality and seconds, joined by commas."""
    try:
        listed = json.loads(signal)
        frames = [_frame(one) for one in listed] if isinstance(listed, list) and 0 < len(listed) <= _MOST_FRAMES else None
    except (ValueError, RecursionError, OverflowError):
        frames = None
    if frames is None:
        return Left(place, f"This is no vpdq of 1 to {_MOST_FRAMES:,} frames: a JSON list of hash, quality and seconds.")
    return Found(place, {"kind": ObservableKind.VPDQ.value, "frames": frames}, assertion)


def _frame(text: Any) -> dict[str, Any]:
    parts = text.split(",") if isinstance(text, str) else []
    if len(parts) != _PARTS_OF_A_FRAME:
        raise ValueError
    value, quality, seconds = parts[0], int(parts[1]), float(parts[2])
    if not 0 <= seconds <= _MOST_SECONDS:
        raise ValueError
    return {"value": value, "quality": quality, "at_milliseconds": round(seconds * _MILLISECONDS)}
