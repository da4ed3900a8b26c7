"""Alarms on the shelf: whole, once, until somebody has looked."""

from __future__ import annotations

import errno
import hashlib
import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.cli.folder_shelf import FolderShelf
from breakwater_client.errors import MalformedInputError
from breakwater_client.witnessing.alarms import DIRECTORY, KEPT, OBJECT, SHOWN, Alarm, AlarmKind
from breakwater_client.witnessing.kept_alarms import (
    CUT_BYTES,
    MOST_OPEN,
    MOST_OPEN_OF_ONES_OWN,
    is_more,
    keep_alarm,
    kept_alarms,
    mark_seen,
    mark_told,
    strays,
)
from tests.factories.directories import NOW
from tests.factories.memory_shelves import CutOffError, MemoryShelf

FORK = Alarm(AlarmKind.FORK, "Two logs.", "a b", {KEPT: b"one", SHOWN: b"two"})


def test_an_alarm_is_kept_with_its_evidence_and_only_once() -> None:
    shelf = MemoryShelf()
    keep_alarm(shelf, FORK, NOW)
    keep_alarm(shelf, Alarm(FORK.kind, "Said otherwise.", FORK.about, {KEPT: b"other"}), NOW + timedelta(days=1))
    [kept] = kept_alarms(shelf)
    assert (kept.alarm_id, kept.kind, kept.sentence) == (FORK.alarm_id, AlarmKind.FORK, "Two logs.")
    assert kept.raised_at == "2026-03-01T12:00:00.000000Z"
    folder = f"alarms/{FORK.alarm_id}"
    assert (shelf.files[f"{folder}/kept"], shelf.files[f"{folder}/shown"]) == (b"one", b"two")
    assert kept.document["evidence"] == folder


def test_evidence_that_is_too_long_is_cut_and_named_by_its_digest() -> None:
    shelf, long = MemoryShelf(), b"x" * (4 * 65_536 + 1)
    keep_alarm(shelf, Alarm(AlarmKind.FORK, "Two logs.", "a", {KEPT: long[1:], SHOWN: long, DIRECTORY: long}), NOW)
    [kept] = kept_alarms(shelf)
    folder = f"alarms/{kept.alarm_id}"
    assert [len(shelf.files[f"{folder}/{name}"]) for name in (KEPT, SHOWN, DIRECTORY)] == [len(long) - 1, 65_536, len(long)]
    assert json.loads(shelf.files[f"{folder}/alarm.json"])["cut"] == {
        SHOWN: {"bytes": len(long), "sha256": hashlib.sha256(long).hexdigest()}
    }
    assert kept.how_to_verify is None


def test_no_more_alarms_of_a_kind_are_kept_than_wait_for_a_person() -> None:
    shelf = MemoryShelf()
    alarms = [Alarm(AlarmKind.FORK, "Two logs.", str(number), {KEPT: b"one"}) for number in range(MOST_OPEN + 3)]
    kept = [keep_alarm(shelf, one, NOW) for one in alarms]
    assert kept[:MOST_OPEN] == alarms[:MOST_OPEN]
    [more] = {one.alarm_id for one in kept[MOST_OPEN:]}
    assert len(list(kept_alarms(shelf))) == MOST_OPEN + 1
    assert keep_alarm(shelf, replace(FORK, kind=AlarmKind.CLOCK), NOW).kind is AlarmKind.CLOCK
    for one in (more, kept[0].alarm_id):
        mark_seen(shelf, one)
    assert keep_alarm(shelf, alarms[-1], NOW) == alarms[-1]


def test_of_ones_own_more_wait_and_have_no_end_either() -> None:
    shelf, long = MemoryShelf(), b"x" * (3 * 1024 * 1024)
    for number in range(MOST_OPEN_OF_ONES_OWN + 3):
        keep_alarm(shelf, Alarm(AlarmKind.NOT_SIGNED, "Not yours.", str(number), {OBJECT: long, DIRECTORY: long}), NOW)
    assert len(list(kept_alarms(shelf))) == MOST_OPEN_OF_ONES_OWN + 1
    lengths = Counter((path.rpartition("/")[2], len(content)) for path, content in shelf.files.items())
    assert lengths[OBJECT, CUT_BYTES] == MOST_OPEN_OF_ONES_OWN
    assert (lengths[DIRECTORY, len(long)], lengths[DIRECTORY, CUT_BYTES]) == (MOST_OPEN, MOST_OPEN_OF_ONES_OWN - MOST_OPEN)


def test_that_more_came_is_told_anew_once_somebody_has_looked() -> None:
    shelf = MemoryShelf()
    alarms = [Alarm(AlarmKind.FORK, "Two logs.", str(number)) for number in range(MOST_OPEN + 5)]
    kept = [keep_alarm(shelf, one, NOW) for one in alarms]
    more = kept[MOST_OPEN]
    assert kept[MOST_OPEN:] == [more] * 5
    assert (is_more(more), is_more(kept[0])) == (True, False)
    seen = {more.alarm_id}
    for _ in range(3):
        mark_seen(shelf, more.alarm_id)
        more = keep_alarm(shelf, alarms[-1], NOW)
        assert is_more(more)
        assert more.alarm_id not in seen, "or all further alarms of its kind would be silent"
        seen.add(more.alarm_id)


