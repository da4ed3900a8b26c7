"""Contents that are listed no more: withdrawn as the log shows, or vanished."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from breakwater_client.errors import ExchangeAwayError
from breakwater_client.trust.log_leaf import LeafKind
from breakwater_client.witnessing.rounds import PendingError
from breakwater_client.witnessing.watching import RECALLS
from tests.factories.lying_exchanges import View
from tests.factories.watched_names import WatchedName


def test_a_content_that_vanished_unless_the_log_shows_that_it_was_withdrawn(scene: WatchedName) -> None:
    scene.objects = []
    scene.recalls = [scene.withdraw(30)]
    found = scene.watch()
    assert (found.alarms, found.withdrawn) == ([], {scene.digest: "r1"}), "a person looks whether it was they"
    scene.recalls, scene.entries = [], {}
    assert scene.watch().alarms == [], "what was proved once stays so"
    scene.shelf.files["withdrawn.json"] = b"damaged"
    assert scene.kinds() == ["vanished"]


def test_a_recall_is_named_as_the_log_names_it(scene: WatchedName) -> None:
    scene.objects = []
    scene.recalls = [scene.withdraw(30) | {"id": "x.\nALARM none: all is well"}]
    assert scene.watch().withdrawn == {scene.digest: "r1"}


def test_a_recall_that_the_log_names_oddly_has_a_short_name(scene: WatchedName) -> None:
    scene.objects = []
    scene.recalls = [scene.withdraw(30, recall="r" * 1_000)]
    assert scene.watch().withdrawn == {scene.digest: "r" * 64}


@pytest.mark.parametrize(
    "told",
    [
        {"objects": [{"payload_digest": None}]},
        {"log_index": None},
        {"log_index": 99},
        {"objects": None},
        "a recall",
    ],
)
def test_the_word_of_the_exchange_is_no_withdrawal(scene: WatchedName, told: Any) -> None:
    scene.objects = []
    real = scene.withdraw(30)
    scene.recalls = [{**real, **told} if isinstance(told, dict) else told]
    assert scene.kinds() == ["vanished"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"partner": "9f0f6b0a-2a57-4b7e-8a53-94a1f0c3d1d8"},
        {"log_indexes": [29]},
        {"log_indexes": 30},
        {"log_indexes": ["30"]},
        {"kind": LeafKind.RECALL_ANSWER},
    ],
)
def test_a_leaf_that_is_no_withdrawal_of_ones_own_content(scene: WatchedName, wrong: dict[str, Any]) -> None:
    scene.objects = []
    scene.recalls = [scene.withdraw(*(() if "log_indexes" in wrong else (30,)), **wrong)]
    assert scene.kinds() == ["vanished"]


def test_a_proof_of_a_withdrawal_that_does_not_verify(scene: WatchedName) -> None:
    scene.objects = []
    scene.recalls = [scene.withdraw(30)]
    [proof] = scene.entries.values()
    proof["document"]["log_indexes"] = [30, 31]
    assert scene.kinds() == ["vanished"]


def test_a_withdrawal_that_no_checkpoint_covers_yet_is_waited_for_and_not_for_ever(scene: WatchedName) -> None:
    scene.objects = []
    scene.recalls = [scene.withdraw(30)]
    scene.entries = dict.fromkeys(scene.entries, PendingError())
    assert scene.kinds() == []
    scene.now += timedelta(minutes=31)
    scene.recalls[0]["id"] = "r2"
    assert scene.kinds() == ["vanished"]


def test_a_content_stated_anew_after_its_withdrawal_is_not_withdrawn(scene: WatchedName) -> None:
    index = scene.log.add(scene.digest)
    scene.lying.views["a"] = View(scene.log, 41)
    scene.receipts["two.json"] = json.dumps(scene.log.receipt([index])).encode()
    scene.objects = []
    scene.recalls = [scene.withdraw(30, size=42)]
    assert "vanished" in [one.kind.value for one in scene.watch().alarms]


def test_recalls_that_are_not_given_are_noted_and_say_nothing_of_what_vanished(scene: WatchedName) -> None:
    scene.objects = []

    def recalls() -> Iterator[Any]:
        raise ExchangeAwayError("no")

    scene.own_recalls = recalls  # type: ignore[method-assign]  # an exchange that does not tell
    found = scene.watch()
    assert (found.alarms, [*found.unseen]) == ([], [RECALLS])


def test_a_recall_that_cannot_be_asked_is_noted_by_the_content(scene: WatchedName) -> None:
    scene.objects = []
    scene.recalls = [scene.withdraw(30)]
    proofs, scene.entries = scene.entries, dict.fromkeys(scene.entries, ExchangeAwayError("no"))
    found = scene.watch()
    assert (found.alarms, [*found.unseen]) == ([], [f"whether the content {scene.digest} was withdrawn"])
    scene.entries, scene.recalls = proofs, [*scene.recalls, {"id": "x", "log_index": 99, "objects": scene.recalls[0]["objects"]}]
    found = scene.watch()
    assert (found.withdrawn, found.unseen) == ({scene.digest: "r1"}, {})
