"""The manifest of an export: its one form, what is refused, and that it is read as it was written."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from app.domain.errors import MalformedInputError, UntrustedSignatureError
from app.domain.export import ExportFormat, Manifest
from breakwater_client.trust import export_manifest
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.export_manifest import (
    MAX_FILE_BYTES,
    MAX_LIFE,
    manifest_digest,
    manifest_payload,
    open_manifest,
    read_manifest,
    sign_manifest,
)
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.export_manifests import AS_OF, NOTICE, exported, first_manifest, next_manifest

KEY = PrivateKey.generate()
KEYS = {KEY.public.keyid: KEY.public}
SEALED = base64.b64encode(bytes(range(32))).decode()
FIRST = first_manifest()
FULL = next_manifest(
    FIRST,
    files=(
        exported("00000002-delta-0001.ndjson.zst", b"d", objects=2, counts={"indicator": 1, "url": 1}),
        exported("00000002-recalls-0001.ndjson.zst", b"r", objects=1, counts={"recall-notice": 1}),
        exported("00000002-snapshot-0001.ndjson.zst", b"s", objects=5, counts={"indicator": 5}),
        exported("00000002-tombstones-0001.ndjson.zst", b"t", objects=1),
    ),
    recalls=(NOTICE,),
)
DOCUMENT: dict[str, Any] = json.loads(manifest_payload(FULL))


@pytest.mark.parametrize(
    "manifest",
    [
        FIRST,
        FULL,
        next_manifest(FULL),
        first_manifest(encryption_key=SEALED, files=(exported("00000001-snapshot-0001.ndjson.zst.hpke"),)),
        first_manifest(form=ExportFormat.CSV, files=(exported("00000001-snapshot-0001-domain-name.csv.gz"),)),
        first_manifest(form=ExportFormat.PARQUET, files=(exported("00000001-snapshot-0001.parquet"),)),
        first_manifest(
            files=(exported("00000001-snapshot-0001-attestations.ndjson.gz"), exported("00000001-snapshot-0001.ndjson.gz"))
        ),
        first_manifest(number=123_456_789, files=(exported("123456789-snapshot-0001.ndjson"),)),
        first_manifest(expires_at=AS_OF + MAX_LIFE),
        first_manifest(files=(exported("00000001-snapshot-0001.ndjson", size=MAX_FILE_BYTES),)),
    ],
)
def test_what_is_signed_is_read_again(manifest: Manifest) -> None:
    assert open_manifest(sign_manifest(manifest, KEY), KEYS) == manifest


def test_files_and_recalls_stand_in_one_order() -> None:
    turned = replace(FULL, files=FULL.files[::-1], recalls=FULL.recalls[::-1])
    assert manifest_payload(turned) == manifest_payload(FULL)


def test_the_digest_is_that_of_what_is_signed() -> None:
    assert manifest_digest(FULL) == sha256(manifest_payload(FULL)).hexdigest() == next_manifest(FULL).previous


def test_another_key_or_another_kind_opens_nothing() -> None:
    with pytest.raises(UntrustedSignatureError):
        open_manifest(sign_manifest(FULL, PrivateKey.generate()), KEYS)
    with pytest.raises(UntrustedSignatureError):
        open_manifest(sign_envelope(PayloadType.RECEIPT, manifest_payload(FULL), KEY), KEYS)


def test_what_nobody_would_take_is_not_signed() -> None:
    with pytest.raises(MalformedInputError):
        sign_manifest(first_manifest(expires_at=AS_OF + MAX_LIFE + timedelta(seconds=1)), KEY)


def refused(payload: bytes) -> str | None:
    with pytest.raises(MalformedInputError) as caught:
        read_manifest(payload)
    return caught.value.pointer


@pytest.mark.parametrize("member", DOCUMENT)
def test_every_member_is_asked_for_and_none_besides(member: str) -> None:
    assert refused(canonical_bytes({name: value for name, value in DOCUMENT.items() if name != member})) == ""
    assert refused(canonical_bytes(DOCUMENT | {f"{member}_": DOCUMENT[member]})) == ""


@pytest.mark.parametrize("member", DOCUMENT)
@pytest.mark.parametrize("value", [True, -1, 1.5, 2**53 - 1, "", "word", [], [1], {"a": 1}, "../x", "x\n"])
def test_a_value_of_another_kind_is_refused(member: str, value: Any) -> None:
    if (member, str(value)) in {
        *(("exchange", "word"), ("partner", "word"), ("definition", "word"), ("filters", "{'a': 1}")),
        *(("agreement_version", str(2**53 - 1)), ("epoch", str(2**53 - 1))),
    }:
        read_manifest(canonical_bytes(DOCUMENT | {member: value}))
    else:
        assert refused(canonical_bytes(DOCUMENT | {member: value})) is not None


FILE_CHANGES: list[dict[str, Any]] = [
    {"name": "00000003-delta-0001.ndjson.zst"},
    {"name": "00000002-snapshot-0001.ndjson.zst"},
    {"name": "00000002-delta-0001.ndjson.zst.hpke"},
    {"name": "00000002-delta-0001-url.ndjson.zst"},
    {"name": "00000002-delta-0001.exe"},
    {"name": "00000002-delta-0001.ndjson/../../x"},
    {"name": "2-delta-0001.ndjson"},
    {"name": None},
    {"part": "snapshot"},
    {"part": "all"},
    {"size": -1},
    {"size": MAX_FILE_BYTES + 1},
    {"size": True},
    {"sha256": "A" * 64},
    {"sha256": "0" * 63},
    {"objects": "1"},
    {"counts": []},
    {"counts": {"Indicator": 1}},
    {"counts": {"": 1}},
    {"counts": {"indicator": -1}},
    {"more": 1},
]


@pytest.mark.parametrize("change", FILE_CHANGES, ids=str)
def test_a_file_has_one_form_and_the_name_of_its_export_and_part(change: dict[str, Any]) -> None:
    files = [DOCUMENT["files"][0] | change, *DOCUMENT["files"][1:]]
    assert (refused(canonical_bytes(DOCUMENT | {"files": files})) or "").startswith("/files")


def without(part: str) -> list[Any]:
    return [one for one in DOCUMENT["files"] if one["part"] != part]


@pytest.mark.parametrize(
    "change",
    [
        {"files": DOCUMENT["files"][::-1]},
        {"files": [*DOCUMENT["files"][:1], *DOCUMENT["files"]]},
        {"files": []},
        {"files": without("delta")},  # tombstones without a delta
        {"files": without("recalls")},  # a recall that is named and is not there
        {"recalls": []},  # and one that is there and not named
        {"recalls": [NOTICE, NOTICE]},
        {"recalls": [NOTICE.replace("recall-notice", "indicator")]},
        {"previous": None},
        {"since": None},
        {"previous": None, "since": None},  # a delta to nothing
        {"since": "2026-11-26T12:05:00.000001Z"},
        {"as_of": "2026-02-30T12:00:00.000000Z"},
        {"expires_at": DOCUMENT["as_of"]},
        {"expires_at": "2027-02-01T00:00:00.000000Z"},
        {"expires_at": "2026-11-26T14:05:00Z"},
        {"encryption_key": SEALED},
        {"encryption_key": SEALED[:-4]},
        {"purpose": "curiosity"},
        {"format": "xml"},
        {"compression": "bzip2"},
    ],
    ids=str,
)
def test_what_no_export_can_be_is_refused(change: dict[str, Any]) -> None:
    assert refused(canonical_bytes(DOCUMENT | change)) is not None


def test_there_is_one_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    good = canonical_bytes(DOCUMENT)
    twice = good.replace(b"{", b'{"agreement_version":1,', 1)
    for payload in (twice, good + b" ", good.decode().encode("utf-16"), b"[]", b"", b"[" * 100_000, b'{"a":NaN}'):
        assert refused(payload) == ""
    monkeypatch.setattr(export_manifest, "_FORM", replace(export_manifest._FORM, max_bytes=len(good) - 1))
    assert refused(good) == ""


def test_more_files_than_may_be_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_manifest, "MAX_FILES", 3)
    assert refused(canonical_bytes(DOCUMENT)) == "/files"
