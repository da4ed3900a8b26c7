"""Handing in: what is published stays, and that the exchange takes nothing is told."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from breakwater_client.errors import BreakwaterError, ExchangeAwayError
from breakwater_client.trust.checkpoint import read_checkpoint, witness_name
from breakwater_client.witnessing.alarms import AlarmKind
from breakwater_client.witnessing.asking import AbsentError, NotTakenError, Round
from breakwater_client.witnessing.kept_alarms import kept_alarms
from breakwater_client.witnessing.rounds import go_round
from breakwater_client.witnessing.witness_files import COSIGNED
from tests.client.witnessing.test_rounds import Scene
from tests.factories.lying_exchanges import OWNERS, View


@pytest.fixture
def scene() -> Scene:
    """Give a witness of an exchange that takes what comes."""
    return Scene()


def test_what_is_published_stays_though_no_cosignature_is_taken_which_is_an_alarm_each_day(scene: Scene) -> None:
    scene.round()
    scene.refuses, scene.watch = True, replace(scene.watch, silence=timedelta(days=9))
    found: list[AlarmKind] = []
    for hours in range(0, 72, 8):
        scene.lying.views["a"] = View(scene.log, 21 + hours // 8, scene.now)
        done = Round()
        with pytest.raises(NotTakenError):
            go_round(scene.shelf, scene, scene.watch, lambda: scene.now, done)
        found += [one.kind for one in done.alarms]
        assert read_checkpoint(scene.shelf.files[COSIGNED].decode()).size == 21 + hours // 8
        scene.now += timedelta(hours=8)
    assert found == [AlarmKind.NOT_TAKEN] * 6
    assert len([*kept_alarms(scene.shelf)]) in {2, 3}
    scene.refuses = False
    assert (scene.round().delivered, scene.round().cosigned) == (True, False)


def test_an_exchange_that_fails_at_each_cosignature_is_told_as_one_that_refuses_them(scene: Scene) -> None:
    scene.lying.views["a"] = View(scene.log, 20, scene.now)
    scene.watch = replace(scene.watch, silence=timedelta(days=9))

    def deliver(note: str) -> None:
        raise ExchangeAwayError(note[:0])

    scene.deliver = deliver  # type: ignore[method-assign]  # 500 to every cosignature
    cosigned = set()
    for _ in range(4):
        done = Round()
        with pytest.raises(ExchangeAwayError):
            go_round(scene.shelf, scene, scene.watch, lambda: scene.now, done)
        cosigned.add(scene.shelf.files[COSIGNED])
        scene.now += timedelta(hours=10)
    assert [one.kind for one in done.alarms] == [AlarmKind.NOT_TAKEN]
    assert len(cosigned) == 1  # it may have been taken, and nobody said so


def growing(scene: Scene, hours: int) -> list[AlarmKind]:
    """Go a round each eight hours while the log grows, and give the kinds of the alarms that were found."""
    found: list[AlarmKind] = []
    for number in range(hours // 8):
        scene.lying.views["a"] = View(scene.log, 20 + number, scene.now)
        done = Round()
        with suppress(BreakwaterError):
            go_round(scene.shelf, scene, scene.watch, lambda: scene.now, done)
        found += [one.kind for one in done.alarms]
        scene.now += timedelta(hours=8)
    return found


def test_an_exchange_that_takes_cosignatures_and_shows_none_is_told_after_a_day(scene: Scene) -> None:
    scene.lying.publishes, scene.watch = False, replace(scene.watch, silence=timedelta(days=9))
    assert growing(scene, 72) == [AlarmKind.NOT_TAKEN] * 5
    assert {one.kind for one in kept_alarms(scene.shelf)} == {AlarmKind.NOT_TAKEN}
    scene.lying.publishes = True
    scene.round()
    assert (scene.round().alarms, scene.shelf.files["unanswered"]) == ([], b"{}")


def test_what_is_shown_a_round_late_or_by_a_replica_that_lags_is_shown(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.watch, real = replace(scene.watch, silence=timedelta(days=9)), scene.fetch

    def lagging(path: str) -> bytes:
        if "cosigned_by" not in path:
            return real(path)
        if len(scene.taken) < 2:
            raise AbsentError
        return scene.taken[-2].encode()

    monkeypatch.setattr(scene, "fetch", lagging)
    assert growing(scene, 120) == []


@pytest.mark.parametrize("answer", [b"", b"\xff", b"<html>", b"another's", AbsentError(), ExchangeAwayError("500"), KeyError()])
def test_whatever_is_shown_instead_of_ones_own_line_is_none(
    scene: Scene, answer: bytes | Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.watch, real = replace(scene.watch, silence=timedelta(days=9)), scene.fetch

    def other(path: str) -> bytes:
        if "cosigned_by" not in path:
            return real(path)
        if isinstance(answer, Exception):
            raise answer
        return scene.log.checkpoint(40).encode() if answer == b"another's" else answer

    monkeypatch.setattr(scene, "fetch", other)
    found = growing(scene, 72)
    assert (set(found), len(scene.taken)) == ({AlarmKind.NOT_TAKEN}, 9)


def named(scene: Scene, name: str) -> None:
    scene.watch = replace(scene.watch, name=name, silence=timedelta(days=9))


def test_a_witness_that_can_cosign_nothing_says_so_after_a_day(scene: Scene) -> None:
    named(scene, "breakwater-witness/identity--aaaa bbbb")
    assert growing(scene, 72) == [AlarmKind.NOT_TAKEN] * 6
    assert ({one.kind for one in kept_alarms(scene.shelf)}, scene.taken) == ({AlarmKind.NOT_TAKEN}, [])
    named(scene, "breakwater-witness/w")
    assert scene.round().delivered


def test_nothing_is_cosigned_under_a_name_under_which_the_directory_does_not_list_the_key(scene: Scene) -> None:
    """An exchange that named it so at first would make a witness that counts for nobody."""
    scene.lying.witnesses[OWNERS[1]] = scene.watch.key
    scene.lying.issue()
    named(scene, witness_name(OWNERS[0]))
    assert growing(scene, 48) == [AlarmKind.NOT_TAKEN] * 3
    assert scene.taken == []
    named(scene, witness_name(OWNERS[1]))
    assert scene.round().delivered
