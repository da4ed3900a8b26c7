from __future__ import annotations

import base64
import json
from typing import Any

from app.services.retention.erased_receipts import Gone, without
from app.storage.submissions import KeptSubmission
from tests.factories.policy_values import NOW

GONE = Gone(frozenset({4, 5}), frozenset({"indicator--gone"}))


def kept(*objects: dict[str, Any], refused: Any = None, **more: Any) -> KeptSubmission:
    payload = base64.b64encode(json.dumps({"type": "submission-receipt", "objects": objects, **more}).encode()).decode()
    receipt = {"payloadType": "t", "payload": payload, "signatures": [{"keyid": "k", "sig": "s"}]}
    return KeptSubmission("s", "p", NOW, receipt, refused=refused)


def stored(index: int, **more: Any) -> dict[str, Any]:
    return {"pointer": f"/objects/{index}", "decision": "stored", "id": f"i-{index}", "log_index": index, **more}


def document(found: KeptSubmission | None) -> dict[str, Any]:
    assert found is not None
    assert found.receipt["signatures"] == []
    read: dict[str, Any] = json.loads(base64.b64decode(found.receipt["payload"]))
    return read


def test_a_result_of_what_is_gone_keeps_its_place_decision_and_number_alone() -> None:
    said = document(without(kept(stored(3), stored(4)), GONE))
    assert said["objects"] == [stored(3), {"pointer": "/objects/4", "decision": "stored", "log_index": 4}]
    assert said["erased"] == [4]


def test_ids_that_narrowed_another_object_go_too() -> None:
    said = document(without(kept(stored(3, narrowed_by=["indicator--gone", "indicator--kept"])), GONE))
    assert said["objects"] == [stored(3, narrowed_by=["indicator--kept"])]
    assert document(without(kept(stored(3, narrowed_by=["indicator--gone"])), GONE))["objects"] == [stored(3)]
    assert said["erased"] == [4]


def test_names_of_refused_objects_go_and_leave_the_receipt_signed() -> None:
    names = (("indicator--gone", None), ("indicator--kept", "v"))
    found = without(kept(stored(3), refused=names), GONE)
    assert found is not None
    assert found.refused == ((None, None), ("indicator--kept", "v"))
    assert found.receipt["signatures"]


def test_what_names_nothing_that_is_gone_stays_as_it_is() -> None:
    assert without(kept(stored(3), refused=(("indicator--kept", "v"),)), GONE) is None
    reduced = without(kept(stored(4)), GONE)
    assert reduced is not None
    assert without(reduced, GONE) is None


def test_what_was_taken_out_before_stays_named() -> None:
    assert document(without(kept(stored(5), erased=[2]), GONE))["erased"] == [2, 5]
