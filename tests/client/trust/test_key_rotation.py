from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.errors import UntrustedSignatureError
from app.domain.vocabulary import KeyUsage
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.key_rotation import Rotation, open_rotation, rotation_payload, sign_rotation
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.payload_type import PayloadType

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD, NEW = PrivateKey.generate(), PrivateKey.generate()
ROTATION = Rotation(OLD.public.keyid, NEW.public.keyid, KeyUsage.REQUEST_SIGNING, "partner")
DOCUMENT: dict[str, Any] = json.loads(rotation_payload(replace(ROTATION, not_before=NOW)))


@pytest.mark.parametrize("terms", [{}, {"not_before": NOW}, {"retire_at": NOW}, {"not_before": NOW, "retire_at": NOW}])
def test_what_the_old_key_signed_is_read_again(terms: dict[str, datetime]) -> None:
    rotation = replace(ROTATION, **terms)
    assert open_rotation(sign_rotation(rotation, OLD), OLD.public) == rotation


def test_the_new_key_does_not_sign_for_itself() -> None:
    with pytest.raises(UntrustedSignatureError):
        open_rotation(sign_rotation(ROTATION, NEW), OLD.public)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"1",
        b"\xff",
        b"[" * 5_000,
        canonical_bytes(DOCUMENT) + b" ",
        *(
            canonical_bytes(document)
            for document in (
                DOCUMENT | {"x": 1},
                {name: value for name, value in DOCUMENT.items() if name != "partner_id"},
                {name: value for name, value in DOCUMENT.items() if name != "type"},
                DOCUMENT | {"type": "possession"},
                DOCUMENT | {"usage": "anything"},
                DOCUMENT | {"usage": []},
                DOCUMENT | {"not_before": None},
                DOCUMENT | {"not_before": "2026-03-01T12:00:00Z"},
                DOCUMENT | {"not_before": "2026-03-01T13:00:00.000000+01:00"},
                DOCUMENT | {"not_before": 1},
            )
        ),
    ],
)
def test_only_the_closed_shape_in_its_one_spelling_is_a_rotation(payload: bytes) -> None:
    with pytest.raises(UntrustedSignatureError):
        open_rotation(sign_envelope(PayloadType.KEY_ROTATION, payload, OLD), OLD.public)


def test_another_kind_of_document_is_none() -> None:
    envelope = sign_envelope(PayloadType.POSSESSION, rotation_payload(ROTATION), OLD)
    for one in (envelope, envelope | {"payloadType": PayloadType.KEY_ROTATION.value}):
        with pytest.raises(UntrustedSignatureError):
            open_rotation(one, OLD.public)
