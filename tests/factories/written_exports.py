"""Exports as an exchange writes them, in a folder: real files, real signatures, one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from app.domain.export import Compression, ExportedFile, ExportFormat, FilePart, Manifest
from breakwater_client.formats.compression import compressing
from breakwater_client.formats.port import ExportedVersion, Out
from breakwater_client.formats.writers import extension_for, writer_for
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.export_manifest import manifest_digest, sign_manifest
from breakwater_client.trust.export_seal import OpeningKey, Sealer, seal_info
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import sign_object
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.trust.strict_base64 import encode_base64
from tests.factories.export_manifests import DEFINITION, EXCHANGE, exported, first_manifest
from tests.factories.exported_versions import as_taken

PUBLISHER = "identity--11111111-1111-4111-8111-111111111111"
CREATED = "2026-11-26T12:00:00.000Z"


def indicator(place: int, key: PrivateKey | None = None, **changes: Any) -> dict[str, Any]:
    """Give an indicator of this place, signed if there is a key."""
    domain = f"host-{place}.example.org"
    value = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{place:08d}-0000-4000-8000-000000000000",
        "created": CREATED,
        "modified": CREATED,
        "valid_from": CREATED,
        "pattern_type": "stix",
        "pattern": f"[domain-name:value = '{domain}']",
    } | changes
    return value if key is None else sign_object(value, key, signer=PUBLISHER, signed_at=datetime.now(UTC))


def digest_of(value: Mapping[str, Any]) -> str:
    """Give the SHA-256 (hex) of an object's stored bytes."""
    return sha256(canonical_bytes(value)).hexdigest()


def tombstone(value: Mapping[str, Any], reason: str = "withdrawn") -> dict[str, Any]:
    """Give what tells a mirror to take an object away."""
    version = value.get("modified")
    return {"content_sha256": digest_of(value), "id": value["id"], "version": version, "reason": reason}


def notice(place: int, *recalled: Mapping[str, Any]) -> dict[str, Any]:
    """Give a notice that calls objects back; it is not signed."""
    named = [{"stix_id": one["id"], "version": one["modified"]} for one in recalled]
    notice_id = f"recall-notice--{place:08d}-0000-4000-8000-000000000000"
    return {"type": "recall-notice", "id": notice_id, "recalled": named, "reason": "error", "act": "delete"}


@dataclass
class Written:
    """What is written for one export. A part that is None is not there; an empty one has an empty file."""

    delta: Sequence[Mapping[str, Any]] | None = None
    snapshot: Sequence[Mapping[str, Any]] | None = None
    tombstones: Sequence[Mapping[str, Any]] = ()
    recalls: Sequence[Mapping[str, Any]] = ()


@dataclass
class ExportWriter:
    """Writes exports of one definition below ``folder``, each into a folder of its number."""

    folder: Path
    form: ExportFormat = ExportFormat.STIX_NDJSON
    compression: Compression = Compression.ZSTD
    key: PrivateKey = field(default_factory=PrivateKey.generate)
    manifests: list[Manifest] = field(default_factory=list)
    opening: OpeningKey | None = None

    def write(self, written: Written, **changes: Any) -> Manifest:
        """Write the next export, with ``changes`` to its manifest."""
        before = self.manifests[-1] if self.manifests else None
        number, now = (before.number + 1 if before else 1), datetime.now(UTC)
        into = self.folder / f"{number:08d}"
        into.mkdir(parents=True)
        manifest = first_manifest(
            form=self.form,
            compression=self.compression,
            number=number,
            previous=manifest_digest(before) if before else None,
            since=before.as_of if before else None,
            as_of=now,
            expires_at=now + timedelta(hours=2),
            encryption_key=encode_base64(self.opening.public) if self.opening else None,
            files=tuple(self._files(into, number, written)),
            recalls=tuple(sorted(one["id"] for one in written.recalls)),
        )
        manifest = replace(manifest, **changes)
        self.lay(manifest)
        self.manifests.append(manifest)
        return manifest

    def lay(self, manifest: Manifest) -> None:
        """Sign a manifest and put it into its folder."""
        path = self.folder / f"{manifest.number:08d}" / "manifest.json"
        path.write_text(json.dumps(sign_manifest(manifest, self.key)))

    def _files(self, into: Path, number: int, written: Written) -> Iterable[ExportedFile]:
        for part, values in ((FilePart.DELTA, written.delta), (FilePart.SNAPSHOT, written.snapshot)):
            if values is not None:
                yield from self._objects(into, f"{number:08d}-{part}-0001", values)
        for part, lines in ((FilePart.TOMBSTONES, written.tombstones), (FilePart.RECALLS, written.recalls)):
            if lines:
                out = BytesIO()
                compressed = compressing(out, self.compression)
                for one in lines:
                    compressed.write(canonical_bytes(one) + b"\n")
                compressed.close()
                name = f"{number:08d}-{part}-0001" + extension_for(ExportFormat.STIX_NDJSON, self.compression)
                yield self._laid(into, name, out.getvalue(), objects=len(lines))

    def _objects(self, into: Path, stem: str, values: Sequence[Mapping[str, Any]]) -> Iterable[ExportedFile]:
        outs: dict[str, BytesIO] = {}

        def begin(table: str, /) -> Out:
            outs[table] = BytesIO()
            return outs[table]

        writer = writer_for(self.form, self.compression, begin)
        if values:
            writer.add(as_taken(self.form, [self._version(one) for one in values]))
        for table, counts in writer.close().items():
            name = stem + extension_for(self.form, self.compression, table)
            yield self._laid(into, name, outs[table].getvalue(), objects=sum(counts.values()), counts=counts)

    def _laid(self, into: Path, name: str, content: bytes, **said: Any) -> ExportedFile:
        """Put a file into its folder, sealed if there is a key, and give what the manifest says of it."""
        if self.opening is not None:
            name, out = f"{name}.hpke", BytesIO()
            sealer = Sealer(out, self.opening.public, seal_info(EXCHANGE, DEFINITION, int(into.name), name))
            sealer.write(content)
            sealer.close()
            content = out.getvalue()
        (into / name).write_bytes(content)
        return exported(name, content, **said)

    def _version(self, value: Mapping[str, Any]) -> ExportedVersion:
        body = canonical_bytes(value)
        is_signed = "extensions" in value
        return ExportedVersion(
            body=body,
            attestation=None if is_signed else json.dumps(attestation(value, self.key)),
            content_sha256=sha256(body).hexdigest(),
            stix_id=value["id"],
            stix_type=value["type"],
            version=value.get("modified", CREATED),
            publisher="2b7c2d4a-26a4-4d3e-8f0c-54a6f5f6a999",
            assurance="publisher-signed" if is_signed else "channel-attested",
            keyid=self.key.public.keyid,
            log_index=1,
            added_at=datetime(2026, 11, 26, 12, tzinfo=UTC),
        )


def attestation(value: Mapping[str, Any], key: PrivateKey) -> dict[str, Any]:
    """Give what the exchange signs beside an object that nobody signed."""
    said = {"type": "object-attestation", "id": value["id"], "payload_digest": digest_of(value), "identity": PUBLISHER}
    return sign_envelope(PayloadType.ATTESTATION, canonical_bytes(said), key)
