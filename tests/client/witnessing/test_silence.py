"""Silence: found without the exchange and without a key, by whichever clock says longer, and told again after a look."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from breakwater_client.errors import MalformedInputError
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.witnessing.alarms import Alarm, AlarmKind
from breakwater_client.witnessing.kept_alarms import keep_alarm, mark_seen
from breakwater_client.witnessing.silence import dated_as_kept, find_silence, find_standstill
from breakwater_client.witnessing.witness_files import Watch
from tests.factories.directories import NOW
from tests.factories.memory_shelves import MemoryShelf
from tests.factories.small_logs import SmallLog

HOUR = timedelta(hours=1)
LOG = SmallLog().fill(20)
WATCH = Watch("breakwater-witness/w", PrivateKey.generate(), HOUR)


def shelf_with(dated: datetime | None = NOW) -> MemoryShelf:
    return MemoryShelf({"checkpoint": LOG.checkpoint(20, dated).encode(), "directory.json": b"made by the exchange"})


def found(shelf: MemoryShelf, hours: float) -> Alarm | None:
    alarm = find_silence(shelf, WATCH, NOW + hours * HOUR)
    return None if alarm is None else keep_alarm(shelf, alarm, NOW + hours * HOUR)


def name_of(shelf: MemoryShelf, hours: float) -> str:
    alarm = found(shelf, hours)
    assert alarm is not None
    return alarm.alarm_id


def test_it_is_found_by_what_lies_there_alone_whatever_the_directory_is() -> None:
    shelf = shelf_with()
    assert find_silence(MemoryShelf(), WATCH, NOW) is None
    assert found(shelf, 1) is None
    alarm = found(shelf, 3)
    assert alarm is not None
    assert (alarm.kind, "180 minutes" in alarm.sentence, sorted(alarm.evidence)) == (
        AlarmKind.SILENCE,
        True,
        ["directory.json", "kept"],
    )
    del shelf.files["directory.json"]
    assert found(shelf, 4) is not None


def test_it_counts_from_its_own_date_or_from_when_it_was_first_kept_whichever_is_earlier() -> None:
    late = shelf_with(NOW + 5 * HOUR)
    assert [found(late, hours) is None for hours in (0, 1, 1.1)] == [True, True, False]
    undated = shelf_with(None)
    assert [found(undated, hours) is None for hours in (0, 1, 1.1)] == [True, True, False]
    assert found(shelf_with(NOW - 2 * HOUR), 0) is not None


def test_a_clock_that_was_ahead_does_not_put_it_off() -> None:
    shelf = shelf_with(None)
    assert [found(shelf, hours) is None for hours in (144, 0, 1, 1.1)] == [True, True, True, False]


@pytest.mark.parametrize("damaged", [b"", b"\xff", b"nonsense", b"{}\nnonsense\n", b"{}\n"])
def test_a_damaged_note_of_since_when_counts_anew(damaged: bytes) -> None:
    shelf = shelf_with(None)
    found(shelf, 0)
    name = shelf.files["since"].split(b"\n")[0]
    shelf.files["since"] = damaged.replace(b"{}", name)
    assert [found(shelf, hours) is None for hours in (3, 4, 4.1)] == [True, True, False]
    assert shelf.files["since"].startswith(name)


def test_a_note_of_before_there_were_numbers_is_read() -> None:
    shelf = shelf_with(None)
    found(shelf, 0)
    shelf.files["since"] = b"\n".join(shelf.files["since"].split(b"\n")[:2]) + b"\n"
    assert found(shelf, 1.1) is not None


def test_it_is_told_again_as_long_after_somebody_looked() -> None:
    shelf = shelf_with()
    first = found(shelf, 2)
    assert first is not None
    assert name_of(shelf, 300) == first.alarm_id  # nobody looked
    mark_seen(shelf, first.alarm_id)
    names = [name_of(shelf, hours) for hours in (301, 301.9, 302.1, 400)]
    assert names[:2] == [first.alarm_id] * 2
    assert names[2] == names[3] != first.alarm_id
    mark_seen(shelf, names[3])
    assert [name_of(shelf, hours) in names for hours in (401, 403, 500)] == [True, False, False]


def test_a_shelf_that_takes_nothing_finds_it_all_the_same() -> None:
    assert find_silence(MemoryShelf(shelf_with().files, full=True), WATCH, NOW + 2 * HOUR) is not None


def test_the_date_is_read_without_a_key() -> None:
    assert dated_as_kept(LOG.checkpoint(20, NOW)) == NOW
    assert dated_as_kept(LOG.checkpoint(20)) is None


def test_a_damaged_file_of_ones_own_is_an_error() -> None:
    with pytest.raises(MalformedInputError):
        find_silence(MemoryShelf({"checkpoint": b"damaged"}), WATCH, NOW)


def test_whoever_keeps_checkpoints_without_cosigning_them_finds_that_nothing_newer_came() -> None:
    shelf = shelf_with()
    assert find_standstill(MemoryShelf(), HOUR, NOW) is None
    assert find_standstill(shelf, HOUR, NOW + HOUR) is None
    alarm = find_standstill(shelf, HOUR, NOW + 2 * HOUR)
    assert alarm is not None
    assert (alarm.kind, alarm.sentence) == (
        AlarmKind.SILENCE,
        "No newer checkpoint than the one of 20 leaves came for 120 minutes.",
    )
    undated = shelf_with(None)
    assert [find_standstill(undated, HOUR, NOW + hours * HOUR) is None for hours in (0, 1, 2)] == [True, True, False]


@pytest.mark.parametrize(("seconds", "told"), [(61, "for 1 minute."), (120, "for 2 minutes."), (59, "for 0 minutes.")])
def test_one_minute_is_not_several(seconds: int, told: str) -> None:
    alarm = find_standstill(shelf_with(), timedelta(seconds=1), NOW + timedelta(seconds=seconds))
    assert alarm is not None
    assert alarm.sentence.endswith(told)
