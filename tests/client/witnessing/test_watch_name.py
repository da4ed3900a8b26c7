"""Watching over one's own name: what an exchange that lies shows, against keys and receipts."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from app.domain.vocabulary import KeyUsage
from breakwater_client.errors import ExchangeAwayError
from breakwater_client.extensions import SIGNATURE
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.witnessing.rounds import AbsentError
from breakwater_client.witnessing.watching import LOG, RECEIPTS
from tests.factories.directories import HOME
from tests.factories.lying_exchanges import View
from tests.factories.stix_objects import indicator
from tests.factories.watched_names import IDENTITY, WatchedName, digest_of


def test_what_is_ones_own_alarms_nobody(scene: WatchedName) -> None:
    found = scene.watch()
    assert (found.objects, found.receipts, found.proven, found.alarms) == (1, 1, 1, [])


def test_an_object_that_ones_keys_did_not_sign(scene: WatchedName) -> None:
    scene.objects.append(scene.sign(indicator(), PrivateKey.generate()))
    scene.objects.append(indicator())
    scene.objects.append({**scene.value, "confidence": 9})
    assert scene.kinds() == ["not-signed"] * 3


def test_an_unsigned_object_of_which_there_is_a_receipt_is_ones_own(scene: WatchedName) -> None:
    value = indicator()
    index = scene.log.add(hashlib.sha256(canonical_bytes(value)).hexdigest())
    scene.objects = [value]
    scene.proof = scene.log.submission([index])
    scene.receipts = {"one.json": json.dumps(scene.proof["receipt"]).encode()}
    scene.lying.views["a"] = View(scene.log, 41)
    assert scene.kinds() == []


def test_keys_in_ones_name(scene: WatchedName) -> None:
    scene.listed.append((PrivateKey.generate(), KeyUsage.REQUEST_SIGNING, IDENTITY))
    scene.issue()
    assert scene.kinds() == ["foreign-key"]


def test_ones_key_under_anothers_name(scene: WatchedName) -> None:
    mine = PrivateKey.generate()
    scene.listed.append((mine, KeyUsage.OBJECT_SIGNING, HOME.replace("1", "9")))
    scene.issue()
    assert scene.kinds(scene.key, mine) == ["foreign-key"]


DEEP: list[Any] = []
for _ in range(5_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "bundle", "objects": []},
        {"type": "x", "id": "\ud800"},
        {"type": "x", "n": float("nan")},
        {"type": "x", "id": "indicator--" + "x" * 200_000},
        {"type": "x", "extensions": DEEP},
        None,
        5,
    ],
    ids=["a bundle", "half a surrogate", "no number", "a long id", "a deep one", "nothing", "a number"],
)
def test_whatever_is_listed_as_ones_own_and_cannot_be_read_is_told_and_the_others_go_on(scene: WatchedName, odd: Any) -> None:
    scene.objects = [odd, {"objects": [scene.value]}, *scene.objects]
    found = scene.watch()
    assert [one.kind.value for one in found.alarms] == ["not-signed"] * 2
    assert found.objects == 3
    assert all(len(one.sentence) < 300 for one in found.alarms)


def forgotten(scene: WatchedName) -> PrivateKey:
    """Have the object be signed with a key that is one's own, and that is not given; there is a receipt of it."""
    forgotten, scene.key = scene.key, PrivateKey.generate()
    scene.listed.append((scene.key, KeyUsage.REQUEST_SIGNING, IDENTITY))
    scene.issue()
    return forgotten


def test_a_key_that_was_not_given_is_one_alarm_and_nothing_vanished(scene: WatchedName) -> None:
    key = forgotten(scene)
    found = scene.watch()
    assert [(one.kind.value, key.public.keyid in one.sentence) for one in found.alarms] == [("foreign-key", True)]
    assert (found.objects, found.unseen) == (1, {})


def test_without_a_receipt_what_such_a_key_signed_is_told(scene: WatchedName) -> None:
    key = forgotten(scene)
    scene.receipts = {}
    found = scene.watch()
    assert [one.kind.value for one in found.alarms] == ["foreign-key", "not-signed"]
    assert f"It names the key {key.public.keyid}, which you did not give." in found.alarms[1].sentence


def test_what_an_unlisted_key_signed_is_one_alarm_also_with_a_receipt(scene: WatchedName) -> None:
    stranger = PrivateKey.generate()
    value = scene.sign(indicator(), stranger)
    index = scene.log.add(digest_of(value, stranger))
    scene.objects, scene.proof = [value], scene.log.submission([index])
    scene.receipts = {"one.json": json.dumps(scene.proof["receipt"]).encode()}
    scene.lying.views["a"] = View(scene.log, 41)
    [alarm] = scene.watch().alarms
    assert alarm.kind.value == "not-signed"
    assert alarm.sentence.endswith("You have a receipt of this content: was each of your keys given?")


def test_a_signature_that_was_broken_is_one_alarm_and_what_carries_it_has_not_vanished(scene: WatchedName) -> None:
    entry = scene.value["extensions"][SIGNATURE]["signatures"][0]
    entry["sig"] = scene.sign(indicator(), scene.key)["extensions"][SIGNATURE]["signatures"][0]["sig"]
    assert scene.kinds() == ["not-signed"]


def test_what_the_exchange_refuses_of_its_log_hides_nothing_else(scene: WatchedName) -> None:
    scene.watch()
    scene.objects.append(indicator())
    real = scene.fetch

    def fetch(path: str) -> bytes:
        if path == "/log/checkpoint":
            raise ExchangeAwayError("no")
        return real(path)

    scene.fetch = fetch  # type: ignore[method-assign]  # an exchange that answers all but one thing
    found = scene.watch()
    assert [one.kind.value for one in found.alarms] == ["not-signed"]
    assert [*found.unseen] == [LOG]


def test_a_directory_that_was_refused_hides_nothing_else_however_often_somebody_looked(scene: WatchedName) -> None:
    scene.listed.append((PrivateKey.generate(), KeyUsage.OBJECT_SIGNING, IDENTITY))
    scene.issue()
    scene.watch()
    scene.lying._made = replace(scene.lying._made, version=1)
    scene.objects.append(indicator())
    found = scene.watch()
    assert {one.kind.value for one in found.alarms} == {"directory", "foreign-key", "not-signed"}
    assert LOG in found.unseen


def test_before_there_is_a_checkpoint_objects_are_looked_at(scene: WatchedName) -> None:
    scene.objects.append(indicator())
    del scene.lying.views["a"]
    real = scene.fetch

    def fetch(path: str) -> bytes:
        if path == "/log/checkpoint":
            raise AbsentError
        return real(path)

    scene.fetch = fetch  # type: ignore[method-assign]  # an exchange that has logged nothing yet
    found = scene.watch()
    assert [one.kind.value for one in found.alarms] == ["not-signed"]
    assert [*found.unseen] == [LOG, RECEIPTS]
