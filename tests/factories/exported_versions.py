"""Versions as they are exported, and what a writer makes of them, in memory."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from app.domain.export import Compression, ExportFormat
from breakwater_client.formats.port import ExportedBodies, ExportedVersion
from breakwater_client.formats.writers import has_columns, writer_for
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import sign_object
from tests.factories.stix_objects import indicator

ADDED_AT = datetime(2026, 11, 26, 12, 30, 15, 123456, tzinfo=UTC)
SIGNED_AT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
SIGNER = "identity--5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"


class MemoryOuts:
    """Keeps what is written, by table."""

    def __init__(self) -> None:
        self.files: dict[str, bytearray] = {}

    def __call__(self, table: str, /) -> _Memory:
        assert table not in self.files, "a table is begun once"
        self.files[table] = bytearray()
        return _Memory(self.files[table])


class _Memory:
    def __init__(self, content: bytearray) -> None:
        self._content = content

    def write(self, data: bytes, /) -> None:
        self._content += data


def exported(value: dict[str, Any], attestation: str | None = None, **changes: Any) -> ExportedVersion:
    """Give an object as it is exported, signed or not."""
    return exported_bytes(canonical_bytes(value), attestation, **{"stix_id": value["id"], "stix_type": value["type"]} | changes)


def exported_bytes(body: bytes, attestation: str | None = None, **changes: Any) -> ExportedVersion:
    fields: dict[str, Any] = {
        "body": body,
        "attestation": attestation,
        "content_sha256": hashlib.sha256(body).hexdigest(),
        "stix_id": "indicator--00000000-0000-4000-8000-000000000001",
        "stix_type": "indicator",
        "version": "2026-01-05T10:00:00.000Z",
        "publisher": "partner-1",
        "assurance": "publisher-signed" if attestation is None else "channel-attested",
        "keyid": "ab" * 32,
        "log_index": 7,
        "added_at": ADDED_AT,
    }
    return ExportedVersion(**fields | changes)


def signed_indicators(count: int, key: PrivateKey, seed: int = 1, **changes: Any) -> list[ExportedVersion]:
    """Give signed indicators, each with an id of its own."""
    rng = random.Random(seed)
    made = [indicator(rng, **changes) for _ in range(count)]
    return [exported(sign_object(one, key, signer=SIGNER, signed_at=SIGNED_AT)) for one in made]


def written(
    form: ExportFormat, versions: Sequence[ExportedVersion], compression: Compression = Compression.NONE, batch: int = 3
) -> dict[str, bytes]:
    """Give the files of one unit, by table, written in batches of so many."""
    outs = MemoryOuts()
    writer = writer_for(form, compression, outs)
    for batched in batches(versions, batch):
        writer.add(as_taken(form, batched))
    counts = writer.close()
    assert counts.keys() == outs.files.keys()
    return {table: bytes(content) for table, content in outs.files.items()}


def as_taken(form: ExportFormat, versions: Sequence[ExportedVersion]) -> Any:
    """Give versions as the writer of a form takes them."""
    return versions if has_columns(form) else bodies_of(versions)


def bodies_of(versions: Sequence[ExportedVersion]) -> ExportedBodies:
    return ExportedBodies(*([getattr(one, name) for one in versions] for name in ("body", "attestation", "stix_type")))


def batches(versions: Sequence[ExportedVersion], size: int) -> Iterator[Sequence[ExportedVersion]]:
    return (versions[at : at + size] for at in range(0, len(versions), size))


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))
