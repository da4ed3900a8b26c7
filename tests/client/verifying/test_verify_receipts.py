"""Verifying offline what the exchange signs: each step, both ways."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.errors import BreakwaterError, Code
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import sign_object
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.verify_receipts import read_attestations, verify_receipt
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator, stix_id

KEY, OTHER_KEY = PrivateKey.generate(), PrivateKey.generate()
KEYS = [ExchangeKey(KEY.public)]


def signed() -> dict[str, Any]:
    return sign_object(indicator(), KEY, signer=stix_id("identity"), signed_at=NOW)


STORED = {"decision": "stored", "payload_digest": "ab", "log_index": 7}
ALREADY = {"decision": "already-stored", "payload_digest": "cd", "log_index": 3}
REFUSED = {"decision": "refused", "payload_digest": "ef"}


def receipt(document: Any, key: PrivateKey = KEY, kind: PayloadType = PayloadType.RECEIPT) -> bytes:
    return json.dumps(sign_envelope(kind, canonical_bytes(document), key)).encode()


@pytest.mark.parametrize(
    ("document", "held"),
    [
        ({"type": "submission-receipt", "objects": [STORED, ALREADY, REFUSED]}, {"ab": 7, "cd": 3}),
        ({"type": "object-receipt", **STORED}, {"ab": 7}),
    ],
)
def test_a_receipt_says_what_the_exchange_holds(document: dict[str, Any], held: dict[str, int]) -> None:
    verified = verify_receipt(receipt(document), KEYS)
    assert (verified.document, verified.digests, verified.keyid) == (document, held, KEY.public.keyid)


@pytest.mark.parametrize(
    "raw",
    [
        b"[]",
        b"{}",
        receipt({"type": "submission-receipt", "objects": []}, OTHER_KEY),
        receipt({"type": "submission-receipt", "objects": []}, kind=PayloadType.AUDIENCE),
        receipt({"type": "another"}),
        receipt([]),
        receipt({"type": "submission-receipt", "objects": {}}),
        receipt({"type": "submission-receipt", "objects": [1]}),
        receipt({"type": "submission-receipt", "objects": [{**STORED, "decision": {"a": 1}}]}),
        receipt({"type": "submission-receipt", "objects": [{"payload_digest": "ab", "log_index": 7}]}),
    ],
)
def test_what_is_no_receipt_of_this_exchange_is_refused(raw: bytes) -> None:
    with pytest.raises(BreakwaterError):
        verify_receipt(raw, KEYS)


@pytest.mark.parametrize("count", [1_000, 5_000])
def test_a_receipt_of_as_many_objects_as_a_submission_may_have_is_verified(count: int) -> None:
    objects = [{**STORED, "payload_digest": f"{number:064x}", "log_index": number} for number in range(count)]
    raw = receipt({"type": "submission-receipt", "objects": objects})
    assert len(verify_receipt(raw, KEYS).digests) == count


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'{"payloadType"', b'{"payload": "e30=", "payloadType"', Code.JSON_DUPLICATE_KEY),
        (b'{"keyid"', b'{"keyid": "", "keyid"', Code.JSON_DUPLICATE_KEY),
        (b'{"payloadType"', b'{"a": "' + b"a" * 70_000 + b'", "payloadType"', Code.JSON_STRING_TOO_LONG),
        (b'{"payloadType"', b'{"a": NaN, "payloadType"', Code.JSON_NUMBER_OUT_OF_RANGE),
        (b'{"payloadType"', b'{"a": "\\ud800", "payloadType"', Code.JSON_STRING_FORBIDDEN),
    ],
)
def test_only_the_payload_of_an_envelope_may_be_long(old: bytes, new: bytes, code: Code) -> None:
    raw = receipt({"type": "submission-receipt", "objects": []}).replace(old, new)
    with pytest.raises(BreakwaterError) as caught:
        verify_receipt(raw, KEYS)
    assert caught.value.code is code


def test_the_payload_of_a_receipt_is_strict_json() -> None:
    payload = b'{"type":"submission-receipt","objects":[],"objects":[]}'
    raw = json.dumps(sign_envelope(PayloadType.RECEIPT, payload, KEY)).encode()
    with pytest.raises(BreakwaterError) as caught:
        verify_receipt(raw, KEYS)
    assert caught.value.code is Code.JSON_DUPLICATE_KEY


# --- attestations -----------------------------------------------------------------------------------------------------------

ATTESTED = {"type": "object-attestation", "id": "indicator--1", "payload_digest": "ab" * 32}


def line(document: Any, key: PrivateKey = KEY, kind: PayloadType = PayloadType.ATTESTATION) -> bytes:
    return json.dumps(sign_envelope(kind, canonical_bytes(document), key)).encode()


def test_attestations_are_found_by_the_digest_they_name_each_once() -> None:
    other = ATTESTED | {"payload_digest": "cd" * 32}
    raw = b"\n".join([line(ATTESTED), line(other), b"", line(ATTESTED)])
    found = read_attestations(raw, KEYS)
    assert {digest: one.document for digest, one in found.items()} == {"ab" * 32: ATTESTED, "cd" * 32: other}
    assert {one.keyid for one in found.values()} == {KEY.public.keyid}
    assert read_attestations(b"\n", []) == {}


@pytest.mark.parametrize(
    "raw",
    [
        b"[]",
        b"{}",
        b"not JSON",
        line(ATTESTED, OTHER_KEY),
        line(ATTESTED, kind=PayloadType.RECEIPT),
        line(ATTESTED | {"type": "object-receipt"}),
        line(ATTESTED | {"payload_digest": 1}),
        line([]),
        line(ATTESTED).replace(b'"sig": "', b'"sig": "AAAA'),
    ],
)
def test_a_line_that_fails_a_step_refuses_the_file(raw: bytes) -> None:
    with pytest.raises(BreakwaterError):
        read_attestations(line(ATTESTED) + b"\n" + raw, KEYS)


def test_the_time_of_a_receipt_for_one_object_counts_for_nothing() -> None:
    """It is signed whenever somebody asks: whoever took a server over would have it dated back."""
    at = "2026-03-01T12:00:00.000000Z"
    for document, expected in (
        ({"type": "submission-receipt", "received_at": at, "objects": [STORED]}, datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ({"type": "object-receipt", "received_at": at, **STORED}, None),
    ):
        assert verify_receipt(receipt(document), KEYS).received_at == expected
