"""Verifying offline: each step, both ways."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from app.crypto.canonical import canonical_bytes
from app.crypto.envelope import sign_envelope
from app.crypto.keys import PrivateKey
from app.crypto.object_signature import sign_object
from app.crypto.payload_type import PayloadType
from app.domain.errors import BreakwaterError, Code
from app.services.verify_objects import (
    OBJECT_STEPS,
    RECEIPT_STEPS,
    FailedSignature,
    KnownSigner,
    Level,
    Verdict,
    VerifiedSignature,
    is_receipt,
    known_exchange_key,
    known_signer,
    named_keyids,
    named_signer,
    read_known_keys,
    verify_document,
    verify_receipt,
)
from app.stix.published import tlp_markings
from tests.factories.stix_objects import indicator

SIGNER = "identity--8c4f2f6e-6d2b-4f0e-9a35-0c8f3b1f7a10"
OTHER = "identity--11111111-1111-4111-8111-111111111111"
KEY, OTHER_KEY = PrivateKey.generate(), PrivateKey.generate()
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KNOWN = [KnownSigner(KEY.public, SIGNER, "active")]


def signed(**changes: Any) -> dict[str, Any]:
    return sign_object(indicator(**changes), KEY, signer=SIGNER, signed_at=NOW)


def verdict_on(value: dict[str, Any], signers: Sequence[KnownSigner] = KNOWN) -> Verdict:
    [verdict] = verify_document(json.dumps(value).encode(), signers)
    return verdict


def test_a_signed_object_is_verified_as_what_it_is() -> None:
    value = signed(created_by_ref=SIGNER)
    verdict = verdict_on(value)
    assert isinstance(verdict, VerifiedSignature)
    assert (verdict.level, verdict.stix_id, verdict.signer, verdict.keyid) == (
        Level.SIGNED,
        value["id"],
        SIGNER,
        KEY.public.keyid,
    )
    assert (verdict.signed_at, verdict.key_state) == ("2026-03-01T12:00:00Z", "active")


def test_a_published_object_needs_no_signature() -> None:
    verdict = verdict_on(tlp_markings()[0], [])
    assert isinstance(verdict, VerifiedSignature)
    assert verdict.level is Level.PUBLISHED


CHANGED = signed() | {"confidence": 1}
FOREIGN_CREATOR = signed() | {"created_by_ref": OTHER}
FALSE_MARKING = tlp_markings()[0] | {"name": "mine"}


@pytest.mark.parametrize(
    ("value", "signers", "step", "code"),
    [
        (indicator(), KNOWN, 2, Code.SIGNATURE_MISSING),
        (FALSE_MARKING, KNOWN, 2, Code.PROFILE_VIOLATION),
        (signed(), [], 3, Code.KEY_NOT_ACCEPTED),
        (signed(), [KnownSigner(OTHER_KEY.public, SIGNER)], 3, Code.KEY_NOT_ACCEPTED),
        (signed(), [KnownSigner(KEY.public, None)], 4, Code.SIGNER_MISMATCH),
        (signed(), [KnownSigner(KEY.public, OTHER)], 4, Code.SIGNER_MISMATCH),
        (FOREIGN_CREATOR, KNOWN, 4, Code.SIGNER_MISMATCH),
        (CHANGED, KNOWN, 5, Code.SIGNATURE_INVALID),
    ],
)
def test_each_step_fails_by_its_number(value: dict[str, Any], signers: list[KnownSigner], step: int, code: Code) -> None:
    verdict = verdict_on(value, signers)
    assert isinstance(verdict, FailedSignature)
    assert (verdict.step, verdict.refusal.code) == (step, code)


def test_one_bad_object_does_not_hide_the_others() -> None:
    raw = json.dumps({"type": "bundle", "objects": [CHANGED, signed()]}).encode()
    bad, good = verify_document(raw, KNOWN)
    assert isinstance(bad, FailedSignature)
    assert isinstance(good, VerifiedSignature)
    assert (bad.place, good.place) == ("/objects/0", "/objects/1")


def test_an_object_without_an_id_can_still_fail() -> None:
    verdict = verdict_on({"type": "indicator", "id": 7})
    assert isinstance(verdict, FailedSignature)
    assert verdict.stix_id is None


def test_steps_are_numbered_and_each_says_what_it_does_not_check() -> None:
    for steps in (OBJECT_STEPS, RECEIPT_STEPS):
        assert [step.number for step in steps] == list(range(1, len(steps) + 1))
        assert all(step.checked and step.not_checked for step in steps)


# --- keys -------------------------------------------------------------------------------------------------------------------


def record(**changes: Any) -> dict[str, Any]:
    key = {"keyid": KEY.public.keyid, "public_key": KEY.public.to_pem().decode(), "state": "active"}
    return {"key": key, "owner": {"id": "1", "name": "A", "identity_id": SIGNER}} | changes


def test_known_keys_are_read_as_the_exchange_gives_them() -> None:
    assert read_known_keys(json.dumps({"keys": [record()]}).encode()) == KNOWN


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ([], "/keys"),
        ({"keys": {}}, "/keys"),
        ({"keys": [1]}, "/keys/0"),
        ({"keys": [record(key={})]}, "/keys/0"),
        ({"keys": [record(owner=None)]}, "/keys/0"),
        ({"keys": [record(owner={})]}, "/keys/0/owner"),
        ({"keys": [record(key=record()["key"] | {"keyid": OTHER_KEY.public.keyid})]}, "/keys/0/key/keyid"),
        ({"keys": [record(key=record()["key"] | {"public_key": "x"})]}, None),
    ],
)
def test_what_is_no_file_of_keys_is_refused(document: Any, pointer: str | None) -> None:
    with pytest.raises(BreakwaterError) as caught:
        read_known_keys(json.dumps(document).encode())
    assert caught.value.pointer == pointer


def test_a_pem_is_bound_to_the_identity_that_its_reader_names() -> None:
    assert known_signer(KEY.public.to_pem(), SIGNER) == KnownSigner(KEY.public, SIGNER)


def test_the_keys_and_the_signer_that_objects_name_are_found() -> None:
    raw = json.dumps({"objects": [signed(), indicator(), signed()]}).encode()
    assert named_keyids(raw) == [KEY.public.keyid]
    assert (named_signer(signed()), named_signer(indicator())) == (SIGNER, None)


# --- receipts ---------------------------------------------------------------------------------------------------------------

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
    verified = verify_receipt(receipt(document), [known_exchange_key(KEY.public.to_pem())])
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
    ],
)
def test_what_is_no_receipt_of_this_exchange_is_refused(raw: bytes) -> None:
    with pytest.raises(BreakwaterError):
        verify_receipt(raw, [KEY.public])


def test_a_receipt_is_told_by_its_shape() -> None:
    assert is_receipt(receipt({"type": "another"}))
    assert not is_receipt(json.dumps(signed()).encode())
    assert not is_receipt(b'{"payloadType"')
    assert not is_receipt(json.dumps({"type": "note", "payloadType": 1}).encode())
    assert not is_receipt(b'["payloadType"]')
    assert not is_receipt(b'"payloadType"' + b" " * (16 * 1024 * 1024))


@pytest.mark.parametrize("count", [1_000, 5_000])
def test_a_receipt_of_as_many_objects_as_a_submission_may_have_is_verified(count: int) -> None:
    objects = [{**STORED, "payload_digest": f"{number:064x}", "log_index": number} for number in range(count)]
    raw = receipt({"type": "submission-receipt", "objects": objects})
    assert is_receipt(raw)
    assert len(verify_receipt(raw, [KEY.public]).digests) == count


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
        verify_receipt(raw, [KEY.public])
    assert caught.value.code is code


def test_the_payload_of_a_receipt_is_strict_json() -> None:
    payload = b'{"type":"submission-receipt","objects":[],"objects":[]}'
    raw = json.dumps(sign_envelope(PayloadType.RECEIPT, payload, KEY)).encode()
    with pytest.raises(BreakwaterError) as caught:
        verify_receipt(raw, [KEY.public])
    assert caught.value.code is Code.JSON_DUPLICATE_KEY
