"""The document with which a recipient answers a notice."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from breakwater_client.errors import Code, MalformedInputError
from breakwater_client.object_vocabulary import ContestOutcome, HeldBasis, RecallKind, RecallOutcome
from breakwater_client.signing.acknowledgement import (
    Acknowledgement,
    Answered,
    read_acknowledgement,
    sign_acknowledgement,
)
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import open_envelope
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.payload_type import PayloadType

AN_ID = "indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINE: dict[str, Any] = {"stix_id": AN_ID, "version": "2026-01-05T10:00:00.000Z", "outcome": "deleted"}
HELD = LINE | {"outcome": "held", "basis": "legal-claim", "until": "2027-01-31T00:00:00Z"}
DOCUMENT: dict[str, Any] = {
    "type": "recall-acknowledgement",
    "notice": "recall-notice--2a6a3c70-55cf-4d6b-8c43-9b8f1d2e7a34",
    "partner": "b7a0a3f2-6a0e-4c57-8d5f-2f1c9f0d7e64",
    "acknowledged_at": "2026-03-01T12:00:00Z",
    "outcomes": [LINE],
}


def test_what_is_signed_is_what_is_read() -> None:
    key = PrivateKey.generate()
    lines = [
        Answered(AN_ID, LINE["version"], RecallOutcome.NOT_HELD),
        Answered(AN_ID, "2026-01-06T10:00:00Z", RecallOutcome.HELD, HeldBasis.PRESERVATION_ORDER, AT + timedelta(days=1)),
    ]
    said = Acknowledgement(DOCUMENT["notice"], DOCUMENT["partner"], AT, lines)
    envelope = sign_acknowledgement(said, key)
    opened = open_envelope(envelope, PayloadType.RECALL_ACKNOWLEDGEMENT, {key.public.keyid: key.public})
    assert read_acknowledgement(opened.payload, RecallKind.WITHDRAWAL) == said
    document = json.loads(base64.b64decode(envelope["payload"]))
    assert document["outcomes"][0] == LINE | {"outcome": "not-held"}


def test_a_contest_is_answered_in_its_own_words() -> None:
    payload = canonical_bytes(DOCUMENT | {"outcomes": [LINE | {"outcome": "kept"}]})
    [one] = read_acknowledgement(payload, RecallKind.CONTEST).outcomes
    assert one.outcome is ContestOutcome.KEPT
    for kind in (RecallKind.WITHDRAWAL, RecallKind.CORRECTION):
        with pytest.raises(MalformedInputError):
            read_acknowledgement(payload, kind)


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        (DOCUMENT | {"type": "receipt"}, None),
        (DOCUMENT | {"note": ""}, None),
        ({name: value for name, value in DOCUMENT.items() if name != "partner"}, None),
        ([], "/payload"),
        (DOCUMENT | {"notice": 1}, "/notice"),
        (DOCUMENT | {"partner": None}, "/partner"),
        (DOCUMENT | {"acknowledged_at": "2026-03-01T12:00:00+01:00"}, "/acknowledged_at"),
        (DOCUMENT | {"acknowledged_at": "2026-13-01T12:00:00Z"}, "/acknowledged_at"),
        (DOCUMENT | {"outcomes": []}, "/outcomes"),
        (DOCUMENT | {"outcomes": {}}, "/outcomes"),
        (DOCUMENT | {"outcomes": [LINE] * 1_001}, "/outcomes"),
        (DOCUMENT | {"outcomes": [LINE, LINE | {"version": "2026-01-05T10:00:00Z"}]}, "/outcomes"),
        (DOCUMENT | {"outcomes": ["deleted"]}, "/outcomes/0"),
        (DOCUMENT | {"outcomes": [LINE | {"why": "x"}]}, "/outcomes/0"),
        (DOCUMENT | {"outcomes": [LINE | {"stix_id": 1}]}, "/outcomes/0"),
        (DOCUMENT | {"outcomes": [LINE | {"version": "yesterday"}]}, "/outcomes/0"),
        (DOCUMENT | {"outcomes": [LINE | {"outcome": "burnt"}]}, "/outcomes/0/outcome"),
        (DOCUMENT | {"outcomes": [LINE | {"outcome": ["deleted"]}]}, "/outcomes/0/outcome"),
        (DOCUMENT | {"outcomes": [LINE | {"outcome": "held"}]}, "/outcomes/0"),
        (DOCUMENT | {"outcomes": [LINE | {"basis": "legal-claim"}]}, "/outcomes/0"),
        (DOCUMENT | {"outcomes": [HELD | {"outcome": "deleted"}]}, "/outcomes/0"),
        (DOCUMENT | {"outcomes": [HELD | {"basis": "mine"}]}, "/outcomes/0/basis"),
        (DOCUMENT | {"outcomes": [HELD | {"basis": {}}]}, "/outcomes/0/basis"),
        (DOCUMENT | {"outcomes": [HELD | {"until": None}]}, "/outcomes/0/until"),
        (DOCUMENT | {"outcomes": [HELD | {"until": DOCUMENT["acknowledged_at"]}]}, "/outcomes/0/until"),
        (DOCUMENT | {"outcomes": [HELD | {"until": "2036-03-02T12:00:01Z"}]}, "/outcomes/0/until"),
    ],
)
def test_what_is_no_answer_is_refused_at_its_place(document: Any, pointer: str | None) -> None:
    with pytest.raises(MalformedInputError) as caught:
        read_acknowledgement(canonical_bytes(document), RecallKind.WITHDRAWAL)
    assert caught.value.pointer == pointer


def test_a_document_has_one_form() -> None:
    with pytest.raises(MalformedInputError, match="canonical"):
        read_acknowledgement(json.dumps(DOCUMENT).encode(), RecallKind.WITHDRAWAL)
    with pytest.raises(MalformedInputError) as caught:
        read_acknowledgement(canonical_bytes(DOCUMENT)[:-1] + b',"type":"receipt"}', RecallKind.WITHDRAWAL)
    assert caught.value.code is Code.JSON_DUPLICATE_KEY
