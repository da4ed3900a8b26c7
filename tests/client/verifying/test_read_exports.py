"""What lies in the files of exports is read in every form, and held against the manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import Code, UnprovenError
from app.domain.export import Compression, ExportFormat, Manifest
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.verifying.read_exports import Attested, HeldObject, Notice, Record, Tombstone, read_file
from tests.factories.export_manifests import exported
from tests.factories.written_exports import PUBLISHER, ExportWriter, Written, attestation, digest_of, indicator, notice, tombstone

KEY = PrivateKey.generate()
OBSERVABLE = {
    "type": "url",
    "spec_version": "2.1",
    "id": "url--00000000-0000-4000-8000-000000000001",
    "value": "https://example.org",
}
OBJECTS = [indicator(1, KEY), indicator(2), OBSERVABLE]


def read(folder: Path, manifest: Manifest, name: str) -> list[Record]:
    into = folder / f"{manifest.number:08d}"
    return [record for one in manifest.files if name in one.name for record in read_file(manifest, one, into / one.name)]


def held(records: Sequence[Record]) -> list[HeldObject]:
    return [one for one in records if isinstance(one, HeldObject)]


@pytest.mark.parametrize("form", list(ExportFormat))
@pytest.mark.parametrize("compression", list(Compression))
def test_objects_come_out_as_they_went_in(tmp_path: Path, form: ExportFormat, compression: Compression) -> None:
    writer = ExportWriter(tmp_path, form, compression)
    manifest = writer.write(Written(snapshot=OBJECTS))
    records = read(tmp_path, manifest, "snapshot-0001")
    found = {one.content_sha256: one for one in held(records)}
    assert found.keys() == {digest_of(one) for one in OBJECTS}
    for value in OBJECTS:
        one = found[digest_of(value)]
        expected = (value["id"], value["type"], value.get("modified"), canonical_bytes(value))
        assert (one.stix_id, one.stix_type, one.version, one.content) == expected
    beside = {one.content_sha256: one.identity for one in records if isinstance(one, Attested)}
    within = {one.content_sha256: one.publisher for one in held(records) if one.attestation is not None}
    assert beside | within == {digest_of(one): PUBLISHER for one in OBJECTS[1:]}
    assert found[digest_of(OBJECTS[0])].publisher == PUBLISHER


def test_tombstones_and_notices_are_read(tmp_path: Path) -> None:
    writer = ExportWriter(tmp_path)
    writer.write(Written(snapshot=OBJECTS))
    recall = notice(1, OBJECTS[0])
    manifest = writer.write(Written(delta=[], tombstones=[tombstone(OBJECTS[0])], recalls=[recall]))
    assert read(tmp_path, manifest, "tombstones") == [Tombstone(digest_of(OBJECTS[0]), "withdrawn")]
    assert read(tmp_path, manifest, "recalls") == [Notice(recall["id"], recall, canonical_bytes(recall))]
    assert read(tmp_path, manifest, "delta") == []


LINES: list[tuple[str, bytes]] = [
    ("snapshot", b'{"id":"a","id":"a","type":"url"}\n'),
    ("snapshot", b"[]\n"),
    ("snapshot", b'{"id":"a"}\n'),
    ("snapshot", b'{"id":"a","type":"url"}'),
    ("tombstones", b'{"id":"a"}\n'),
    ("recalls", b'{"id":"a","type":"url"}\n'),
    ("snapshot-0001-attestations", b'{"payload":1}\n'),
    ("snapshot-0001-attestations", b'{"payload":"e30="}\n'),
]


@pytest.mark.parametrize(("part", "content"), LINES, ids=str)
def test_what_is_no_line_of_a_part_is_refused(tmp_path: Path, part: str, content: bytes) -> None:
    writer = ExportWriter(tmp_path)
    manifest = writer.write(Written(snapshot=[]))
    stem = part if "-" in part else f"{part}-0001"
    name = f"00000001-{stem}.ndjson"
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnprovenError) as caught:
        list(read_file(manifest, exported(name, content, objects=1, counts={"url": 1}), tmp_path / name))
    assert caught.value.code is Code.EXPORT_DIFFERENT


@pytest.mark.parametrize("change", [{"objects": 4}, {"counts": {"url": 3}}, {"counts": {}}], ids=str)
def test_other_counts_than_the_manifests_are_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    writer = ExportWriter(tmp_path)
    manifest = writer.write(Written(snapshot=OBJECTS))
    [file] = [one for one in manifest.files if "attest" not in one.name]
    with pytest.raises(UnprovenError, match="what its manifest says"):
        list(read_file(manifest, replace(file, **change), tmp_path / "00000001" / file.name))


def test_a_sealed_file_wants_a_key(tmp_path: Path) -> None:
    writer = ExportWriter(tmp_path)
    manifest = writer.write(Written(snapshot=OBJECTS))
    file = replace(manifest.files[0], name=manifest.files[0].name + ".hpke")
    (tmp_path / file.name).write_bytes(b"sealed")
    with pytest.raises(UnprovenError, match="decryption-key"):
        list(read_file(manifest, file, tmp_path / file.name))


def test_attestations_are_whole_envelopes(tmp_path: Path) -> None:
    writer = ExportWriter(tmp_path)
    manifest = writer.write(Written(snapshot=OBJECTS))
    envelopes = [one.envelope for one in read(tmp_path, manifest, "attestations") if isinstance(one, Attested)]
    assert len(envelopes) == len({*envelopes}) == 2
    assert attestation(OBJECTS[1], writer.key)["payload"] in envelopes[0]
