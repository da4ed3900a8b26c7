"""Handing in: what is published stays, and that the exchange takes nothing is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from breakwater_client.errors import ExchangeAwayError
from breakwater_client.trust.checkpoint import read_checkpoint
from breakwater_client.witnessing.alarms import AlarmKind
from breakwater_client.witnessing.asking import NotTakenError, Round
from breakwater_client.witnessing.kept_alarms import kept_alarms
from breakwater_client.witnessing.rounds import go_round
from breakwater_client.witnessing.witness_files import COSIGNED
from tests.client.witnessing.test_rounds import Scene
from tests.factories.lying_exchanges import View


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
