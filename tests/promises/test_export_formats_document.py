"""``docs/export-formats.md`` is true: its snippets run as printed, with DuckDB and pandas, on files as an export has them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from app.domain.export import Compression, ExportFormat
from breakwater_client.formats import lines, parquet, readers
from breakwater_client.formats.csv_tables import MAX_RECORD_BYTES, original_text, safe_text
from breakwater_client.formats.port import ExportedVersion
from breakwater_client.formats.writers import extension_for
from breakwater_client.trust.export_seal import CHUNK_BYTES, HEADER_BYTES, MAGIC, seal_info
from breakwater_client.trust.keys import PrivateKey
from tests.factories.awkward_objects import FORMULAS
from tests.factories.exported_versions import exported, signed_indicators, written
from tests.factories.stix_objects import indicator, user_account

TEXT = (Path(__file__).parents[2] / "docs" / "export-formats.md").read_text()
SQL = re.findall(r"^```sql\n(.*?)\n```$", TEXT, re.MULTILINE | re.DOTALL)
PYTHON = re.findall(r"^```python\n(.*?)\n```$", TEXT, re.MULTILINE | re.DOTALL)
ORIGINALS = sorted(
    [
        *signed_indicators(4, PrivateKey.generate(), valid_until="2126-01-01T00:00:00.000Z"),
        exported(indicator(name="=1+1", description='a "quoted"\r\ntext; =2')),
        exported(user_account(), '{"payload":"eA=="}', log_index=9),
    ],
    key=lambda one: one.stix_id,
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of one snapshot in every form, in the working folder."""
    for form in ExportFormat:
        for compression in (Compression.GZIP, Compression.ZSTD):
            if (form, compression) != (ExportFormat.CSV, Compression.ZSTD):
                _lay(tmp_path, form, compression)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _lay(folder: Path, form: ExportFormat, compression: Compression) -> None:
    for table, content in written(form, ORIGINALS, compression).items():
        (folder / f"00000042-snapshot-0001{extension_for(form, compression, table)}").write_bytes(content)


def _indicators() -> list[ExportedVersion]:
    return [one for one in ORIGINALS if one.stix_type == "indicator"]


@pytest.mark.usefixtures("folder")
def test_duckdb_runs_every_question() -> None:
    counted, looked_for, newest, as_lines, as_csv, changed = (duckdb.sql(text).df() for text in SQL)
    assert list(zip(counted["type"], counted["count_star()"], strict=True)) == [("indicator", 5), ("user-account", 1)]
    assert len(looked_for) == 5
    assert set(newest["id"]) == {one.stix_id for one in ORIGINALS}
    assert sorted(as_lines["id"]) == sorted(one.stix_id for one in ORIGINALS)
    assert sorted(bytes(one) for one in as_csv["content"]) == sorted(one.body for one in _indicators())
    assert list(as_csv["harm_types"][0]) == ["live-streamed-csa"]
    assert changed["changed"][0] == 0


@pytest.mark.usefixtures("folder")
def test_a_changed_original_is_counted() -> None:
    text = SQL[-1].replace("'*-snapshot-*.parquet'", "(SELECT content || 'x'::BLOB AS content, content_sha256 FROM '*.parquet')")
    assert duckdb.sql(text).df()["changed"][0] == len(ORIGINALS)


@pytest.mark.usefixtures("folder")
def test_pandas_reads_parquet_with_its_types() -> None:
    names: dict[str, Any] = {}
    exec(PYTHON[0], names)  # noqa: S102  # the document's own words
    assert list(names["table"]["content"]) == [one.body for one in ORIGINALS]
    assert len(names["indicators"]) == 5
    assert isinstance(names["table"]["added_at"].dtype, pd.DatetimeTZDtype)


@pytest.mark.usefixtures("folder")
def test_pandas_reads_csv() -> None:
    names: dict[str, Any] = {}
    exec(PYTHON[1], names)  # noqa: S102  # the document's own words
    assert list(names["originals"]) == [one.body for one in _indicators()]
    assert list(names["harms"]) == [["live-streamed-csa"]] * 5
    assert "'=1+1" in list(names["table"]["name"])


def test_the_printed_way_back_to_a_text_is_ours() -> None:
    [printed] = [one for one in PYTHON if "def original_text" in one]
    names: dict[str, Any] = {}
    exec(printed, names)  # noqa: S102  # the document's own words
    for text in FORMULAS:
        assert names["original_text"](safe_text(text)) == original_text(safe_text(text)) == text


def test_the_sizes_that_are_told_are_ours() -> None:
    assert f"| {len(MAGIC)} | `{MAGIC.decode().strip()}` and LF |" in TEXT
    assert f"| {CHUNK_BYTES:,} + 16 each |" in TEXT
    assert len(MAGIC) + 32 + 48 == HEADER_BYTES
    assert set(re.findall(r'"(\w+)":', seal_info("e", "d", 1, "f").decode())) == {
        "type",
        "exchange",
        "definition",
        "number",
        "file",
    }
    told = {lines.MAX_LINE_BYTES: "a line of more than 16 MiB", MAX_RECORD_BYTES: "CSV of more than 32 MiB"}
    told |= {parquet.MAX_READ_GROUP_BYTES: "512 MiB", readers.MAX_FILE_BYTES: "8 GiB"}
    last = TEXT.rpartition("\n## ")[2].replace("\n", " ")
    assert [one for one in told.values() if one not in last] == []
    assert list(told) == [16 << 20, 32 << 20, 512 << 20, 8 << 30]
