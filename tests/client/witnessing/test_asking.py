"""What one round came to, and what becomes of what was being asked when it is given up."""

from __future__ import annotations

import pytest

from breakwater_client.errors import ExchangeAwayError
from breakwater_client.witnessing.alarms import Alarm, AlarmKind
from breakwater_client.witnessing.asking import GivenUp, Round
from tests.factories.directories import NOW
from tests.factories.memory_shelves import MemoryShelf


def test_what_is_being_asked_for_is_counted_as_asked_in_vain_and_nothing_else_is() -> None:
    done, counted = Round(), list[str]()
    done.give_up()
    with done.asking(lambda: counted.append("in vain")):
        done.give_up()
    with pytest.raises(ZeroDivisionError), done.asking(lambda: counted.append("raised")):
        raise ZeroDivisionError
    done.give_up()
    assert counted == ["in vain"]


def test_who_was_given_up_gives_and_takes_nothing() -> None:
    with pytest.raises(ExchangeAwayError, match="/log/consistency"):
        GivenUp().fetch("/log/consistency?first=1&second=2")
    with pytest.raises(ExchangeAwayError):
        GivenUp().deliver("a note")


def test_what_cannot_be_kept_is_noted_with_why() -> None:
    done = Round()
    done.keep(MemoryShelf(full=True), Alarm(AlarmKind.FORK, "Two logs.", "a"), NOW)
    done.keep(MemoryShelf(), None, NOW)
    assert [one.kind for one in done.alarms] == [one.kind for one in done.unkept] == [AlarmKind.FORK]
    with pytest.raises(OSError, match="No space"):
        done.check_written()
