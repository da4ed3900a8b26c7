from __future__ import annotations

from pathlib import Path

import pytest

from app.signer.memory_file import MemoryFile, UnreadableMemoryError


def test_what_is_written_is_read_by_another(tmp_path: Path) -> None:
    file = MemoryFile(tmp_path / "signed")
    assert file.read() is None
    with file.alone():
        file.write({"size": 7})
    assert MemoryFile(tmp_path / "signed").read() == {"size": 7}
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_memory_is_not_taken_for_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "signed").write_bytes(content)
    with pytest.raises(UnreadableMemoryError):
        MemoryFile(tmp_path / "signed").read()
