"""Parquet is an extra: where it is missing, one line says which."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app.domain.errors import UnavailableError
from app.domain.export import Compression, ExportFormat
from breakwater_client.formats.parquet_extra import parquet_module
from tests.factories.exported_versions import written


def test_the_module_is_given_where_the_extra_is_installed() -> None:
    assert parquet_module().__name__ == "breakwater_client.formats.parquet"


def test_without_the_extra_one_line_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "breakwater_client.formats.parquet", raising=False)
    with pytest.raises(UnavailableError, match=r"breakwater\[parquet\]"):
        written(ExportFormat.PARQUET, [], Compression.ZSTD)


def test_the_other_forms_do_without() -> None:
    code = "import breakwater_client.formats.writers, breakwater_client.formats.readers, sys; sys.exit('pyarrow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
