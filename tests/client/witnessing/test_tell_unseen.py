"""What was not looked at: an alarm at once, or once it lasts, and again while it goes on."""

from __future__ import annotations

import errno
from datetime import timedelta

from breakwater_client.errors import ExchangeAwayError
from breakwater_client.witnessing.kept_alarms import kept_alarms, mark_seen
from breakwater_client.witnessing.tell_unseen import UNSEEN, tell_unseen
from breakwater_client.witnessing.watching import LOG, OBJECTS, RECEIPTS, SHELF, OverError, Watched
from tests.factories.directories import NOW
from tests.factories.memory_shelves import MemoryShelf

HOUR = timedelta(hours=1)


class FullShelf(MemoryShelf):
    """A disk that is full."""

    def write(self, path: str, content: bytes) -> None:
        raise OSError(errno.ENOSPC, f"No space for {len(content)} bytes", path)


def unseen(shelf: MemoryShelf, at: timedelta, **why: Exception | None) -> list[str]:
    """Tell what was not looked at so long after the first run; gives the sentences of alarms."""
    names = {"log": LOG, "objects": OBJECTS, "receipts": RECEIPTS}
    found = Watched(unseen={names.get(what, what): one for what, one in why.items()})
    tell_unseen(shelf, found, NOW + at, 20 * HOUR)
    assert [one.kind.value for one in found.alarms] == ["silence"] * len(found.alarms)
    return [one.sentence for one in found.alarms]


def test_what_is_refused_once_is_no_alarm_and_what_is_refused_for_long_is_one() -> None:
    shelf, away = MemoryShelf(), ExchangeAwayError("It cannot be reached.")
    assert unseen(shelf, 0 * HOUR, objects=away, receipts=None) == []
    assert unseen(shelf, 19 * HOUR, objects=away) == []
    [sentence] = unseen(shelf, 24 * HOUR, objects=away)
    assert sentence == (
        "Not looked at, or not to the end, since 2026-03-01 12:00 UTC: the list of your objects. It cannot be reached."
    )
    assert len(list(kept_alarms(shelf))) == 1


def test_what_is_seen_in_between_counts_anew() -> None:
    shelf, away = MemoryShelf(), ExchangeAwayError("away")
    assert unseen(shelf, 0 * HOUR, log=away, objects=away) == []
    assert unseen(shelf, 10 * HOUR, objects=away) == []
    [sentence] = unseen(shelf, 24 * HOUR, log=away, objects=away)
    assert ("your objects" in sentence, "the log" in sentence) == (True, False)
    assert unseen(shelf, 25 * HOUR) == []
    assert unseen(shelf, 50 * HOUR, objects=away) == []


def test_more_than_a_run_looks_at_is_an_alarm_at_once() -> None:
    [sentence] = unseen(MemoryShelf(), 0 * HOUR, objects=OverError("The time was over."), receipts=None)
    assert sentence.endswith("the list of your objects. The time was over.")


def test_what_goes_on_is_told_again_after_somebody_has_looked() -> None:
    shelf, over = MemoryShelf(), OverError("The time was over.")
    for day in range(6):
        unseen(shelf, day * 24 * HOUR, objects=over)
    [first] = kept_alarms(shelf)
    mark_seen(shelf, first.alarm_id)
    unseen(shelf, 7 * 24 * HOUR, objects=over)
    assert [one.seen for one in kept_alarms(shelf)].count(False) == 1


def test_many_things_are_one_alarm_of_a_bounded_length() -> None:
    why = ExchangeAwayError("x" * 100_000)
    [sentence] = unseen(MemoryShelf(), 0 * HOUR, log=OverError("Over."), **dict.fromkeys(map(str, range(1_000)), None)) or [""]
    assert "and" not in sentence.partition(":")[2], "what is not due is not named"
    shelf = MemoryShelf()
    unseen(shelf, 0 * HOUR, **dict.fromkeys(map(str, range(1_000)), why))
    [sentence] = unseen(shelf, 24 * HOUR, **dict.fromkeys(map(str, range(1_000)), why))
    assert (", and 995 more" in sentence, len(sentence) < 400) == (True, True)


def test_an_alarm_that_cannot_be_kept_is_noted_all_the_same() -> None:
    found = Watched(unseen={OBJECTS: OverError("Over.")})
    tell_unseen(FullShelf(), found, NOW, HOUR)
    assert [one.kind.value for one in found.alarms] == ["silence"]
    assert found.unkept == found.alarms
    assert SHELF in found.unseen


def test_the_times_are_kept_by_what_they_are_of() -> None:
    shelf = MemoryShelf()
    unseen(shelf, 0 * HOUR, log=None)
    assert shelf.files[UNSEEN] == b'{"the log": "2026-03-01T12:00:00.000000Z"}'
