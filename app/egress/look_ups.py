"""Looking names up: bounded in time, and in number for each partner, so that nobody's silent name servers hold others up.

Owns who may have a name looked up now. A resolver cannot be interrupted: the thread that it keeps is left behind until it
answers, and the place that it takes is its partner's, and no other's. What may be called is ``addresses``'. Each process counts
by itself. Kept by ``tests/egress/test_look_ups.py``.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

MOST_OF_ONE = 2
"""So many look-ups of one partner are on their way at once, those that nobody waits for any more included."""
MOST_AT_ONCE = 256
MOST_ASKED = 20
"""So many look-ups a partner may ask for within an hour."""
_HOUR = timedelta(hours=1)


class TooManyLookUpsError(OSError):
    """This partner has as many look-ups on their way as it may: later."""


class LookUps:
    """The look-ups of a process: which are on their way, and which partners asked for."""

    def __init__(self, most_of_one: int = MOST_OF_ONE) -> None:
        """Begin with none; ``most_of_one``: so many of one partner, or of whoever else looks up, are on their way at once."""
        self._most_of_one = most_of_one
        self._lock = threading.Lock()
        self._on_their_way: Counter[str] = Counter()
        self._asked: dict[str, list[datetime]] = {}

    def has_room(self, whose: str) -> bool:
        """Whether a look-up of this partner may begin now."""
        with self._lock:
            return self._has_room(whose)

    def seconds_until_asked(self, whose: str, now: datetime) -> int:
        """Count a look-up that a partner asks for, and give 0; or count none, and give in how many seconds it may ask again."""
        with self._lock:
            # What lies in the future was asked before the clock was set back.
            recent = [one for one in self._asked.get(whose, ()) if now - _HOUR < one <= now]
            if len(recent) >= MOST_ASKED:
                return max(1, math.ceil((min(recent) + _HOUR - now).total_seconds()))
            self._asked[whose] = [*recent, now]
            return 0

    def run(self, whose: str, look_up: Callable[[], Sequence[str]], seconds: float) -> Sequence[str]:
        """Give what ``look_up`` gives, or raise what it raises; nobody waits for longer than so many seconds.

        Raises:
            TooManyLookUpsError: this partner has its number on their way; at once.
            OSError: there is no answer in time.
        """
        answers: list[Sequence[str] | BaseException] = []

        def ask() -> None:
            try:
                answers.append(look_up())
            except BaseException as exc:  # noqa: BLE001  # raised again by whoever waits
                answers.append(exc)
            finally:
                self._end(whose)

        self._begin(whose)
        thread = threading.Thread(target=ask, name="breakwater-resolver", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no thread is to be had
            self._end(whose)
            raise TooManyLookUpsError from None
        thread.join(seconds)
        if not answers:
            raise OSError("the name has no address in time")
        if isinstance(answers[0], BaseException):
            raise answers[0]
        return answers[0]

    def _has_room(self, whose: str) -> bool:
        return self._on_their_way[whose] < self._most_of_one and self._on_their_way.total() < MOST_AT_ONCE

    def _begin(self, whose: str) -> None:
        with self._lock:
            if not self._has_room(whose):
                raise TooManyLookUpsError
            self._on_their_way[whose] += 1

    def _end(self, whose: str) -> None:
        with self._lock:
            self._on_their_way[whose] -= 1
            self._on_their_way += Counter()  # forgets whoever has none
