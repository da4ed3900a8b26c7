"""What a run of watching keeps: alarms before an error, times, and one log."""

from __future__ import annotations

import errno
import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from breakwater_client.errors import ExchangeAwayError
from breakwater_client.witnessing import watching
from breakwater_client.witnessing.kept_alarms import MOST_OPEN, MOST_OPEN_OF_ONES_OWN
from breakwater_client.witnessing.watching import LOG, OBJECTS, OverError, Run, Watched
from tests.factories.lying_exchanges import View
from tests.factories.stix_objects import indicator
from tests.factories.watched_names import DAY, WatchedName


def test_a_proof_in_another_log_than_the_one_that_is_kept(scene: WatchedName) -> None:
    fork = scene.lying.log(30)
    fork.statements = scene.log.statements
    fork.add(scene.log.leaves[30][2].hex())
    fork.fill(40)
    scene.proof = {**fork.submission([30]), "receipt": scene.proof["receipt"] if scene.proof else {}}
    assert scene.kinds() == ["split-view"]
    assert scene.watch().proven == 0


def test_a_log_that_went_back_is_told_as_a_witness_tells_it(scene: WatchedName) -> None:
    scene.watch()
    scene.lying.views["a"] = View(scene.log, 35)
    assert "rollback" in scene.kinds()


def test_what_was_found_before_an_error_is_told(scene: WatchedName) -> None:
    def objects() -> Iterator[Any]:
        yield indicator()
        raise ExchangeAwayError("away")

    scene.own_objects = objects  # type: ignore[method-assign]  # an exchange that breaks off
    found = scene.watch()
    assert [one.kind.value for one in found.alarms] == ["not-signed"]
    assert {what: str(why) for what, why in found.unseen.items()} == {OBJECTS: "away"}
    assert found.proven == 1, "the receipts are looked at all the same"


def test_what_is_seen_keeps_its_time_and_what_is_not_seen_any_more_is_forgotten(scene: WatchedName) -> None:
    run = Run(scene.shelf, scene, scene.name(), scene.lying_directory(), lambda: scene.now, Watched())
    first = scene.now
    assert run.first_seen("seen", {"a", "b"}) == {"a": first, "b": first}
    scene.now += DAY
    assert run.first_seen("seen", {"a", "c"}) == {"a": first, "c": scene.now}
    assert run.first_seen("seen", {"b"}) == {"b": scene.now}
    scene.now -= DAY
    assert run.first_seen("seen", {"b"}) == {"b": scene.now}, "a clock that was ahead makes nothing wait for longer"


@pytest.mark.parametrize("damaged", [b"", b"[]", b'{"a": 1}', b'{"a": "yesterday"}', b'{"a": "2026-01-01T00:00:00"}'])
def test_times_that_are_damaged_begin_now(scene: WatchedName, damaged: bytes) -> None:
    run = Run(scene.shelf, scene, scene.name(), scene.lying_directory(), lambda: scene.now, Watched())
    scene.shelf.files["seen"] = damaged
    assert run.first_seen("seen", {"a"}) == {"a": scene.now}


def test_nothing_is_held_of_evidence_or_of_more_alarms_than_are_kept(scene: WatchedName) -> None:
    scene.objects = [{**indicator(), "n": "y" * 10_000} for _ in range(MOST_OPEN_OF_ONES_OWN + 20)]
    found = scene.watch()
    assert (found.objects, len(found.alarms)) == (MOST_OPEN_OF_ONES_OWN + 20, MOST_OPEN_OF_ONES_OWN + 2)  # and one vanished
    assert not any(one.evidence for one in found.alarms)
    assert scene.shelf.has(f"alarms/{found.alarms[0].alarm_id}/object.json")


def test_a_list_has_an_end_whatever_the_exchange_says(scene: WatchedName, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MOST_LISTED", 50)
    scene.own_objects = lambda: itertools.repeat(scene.value)  # type: ignore[method-assign]  # without an end
    found = scene.watch()
    assert (found.objects, found.alarms) == (50, []), "and nothing is said to have vanished"
    assert isinstance(found.unseen[OBJECTS], OverError)


def test_a_checkpoint_that_cannot_be_compared_is_noted_by_the_receipt(scene: WatchedName) -> None:
    scene.watch()
    scene.shelf.remove("proven.json")
    scene.log.fill(50)
    scene.lying.views["a"] = View(scene.log, 50)
    real = scene.fetch

    def fetch(path: str) -> bytes:
        if path.startswith("/log/consistency?first=40&second=50"):
            raise ExchangeAwayError("no")
        return real(path)

    scene.fetch = fetch  # type: ignore[method-assign]  # an exchange that proves nothing of its growth
    found = scene.watch()
    assert (found.alarms, found.proven) == ([], 0)
    assert set(found.unseen) >= {LOG}
    scene.shelf.files["checkpoint"] = scene.fetch("/log/checkpoint")
    found = scene.watch()
    assert (found.proven, [*found.unseen]) == (0, ["the proof of submission 1"])


def test_on_a_full_disk_what_is_found_is_told_and_the_rest_is_looked_at(
    scene: WatchedName, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.watch()
    scene.objects += [indicator() for _ in range(3)]

    def full(path: str, content: bytes) -> None:
        raise OSError(errno.ENOSPC, f"No space for {len(content)} bytes", path)

    monkeypatch.setattr(scene.shelf, "write", full)
    found = scene.watch()
    assert [one.kind.value for one in found.unkept] == ["not-signed"] * 3
    assert (found.alarms, found.objects, [*found.unseen]) == (found.unkept, 4, ["what is kept here"])
    scene.objects += [indicator() for _ in range(MOST_OPEN + 5)]
    found = scene.watch()
    assert len(found.unkept) == MOST_OPEN, "and it does not fill the memory instead"
    assert OBJECTS in found.unseen
