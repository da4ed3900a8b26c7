from __future__ import annotations

import base64
import json

from breakwater_client.trust.envelope import open_envelope
from breakwater_client.trust.keys import load_public_key
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.stix_objects import indicator


def test_anybody_gets_what_verifies_a_receipt(running: RunningExchange, platform: FakePartner) -> None:
    receipt = platform.submit(indicator()).json["receipt"]
    shown = running.anybody.get("exchange").json
    key = load_public_key(shown["public_key"].encode())
    assert key.keyid == shown["keyid"]
    opened = open_envelope(receipt, PayloadType.RECEIPT, {key.keyid: key})
    assert json.loads(opened.payload)["exchange"] == shown["id"]
    assert base64.b64decode(receipt["payload"]) == opened.payload


def test_nothing_else_of_the_exchange_is_public(running: RunningExchange) -> None:
    assert set(running.anybody.get("exchange").json) == {"id", "keyid", "public_key"}
