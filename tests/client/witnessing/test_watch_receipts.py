"""One's own receipts: whose they are, what they are of, and whether the log holds it."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.small_logs import SmallLog
from tests.factories.watched_names import WatchedName


def test_a_receipt_that_the_exchange_denies(scene: WatchedName) -> None:
    scene.proof = None
    assert scene.kinds() == ["not-logged"]


def test_a_receipt_whose_proof_is_of_another(scene: WatchedName) -> None:
    scene.proof = scene.log.submission([3])
    assert scene.kinds() == ["not-logged"]


def test_a_receipt_that_no_checkpoint_covers_is_waited_for_and_then_told(scene: WatchedName) -> None:
    scene.pending = True
    assert scene.kinds() == ["not-logged"]  # the receipt is of the first of March
    scene.shelf.files = {"directory.json": scene.lying.envelope()}
    scene.receipts = {"one.json": json.dumps(scene.log.receipt([30], scene.now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))).encode()}
    assert scene.kinds() == []


@pytest.mark.parametrize("content", [b"{}", b"null\n", b"\xff", json.dumps(SmallLog().fill(3).receipt([1])).encode()])
def test_what_is_no_receipt_of_this_exchange_is_told_and_the_others_go_on(scene: WatchedName, content: bytes) -> None:
    scene.receipts = {"a.json": content, **scene.receipts}
    found = scene.watch()
    [alarm] = found.alarms
    assert (alarm.kind.value, "a.json" in alarm.sentence) == ("not-logged", True)
    assert (found.receipts, found.proven, found.objects) == (2, 1, 1)


_STORED = {"decision": "stored", "id": "indicator--x", "log_index": 3}


@pytest.mark.parametrize(
    "wrong",
    [{"partner": "9f0f6b0a-2a57-4b7e-8a53-94a1f0c3d1d8"}, {"objects": []}, {"objects": [_STORED]}, {"submission": None}],
)
def test_a_receipt_that_is_signed_and_shows_nothing_of_ones_own(scene: WatchedName, wrong: dict[str, Any]) -> None:
    assert scene.proof
    document = json.loads(base64.b64decode(scene.proof["receipt"]["payload"])) | wrong
    made = sign_envelope(PayloadType.RECEIPT, canonical_bytes(document), scene.log.statements)
    scene.receipts = {"one.json": json.dumps(made).encode()}
    scene.proof = {**scene.proof, "receipt": made}  # the exchange stands by it
    found = scene.watch()
    assert [one.kind.value for one in found.alarms] == ["not-logged"]
    assert (found.receipts, found.proven) == (1, 0)


def test_a_receipt_dated_ahead_is_told_and_comes_due_all_the_same(scene: WatchedName) -> None:
    scene.pending = True
    scene.receipts = {"one.json": json.dumps(scene.log.receipt([30], "2099-01-01T00:00:00.000000Z")).encode()}
    assert ["ahead" in one.sentence for one in scene.watch().alarms] == [True]
    scene.now += timedelta(minutes=31)
    assert ["ahead" in one.sentence for one in scene.watch().alarms] == [True, False]
    scene.shelf.files["first-seen.json"] = b"[]"
    assert ["ahead" in one.sentence for one in scene.watch().alarms] == [True], "damaged: seen now"
