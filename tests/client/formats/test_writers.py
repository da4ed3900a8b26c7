"""Which form, compression and ending belong together."""

from __future__ import annotations

import pytest

from app.domain.export import Compression, ExportFormat
from breakwater_client.formats.compression import decompressed
from breakwater_client.formats.port import ATTESTATIONS, MAIN
from breakwater_client.formats.writers import extension_for
from tests.factories.exported_versions import exported_bytes, written

ENDINGS = [
    (ExportFormat.STIX_NDJSON, Compression.ZSTD, MAIN, ".ndjson.zst"),
    (ExportFormat.STIX_NDJSON, Compression.NONE, ATTESTATIONS, "-attestations.ndjson"),
    (ExportFormat.STIX_BUNDLE, Compression.GZIP, MAIN, ".json.gz"),
    (ExportFormat.STIX_BUNDLE, Compression.GZIP, ATTESTATIONS, "-attestations.ndjson.gz"),
    (ExportFormat.PARQUET, Compression.ZSTD, MAIN, ".parquet"),
    (ExportFormat.CSV, Compression.ZSTD, "attack-pattern", "-attack-pattern.csv.zst"),
]


@pytest.mark.parametrize(("form", "compression", "table", "ending"), ENDINGS)
def test_a_name_ends_as_its_form_does(form: ExportFormat, compression: Compression, table: str, ending: str) -> None:
    assert extension_for(form, compression, table) == ending


@pytest.mark.parametrize("compression", Compression)
@pytest.mark.parametrize("form", [ExportFormat.STIX_NDJSON, ExportFormat.STIX_BUNDLE])
def test_every_file_of_a_unit_is_compressed_and_whole(form: ExportFormat, compression: Compression) -> None:
    files = written(form, [exported_bytes(b'{"a":1}', '{"payload":"x"}')], compression)
    opened = {name: b"".join(decompressed([content], compression, 1000)) for name, content in files.items()}
    assert opened[ATTESTATIONS] == b'{"payload":"x"}\n'
    assert b'{"a":1}\n' in opened[MAIN]
