"""What a file holds is told by its shape; what nobody knows is taken for objects, which then fail."""

from __future__ import annotations

import json

import pytest

from app.services.offline.recognise_file import FileKind, kind_of
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.small_logs import SmallLog, raw
from tests.factories.stix_objects import indicator

LOG = SmallLog().fill(5)


def envelope(kind: PayloadType) -> bytes:
    return raw(sign_envelope(kind, canonical_bytes({}), PrivateKey.generate()))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", FileKind.EMPTY),
        (b" \n", FileKind.EMPTY),
        (LOG.checkpoint().encode(), FileKind.CHECKPOINT),
        (raw(LOG.proof(1)), FileKind.PROOF),
        (raw(LOG.consistency(2)), FileKind.CONSISTENCY),
        (raw(LOG.submission([1, 2])), FileKind.SUBMISSION_PROOF),
        (raw({"proofs": [LOG.proof(1)]}), FileKind.PROOFS),
        (raw([LOG.proof(1)]), FileKind.PROOFS),
        (raw({"document": {}, "proof": LOG.proof(1)}), FileKind.ENTRY_PROOF),
        (raw(LOG.receipt([1])), FileKind.RECEIPT),
        (envelope(PayloadType.KEY_DIRECTORY), FileKind.DIRECTORY),
        (envelope(PayloadType.AUDIENCE), FileKind.RECEIPT),
        (raw(indicator()), FileKind.OBJECTS),
        (raw({"type": "bundle", "objects": [indicator()]}), FileKind.OBJECTS),
        (raw({"type": "note", "payloadType": 1}), FileKind.OBJECTS),
        (raw({"type": ["log-proof"], "x": "log-"}), FileKind.OBJECTS),
        (b'["payloadType"]', FileKind.OBJECTS),
        (b'{"payloadType"', FileKind.OBJECTS),
        (json.dumps(PayloadType.KEY_DIRECTORY).encode(), FileKind.OBJECTS),
        (PayloadType.KEY_DIRECTORY.encode(), FileKind.OBJECTS),
        (b'"payloadType"' + b" " * (16 * 1024 * 1024), FileKind.OBJECTS),
        (b"\xff\xfe", FileKind.OBJECTS),
        (b"a text", FileKind.OBJECTS),
    ],
)
def test_a_file_is_told_by_its_shape(content: bytes, kind: FileKind) -> None:
    assert kind_of(content) is kind
