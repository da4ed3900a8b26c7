"""What a witness asks an exchange, what that may say to it, and what one round came to.

Owns the words; what is asked when is ``rounds``'. Kept by ``tests/client/witnessing/test_asking.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn, Protocol

from breakwater_client.errors import ExchangeAwayError
from breakwater_client.witnessing.alarms import Alarm
from breakwater_client.witnessing.kept_alarms import AlarmShelf, keep_alarm


class AbsentError(Exception):
    """The exchange has no such thing: it says so (404), or has none yet."""


class Exchange(Protocol):
    """What a witness asks an exchange. Everything that comes is unverified; not being reached is the caller's own error."""

    def fetch(self, path: str) -> bytes:
        """Give what is at a path below ``/api/v1``; raises ``AbsentError`` where there is nothing."""

    def deliver(self, note: str) -> None:
        """Hand a cosigned checkpoint in; raises ``DeniedError`` if it was never published, it says, else ``NotTakenError``."""


class GivenUp:
    """An exchange that was asked for too long: whatever it would have said, nobody waits for it any more."""

    def fetch(self, path: str) -> NoReturn:
        """Give nothing."""
        raise ExchangeAwayError(f"The round was given up: {path.partition('?')[0]}.")

    def deliver(self, note: str) -> NoReturn:
        """Take nothing."""
        raise ExchangeAwayError(f"The round was given up with a cosignature of {len(note)} characters.")


class PendingError(AbsentError):
    """There is no checkpoint yet that covers what was asked about."""


class NotTakenError(Exception):
    """The exchange does not take a cosignature, as while its key does not count yet."""


class DeniedError(Exception):
    """The exchange says that a checkpoint that its own key signed is none that it published."""


@dataclass(slots=True)
class Round:
    """What one round came to: the size of the kept checkpoint (None: none yet), what was done, and the alarms that it found.

    ``answered``: the exchange gave what it shows as its newest checkpoint and directory, whatever they are worth. ``unkept``:
    those of the alarms that could not be kept, as on a full disk; ``unwritten`` is why.
    """

    size: int | None = None
    answered: bool = False
    cosigned: bool = False
    delivered: bool = False
    alarms: list[Alarm] = field(default_factory=list)
    unkept: list[Alarm] = field(default_factory=list)
    unwritten: list[OSError] = field(default_factory=list)
    _in_vain: Callable[[], None] | None = field(default=None, repr=False)

    @contextmanager
    def asking(self, in_vain: Callable[[], None]) -> Iterator[None]:
        """Know what is to be done if the round is given up while the block asks for something."""
        self._in_vain = in_vain
        try:
            yield
        finally:
            self._in_vain = None

    def give_up(self) -> None:
        """Count what is being asked for as asked in vain: an answer that never comes must serve nobody better than "no".

        Raises:
            ExchangeAwayError: it may go on for a while before that is an alarm.
        """
        if (in_vain := self._in_vain) is not None:
            in_vain()

    def keep(self, shelf: AlarmShelf, alarm: Alarm | None, now: datetime) -> None:
        """Note an alarm, if it is one, and keep it: what a full disk does not take is to be told all the same."""
        if alarm is None:
            return
        try:
            alarm = keep_alarm(shelf, alarm, now)
        except OSError as exc:
            self.unkept.append(alarm)
            self.unwritten.append(exc)
        if alarm.alarm_id not in {one.alarm_id for one in self.alarms}:
            self.alarms.append(alarm)

    def check_written(self) -> None:
        """Raise the first ``OSError`` of those files that could not be written."""
        if self.unwritten:
            raise self.unwritten[0]
