"""Of every form, with every compression, some objects are taken away; the others stay as they are."""

from __future__ import annotations

import io
from collections.abc import Callable

import pyarrow.parquet as pq
import pytest

from app.domain.errors import MalformedInputError
from app.domain.export import Compression, ExportFormat
from breakwater_client.formats.port import ATTESTATIONS, ExportedVersion
from breakwater_client.formats.readers import read_attestation_lines, read_versions
from breakwater_client.formats.remainders import write_attestation_remainder, write_remainder
from breakwater_client.trust.keys import PrivateKey
from tests.factories.exported_versions import signed_indicators, written

ATTESTATIONS_OF = [f'{{"payload":"{place}","payloadType":"t","signatures":[]}}' for place in range(3)]
VERSIONS = [
    *signed_indicators(20, PrivateKey.generate()),
    *(
        one._replace(attestation=said)
        for one, said in zip(signed_indicators(3, PrivateKey.generate(), 2), ATTESTATIONS_OF, strict=True)
    ),
]
KEPT: dict[str, Callable[[int], bool]] = {
    "all": lambda _place: True,
    "none": lambda _place: False,
    "the first goes": lambda place: place > 0,
    "the last goes": lambda place: place < len(VERSIONS) - 1,
    "some": lambda place: place % 3 == 1,
}


@pytest.mark.parametrize("wanted", KEPT)
@pytest.mark.parametrize("compression", Compression)
@pytest.mark.parametrize("form", ExportFormat)
def test_what_is_left_is_a_file_of_the_same_form(form: ExportFormat, compression: Compression, wanted: str) -> None:
    kept = [one for place, one in enumerate(VERSIONS) if KEPT[wanted](place)]
    bodies = {one.body for one in kept}
    found: list[tuple[bytes, str | None]] = []
    for table, content in written(form, VERSIONS, compression).items():
        if table != ATTESTATIONS:
            out = io.BytesIO()
            write_remainder(form, compression, io.BytesIO(content), out, bodies.__contains__)
            found += read_versions(form, compression, io.BytesIO(out.getvalue()))
    in_row = form in {ExportFormat.CSV, ExportFormat.PARQUET}
    assert found == [(one.body, one.attestation if in_row else None) for one in kept]


@pytest.mark.parametrize("compression", Compression)
def test_attestations_are_taken_away_line_by_line(compression: Compression) -> None:
    content = written(ExportFormat.STIX_NDJSON, VERSIONS, compression)[ATTESTATIONS]
    out = io.BytesIO()
    write_attestation_remainder(compression, io.BytesIO(content), out, lambda line: b'"1"' not in line)
    left = list(read_attestation_lines(compression, io.BytesIO(out.getvalue())))
    assert left == [ATTESTATIONS_OF[0].encode(), ATTESTATIONS_OF[2].encode()]


def test_other_columns_stay_as_they_are() -> None:
    versions: list[ExportedVersion] = signed_indicators(9, PrivateKey.generate())
    content = written(ExportFormat.PARQUET, versions, Compression.ZSTD)[""]
    out = io.BytesIO()
    write_remainder(ExportFormat.PARQUET, Compression.ZSTD, io.BytesIO(content), out, lambda body: body != versions[4].body)
    before, after = (pq.read_table(io.BytesIO(one)) for one in (content, out.getvalue()))
    assert after.schema == before.schema
    assert after.to_pylist() == [row for place, row in enumerate(before.to_pylist()) if place != 4]


@pytest.mark.parametrize("form", ExportFormat)
def test_a_file_that_is_cut_off_leaves_no_whole_remainder(form: ExportFormat) -> None:
    for content in written(form, VERSIONS, Compression.ZSTD).values():
        with pytest.raises(MalformedInputError):
            write_remainder(form, Compression.ZSTD, io.BytesIO(content[:-3]), io.BytesIO(), lambda _body: True)
