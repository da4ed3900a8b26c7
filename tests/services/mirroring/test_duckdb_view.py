"""DuckDB reads the current state from the files that a mirror keeps, in every form."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from app.domain.export import Compression, ExportFormat
from app.services.mirroring.duckdb_view import view_of
from app.services.mirroring.kept_files import KeptFiles
from tests.factories.written_exports import ExportWriter, Written, digest_of, indicator, tombstone

FORMS = [
    (ExportFormat.STIX_NDJSON, Compression.ZSTD),
    (ExportFormat.STIX_NDJSON, Compression.NONE),
    (ExportFormat.STIX_BUNDLE, Compression.GZIP),
    (ExportFormat.PARQUET, Compression.ZSTD),
    (ExportFormat.CSV, Compression.GZIP),
]


def current(folder: Path, form: ExportFormat) -> dict[str, int]:
    """Give what DuckDB finds current: digest to the number that brought it."""
    text = view_of(KeptFiles(folder, keeps=True).chain(), form)
    assert text is not None
    with duckdb.connect() as database:
        database.execute(text)
        asked = "SELECT content_sha256, export_number, id, type, version, sha256(content) FROM current_object"
        rows = database.execute(asked).fetchall()
    assert all(one[2].startswith(f"{one[3]}--") and one[4] and one[5] == one[0] for one in rows)
    return {one[0]: one[1] for one in rows}


@pytest.mark.parametrize(("form", "compression"), FORMS)
def test_what_was_taken_away_is_not_there_and_what_came_back_is(
    tmp_path: Path, form: ExportFormat, compression: Compression
) -> None:
    writer = ExportWriter(tmp_path / "it's here" / "exports", form, compression)
    one, two, three, four = (indicator(place, name="x" * 40_000) for place in range(4))
    writer.write(Written(snapshot=[one, two]))
    folder = tmp_path / "it's here"
    assert current(folder, form) == {digest_of(one): 1, digest_of(two): 1}
    writer.write(Written(delta=[three], tombstones=[tombstone(one), tombstone(two)]))
    assert current(folder, form) == {digest_of(three): 2}
    writer.write(Written(delta=[one, four]))
    assert current(folder, form) == {digest_of(three): 2, digest_of(one): 3, digest_of(four): 3}
    writer.write(Written(delta=[], tombstones=[tombstone(one)], snapshot=[four]))
    assert current(folder, form) == {digest_of(four): 4}


def test_without_files_that_belong_together_there_is_no_view() -> None:
    assert view_of([], ExportFormat.STIX_NDJSON) is None