def test_an_alarm_that_was_cut_off_is_kept_anew_and_one_that_lasts_counts_meanwhile() -> None:
    rollback = replace(FORK, kind=AlarmKind.ROLLBACK)
    shelf = MemoryShelf(dies_at="alarm.json")
    for one in (FORK, rollback):
        with pytest.raises(CutOffError):
            keep_alarm(shelf, one, NOW)
    [kept] = kept_alarms(shelf)
    assert (kept.alarm_id, kept.is_lasting, kept.told, "cut off" in kept.sentence) == (FORK.alarm_id, True, False, True)
    shelf.dies_at = None
    for one in (FORK, rollback):
        keep_alarm(shelf, one, NOW)
    assert {one.alarm_id: one.sentence for one in kept_alarms(shelf)} == dict.fromkeys(
        (FORK.alarm_id, rollback.alarm_id), "Two logs."
    )


def test_somebody_can_look_at_one_that_was_cut_off() -> None:
    shelf = MemoryShelf({f"alarms/{FORK.alarm_id}/kept": b"one"})
    mark_seen(shelf, FORK.alarm_id)
    [kept] = kept_alarms(shelf)
    assert (kept.seen, kept.is_lasting) == (True, False)


LATER = NOW + timedelta(days=1)


class NearlyFull(MemoryShelf):
    """A shelf on which nothing fits that is larger than a small file."""

    def write(self, path: str, content: bytes) -> None:
        if len(content) > 2_000:
            raise OSError(errno.ENOSPC, "No space left on device", path)
        super().write(path, content)


def test_an_alarm_whose_evidence_does_not_fit_on_the_disk_is_kept_without_it() -> None:
    shelf, large = NearlyFull(), b"x" * 3_000
    keep_alarm(shelf, replace(FORK, evidence={KEPT: b"one", DIRECTORY: large, SHOWN: b"two"}), NOW)
    [kept] = kept_alarms(shelf)
    assert (kept.sentence, kept.is_lasting, kept.how_to_verify) == ("Two logs.", True, None)
    folder = f"alarms/{FORK.alarm_id}"
    assert [shelf.files.get(f"{folder}/{name}") for name in (KEPT, SHOWN, DIRECTORY)] == [b"one", b"two", None]
    cut = json.loads(shelf.files[f"{folder}/alarm.json"])["cut"]
    assert cut == {DIRECTORY: {"bytes": 3_000, "sha256": hashlib.sha256(large).hexdigest(), "no_room": True}}


def test_evidence_that_had_no_room_is_kept_once_there_is_some_and_it_is_found_again() -> None:
    full, folder = NearlyFull(), f"alarms/{FORK.alarm_id}"
    found = replace(FORK, evidence={KEPT: b"one", DIRECTORY: b"x" * 3_000, SHOWN: b"y" * 2_500})
    keep_alarm(full, found, NOW)
    before = full.files[f"{folder}/alarm.json"]
    keep_alarm(full, found, LATER)
    assert full.files[f"{folder}/alarm.json"] == before, "there is no room yet"
    shelf = MemoryShelf(full.files)
    keep_alarm(shelf, replace(found, evidence=found.evidence | {SHOWN: b"another one"}), LATER)
    assert (shelf.files[f"{folder}/{DIRECTORY}"], f"{folder}/{SHOWN}" in shelf.files) == (b"x" * 3_000, False)
    keep_alarm(shelf, found, LATER)
    document = json.loads(shelf.files[f"{folder}/alarm.json"])
    assert (shelf.files[f"{folder}/{SHOWN}"], "cut" in document, document["how_to_verify"]) == (
        b"y" * 2_500,
        False,
        found.how_to_verify,
    )
    assert document["raised_at"] == json.loads(before)["raised_at"]


def test_an_alarm_lasts_until_somebody_has_looked() -> None:
    shelf = MemoryShelf()
    keep_alarm(shelf, FORK, NOW)
    mark_told(shelf, FORK.alarm_id)
    [kept] = kept_alarms(shelf)
    assert (kept.told, kept.seen, kept.is_lasting) == (True, False, True)
    mark_seen(shelf, FORK.alarm_id)
    [kept] = kept_alarms(shelf)
    assert (kept.seen, kept.is_lasting) == (True, False)


@pytest.mark.parametrize("name", ["fork-0000", "../fork", "alarms/x"])
def test_only_what_is_kept_can_be_looked_at(name: str) -> None:
    with pytest.raises(MalformedInputError):
        mark_seen(MemoryShelf(), name)


@pytest.mark.parametrize("content", [b"damaged", b"[]", b'{"kind": "other"}', json.dumps({"kind": "fork"}).encode()])
def test_a_damaged_file_is_an_alarm_all_the_same_and_hides_no_other(content: bytes) -> None:
    shelf = MemoryShelf({"alarms/fork-1/alarm.json": content})
    keep_alarm(shelf, FORK, NOW)
    damaged, whole = kept_alarms(shelf)
    assert (damaged.kind, damaged.is_lasting, damaged.told, damaged.how_to_verify) == (AlarmKind.FORK, True, False, None)
    assert whole.sentence == FORK.sentence


def test_what_is_no_alarm_is_told_and_passed_over(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path)
    keep_alarm(shelf, FORK, NOW)
    (tmp_path / "alarms" / "evidence.tgz").write_bytes(b"what somebody packed to send it")
    (tmp_path / "alarms" / "fork.tgz").write_bytes(b"the same")
    shelf.write("alarms/anything/alarm.json", b"damaged")
    shelf.write("alarms/rollback-cut-off/shown", b"evidence alone, as a kill leaves it")
    assert [one.alarm_id for one in kept_alarms(shelf)] == [FORK.alarm_id]
    assert strays(shelf) == ["anything", "evidence.tgz", "fork.tgz"]
    assert keep_alarm(shelf, replace(FORK, about="another"), NOW).about == "another"


def test_a_shelf_in_memory_has_no_folder_where_a_file_is() -> None:
    assert strays(MemoryShelf({"alarms/evidence.tgz": b""})) == ["evidence.tgz"]
