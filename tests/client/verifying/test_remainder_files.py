"""The list of what was taken out of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.errors import UnprovenError
from breakwater_client.verifying.remainder_files import gone_bytes, gone_path, read_gone, remainder_path

NAME = "00000001-snapshot-0001.ndjson.zst"


def test_what_went_is_read_again(tmp_path: Path) -> None:
    assert read_gone(tmp_path, NAME) == {}
    path = gone_path(tmp_path, NAME)
    assert path.parent == remainder_path(tmp_path, NAME).parent
    path.parent.mkdir()
    path.write_bytes(gone_bytes({"aa": "bb", "cc": "cc"}))
    assert read_gone(tmp_path, NAME) == {"aa": "bb", "cc": "cc"}
    for raw in (b"no JSON", b"[]\n", b'{"content_sha256": "aa"}\n'):
        path.write_bytes(raw)
        with pytest.raises(UnprovenError):
            read_gone(tmp_path, NAME)
