"""Verifying agreements offline: each step, both ways."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.services.offline.recognise_file import FileKind, kind_of
from app.services.offline.verify_agreements import verify_agreement
from app.services.offline.verify_files import Trust, verify_files
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.steps import FailedStepError
from tests.factories.policy_values import NOW
from tests.factories.signers import EXCHANGE, statement

KEY, OTHER_KEY = PrivateKey.generate(), PrivateKey.generate()
KEYS = [ExchangeKey(KEY.public)]
DOCUMENT = statement("agreement", NOW)


def signed(document: Any = DOCUMENT, key: PrivateKey = KEY, kind: PayloadType = PayloadType.AGREEMENT) -> dict[str, Any]:
    return sign_envelope(kind, canonical_bytes(document), key)


def answer(**changes: Any) -> dict[str, Any]:
    return {"document": DOCUMENT, "digest": "ab", "envelope": signed(), "log_index": 7} | changes


@pytest.mark.parametrize("value", [signed(), answer()])
def test_what_the_exchange_signed_is_verified(value: dict[str, Any]) -> None:
    raw = json.dumps(value).encode()
    assert kind_of(raw) is FileKind.AGREEMENT
    verified = verify_agreement(raw, KEYS, EXCHANGE)
    assert (verified.document, verified.keyid) == (DOCUMENT, KEY.public.keyid)
    found = verify_files({"agreement.json": raw}, Trust(statements=KEYS))
    assert [name for name, _ in found.agreements] == ["agreement.json"]
    assert not found.failed
    assert verify_files({"agreement.json": raw}, Trust()).failed


@pytest.mark.parametrize(
    ("value", "step"),
    [
        (answer(envelope=None), 1),
        (signed(kind=PayloadType.RECEIPT), 1),
        ([], 1),
        (signed(key=OTHER_KEY), 2),
        (signed() | {"payload": signed(DOCUMENT | {"version": 2})["payload"]}, 3),
        (signed(DOCUMENT | {"more": 1}), 4),
        (signed({name: one for name, one in DOCUMENT.items() if name != "read"}), 4),
        (signed(DOCUMENT | {"type": "submission-receipt"}), 4),
        (signed([]), 4),
        (signed(DOCUMENT | {"exchange": "another"}), 4),
        (sign_envelope(PayloadType.AGREEMENT, json.dumps(DOCUMENT).encode(), KEY), 4),
        (answer(document=DOCUMENT | {"version": 2}), 4),
    ],
)
def test_what_it_did_not_sign_fails_at_its_step(value: Any, step: int) -> None:
    with pytest.raises(FailedStepError) as caught:
        verify_agreement(json.dumps(value).encode(), KEYS, EXCHANGE)
    assert caught.value.number == step
