"""What is fuzzed of bulk exports: manifests, files in every form and compression, the lines beside them, and what is sealed.

Owns these targets; ``targets`` has the others. Kept by ``tests/promises/test_fuzzing.py``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from hashlib import sha256
from io import BytesIO
from itertools import product
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.export import Compression, ExportFormat
from breakwater_client.documents.strict_json import parse
from breakwater_client.formats.readers import read_versions
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.export_manifest import manifest_payload, read_manifest, sign_manifest
from breakwater_client.trust.export_seal import OpeningKey, open_sealed
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.strict_base64 import encode_base64
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.read_exports import held_object, read_file
from breakwater_client.verifying.verify_exports import Expected, OpenedExport, accepted_bytes, open_export, read_accepted
from tests.factories import written_exports
from tests.factories.export_manifests import NOTICE, first_manifest, next_manifest
from tests.factories.export_manifests import exported as listed
from tests.factories.exported_versions import exported, written
from tests.fuzzing.target import Target

_KEY, _OTHER = (PrivateKey(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)) for number in (1, 2))
_MANIFESTS = [first_manifest(), next_manifest(first_manifest())]
_MOST_BYTES = 1024 * 1024
"""So much is taken from one input, however small it is compressed."""

_WORDS = (b'"number":', b'"previous":null', b'"files":[]', b'"recalls":[]', b'"since":', b"00000001-delta-0001.ndjson", b"null")
_WORDS += (b"1e999", b"-1", b"NaN", b'"":', b"\\u0000", b"\n", b"..", b"/", b".hpke", b'"as_of":"2026-11-26T12:00:00"')


# --- manifests, and what was accepted ---------------------------------------------------------------------------------------


def _manifest(data: bytes) -> None:
    opened = open_export(data, [ExchangeKey(_KEY.public)], Expected())
    assert opened.manifest in _MANIFESTS, "what nobody signed is a manifest"


def _manifests() -> list[bytes]:
    return [canonical_bytes(sign_manifest(one, key)) for one in _MANIFESTS for key in (_KEY, _OTHER)]


def _payload(data: bytes) -> None:
    assert manifest_payload(read_manifest(data)) == data, "a manifest has a second spelling"


def _accepted(data: bytes) -> None:
    accepted = read_accepted(data)
    assert read_accepted(accepted_bytes(accepted)) == accepted


def _accepted_files() -> list[bytes]:
    return [accepted_bytes(OpenedExport(one, "ab" * 32, _KEY.public.keyid).accepted) for one in _MANIFESTS]


# --- files: the first byte says in which form and compression, or as which part, the rest is read ------------------------------

_COMPRESSIONS = tuple(Compression)
_TEXTS = tuple(product((ExportFormat.CSV, ExportFormat.STIX_BUNDLE, ExportFormat.STIX_NDJSON), _COMPRESSIONS))


@cache
def _versions() -> list[Any]:
    return [exported(written_exports.indicator(1, modified="2026-11-26T12:00:01.000Z")), exported(written_exports.indicator(2))]


def _read(form: ExportFormat, compression: Compression, data: bytes) -> None:
    for content, attestation in read_versions(form, compression, BytesIO(data), _MOST_BYTES):
        held = held_object(content, attestation)
        assert held.content_sha256 == sha256(content).hexdigest()
        assert parse(content)["id"] == held.stix_id


def _objects(data: bytes) -> None:
    form, compression = _TEXTS[data[0] % len(_TEXTS) if data else 0]
    _read(form, compression, data[1:])


def _object_files() -> list[bytes]:
    return [
        bytes([number]) + content
        for number, (form, compression) in enumerate(_TEXTS)
        for table, content in written(form, _versions(), compression).items()
        if table != "attestations"
    ]


def _parquet(data: bytes) -> None:
    _read(ExportFormat.PARQUET, Compression.NONE, data)


_PARTS = ("delta-0001-attestations", "recalls-0001", "tombstones-0001")


def _lines(data: bytes) -> None:
    file = listed(f"00000002-{_PARTS[data[0] % len(_PARTS) if data else 0]}.ndjson", objects=1)
    manifest = replace(_MANIFESTS[1], compression=Compression.NONE, files=(file,))
    with NamedTemporaryFile() as place:
        place.write(data[1:])
        place.flush()
        assert len(list(read_file(manifest, file, Path(place.name)))) == 1, "it holds more than its manifest says"


def _line_files() -> list[bytes]:
    said = canonical_bytes({"payload_digest": "ab" * 32, "identity": written_exports.PUBLISHER})
    envelope = {"payloadType": "t", "payload": encode_base64(said), "signatures": []}
    indicator = written_exports.indicator(1)
    lines = [envelope, {"type": "recall-notice", "id": NOTICE}, written_exports.tombstone(indicator)]
    return [bytes([number]) + canonical_bytes(one) + b"\n" for number, one in enumerate(lines)]


# --- what is sealed: two files, sealed once and for all, since each seal is another --------------------------------------------

_OPENING, _PLACE = OpeningKey(bytes([7]) * 32), b"a file's place"
_SEALED = {
    bytes.fromhex(
        "627265616b77617465722d7365616c2d310a49d279dc011a3cfc03d655daf9aaefba57096dfa7cc3dc37bf780b9a74dbc9125116d94bd0fae8d298d6"
        "15a2e56afc752be06bb25a1233bdfa886692332a3af0b6837b0d6c35acb7027c7181b5dd625a63d9662a5aed03b7950eb10f9e880de6"
    ): b"",
    bytes.fromhex(
        "627265616b77617465722d7365616c2d310abda5818ecba2787835c7bd60ee6a42ce2e86442d61265920258afc0fcbf7c6709e5b99a8e749e44ad026"
        "e442e9f78a1069ddee0f1833bbf3d0782c10ce00b3060beec6c6acb4d4a7c2b56f8da8c4ecb5ca33136e00e351de65dae8748ea9a9168d1d7c53ef5f"
        "0bc7b043ee0f8b992964391ec91cb023"
    ): b'{"id":"indicator--1"}\n',
}


def _sealed(data: bytes) -> None:
    opened = b"".join(open_sealed([data[:50], data[50:]], _OPENING, _PLACE))
    assert opened == _SEALED.get(data), "what nobody sealed is opened"


EXPORT_TARGETS = {
    "export-accepted": Target(_accepted, _accepted_files, (*_WORDS, b'"format": 1'), longest=1024),
    "export-lines": Target(_lines, _line_files, _WORDS),
    "export-manifest": Target(_manifest, _manifests, _WORDS, longest=4096),
    "export-manifest-payload": Target(_payload, lambda: list(map(manifest_payload, _MANIFESTS)), _WORDS, longest=4096),
    "export-objects": Target(_objects, _object_files, (*_WORDS, b'"\r\n', b'""', b'{"objects":['), longest=4096),
    "export-parquet": Target(
        _parquet, lambda: list(written(ExportFormat.PARQUET, _versions()).values()), (b"PAR1",), longest=65536
    ),
    "export-sealed": Target(_sealed, lambda: list(_SEALED), longest=256),
}
