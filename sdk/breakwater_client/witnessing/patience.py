"""How long a witness waits for an answer before the lack of it is an alarm: kept on the shelf, so that no restart begins anew.

Owns the file ``unanswered``. An answer that never comes must never serve a liar better than "no", and an exchange that is away
for a moment, or a replica that lags, must stop nobody's witness: so both end in the same alarm, and neither at once. Kept by
``tests/client/witnessing/test_patience.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from breakwater_client.instant import instant_text
from breakwater_client.verifying.keep_mirror import Shelf

UNANSWERED = "unanswered"
_FIRST = "first"


@dataclass(frozen=True, slots=True)
class Patience:
    """For how long, and how often, something may be asked in vain: it ends when both are over."""

    time: timedelta
    times: int


PROOF_PATIENCE = Patience(timedelta(minutes=30), 3)
"""For proofs: a replica lags for minutes at most, and three askings are no single moment in which an exchange was away."""

TAKING_PATIENCE = Patience(timedelta(days=1), 3)
"""For the taking of cosignatures: operators activate a new witness's key within a day."""

LOOKED_AT_PATIENCE = Patience(timedelta(days=1), 3)
"""For proofs that are still not given after a person has looked at that: a day, since it may hide what comes meanwhile."""


def is_over(shelf: Shelf, mark: str, about: str, now: datetime, patience: Patience = PROOF_PATIENCE) -> bool:
    """Note that something was asked in vain once more, and give whether that has been so for too long.

    ``mark`` names the question, ``about`` what it is asked of: of something else it begins anew. Where it cannot be noted
    (a full disk) patience is over: who cannot remember cannot wait.
    """
    marks = _marks(shelf.read(UNANSWERED))
    since, times = _before(marks.get(mark), about, now)
    if now - since >= patience.time and times + 1 >= patience.times:
        return True
    noted = _noted(marks, mark)
    kept = noted if noted.get("about", about) == about else {}
    marks[mark] = kept | {"about": about, "since": instant_text(since), "times": times + 1}
    try:
        _write(shelf, marks)
    except OSError:
        return True
    return False


def begun_with(shelf: Shelf, mark: str, shown: str) -> str | None:
    """Give what was shown when something began to be asked in vain: ``shown``, if this is the first time; until it is answered.

    None where that cannot be noted (a full disk).
    """
    try:
        marks = _marks(shelf.read(UNANSWERED))
        noted = _noted(marks, mark)
        if isinstance(first := noted.get(_FIRST), str):
            return first
        marks[mark] = noted | {_FIRST: shown}
        _write(shelf, marks)
    except OSError:
        return None
    return shown


def is_unanswered(shelf: Shelf, mark: str) -> bool:
    """Whether something was asked in vain when it was asked last."""
    return mark in _marks(shelf.read(UNANSWERED))


def answered(shelf: Shelf, mark: str) -> None:
    """Note that it was answered as it should be: patience begins anew."""
    marks = _marks(shelf.read(UNANSWERED))
    if marks.pop(mark, None) is not None:
        _write(shelf, marks)


def _write(shelf: Shelf, marks: dict[str, Any]) -> None:
    shelf.write(UNANSWERED, json.dumps(marks, sort_keys=True).encode())


def _marks(raw: bytes | None) -> dict[str, Any]:
    try:
        marks = json.loads(raw or b"{}")
    except ValueError:
        return {}  # damaged: patience begins anew
    return marks if isinstance(marks, dict) else {}


def _noted(marks: dict[str, Any], mark: str) -> dict[str, Any]:
    noted = marks.get(mark)
    return noted if isinstance(noted, dict) else {}  # never asked, or damaged


def _before(kept: Any, about: str, now: datetime) -> tuple[datetime, int]:
    """Give since when and how often it was asked in vain before; by a clock that was ahead, since now."""
    try:
        if kept["about"] == about:
            return min(now, datetime.fromisoformat(kept["since"])), int(kept["times"])
    except (TypeError, KeyError, ValueError):
        pass  # never asked, or damaged
    return now, 0
