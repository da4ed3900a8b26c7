"""Nobody's name servers take what others share."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.egress.look_ups import MOST_ASKED, MOST_AT_ONCE, MOST_OF_ONE, LookUps, TooManyLookUpsError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FOUND = ["192.0.2.1"]


class Silent:
    """A name server that answers nobody until it is told to."""

    def __init__(self) -> None:
        self.answers = threading.Event()

    def __call__(self) -> list[str]:
        self.answers.wait(120)
        return FOUND


@pytest.fixture
def silent() -> Iterator[Silent]:
    server = Silent()
    yield server
    server.answers.set()


def hang(look_ups: LookUps, whose: str, silent: Silent, times: int = MOST_OF_ONE) -> None:
    for _ in range(times):
        with pytest.raises(OSError, match="in time"):
            look_ups.run(whose, silent, 0.01)


def test_look_ups_that_hang_refuse_their_own_partner_at_once_and_no_other(silent: Silent) -> None:
    look_ups = LookUps()
    hang(look_ups, "a", silent)
    began_at = time.monotonic()
    assert not look_ups.has_room("a")
    with pytest.raises(TooManyLookUpsError):
        look_ups.run("a", lambda: FOUND, 20)
    for other in ("b", "c"):
        assert look_ups.has_room(other)
        assert look_ups.run(other, lambda: FOUND, 20) == FOUND
    assert time.monotonic() - began_at < 15


def test_a_place_is_free_again_once_its_server_answers(silent: Silent) -> None:
    look_ups = LookUps()
    hang(look_ups, "a", silent)
    silent.answers.set()
    ends_at = time.monotonic() + 10
    while not look_ups.has_room("a") and time.monotonic() < ends_at:
        time.sleep(0.01)
    assert look_ups.run("a", lambda: FOUND, 5) == FOUND


def test_there_is_an_end_to_those_of_all(silent: Silent) -> None:
    look_ups = LookUps()
    for number in range(MOST_AT_ONCE // MOST_OF_ONE):
        hang(look_ups, f"partner {number}", silent)
    with pytest.raises(TooManyLookUpsError):
        look_ups.run("one more", lambda: FOUND, 5)


def test_what_the_resolver_raises_is_raised_and_keeps_no_place() -> None:
    look_ups = LookUps()

    def unknown() -> list[str]:
        raise OSError("no such name")

    for _ in range(MOST_OF_ONE + 1):
        with pytest.raises(OSError, match="no such name"):
            look_ups.run("a", unknown, 5)
    assert look_ups.has_room("a")


def test_a_partner_asks_for_so_many_within_an_hour_and_another_asks_by_itself() -> None:
    look_ups = LookUps()
    for number in range(MOST_ASKED):
        assert look_ups.seconds_until_asked("a", NOW + number * MINUTE) == 0
    now = NOW + MOST_ASKED * MINUTE
    assert look_ups.seconds_until_asked("a", now) == (60 - MOST_ASKED) * 60
    assert look_ups.seconds_until_asked("b", now) == 0
    assert look_ups.seconds_until_asked("a", NOW + 60 * MINUTE) == 0
    assert look_ups.seconds_until_asked("a", NOW + 60 * MINUTE) == 60


def test_a_clock_that_is_set_back_shuts_nobody_out() -> None:
    look_ups = LookUps()
    for _ in range(MOST_ASKED):
        look_ups.seconds_until_asked("a", NOW)
    assert look_ups.seconds_until_asked("a", NOW - timedelta(days=3)) == 0
