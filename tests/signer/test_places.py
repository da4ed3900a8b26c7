from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.signer.places import OWNER_AND_GROUP, connect, listen


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_and_the_socket_are_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "signer.sock"
    with listen(path):
        assert (mode(path.parent), mode(path)) == (0o700, 0o600)


def test_a_group_may_be_let_in(tmp_path: Path) -> None:
    with listen(tmp_path / "signer.sock", OWNER_AND_GROUP):
        assert mode(tmp_path / "signer.sock") == 0o660


def test_a_socket_that_was_left_behind_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "signer.sock"
    listen(path).close()
    with pytest.raises(ConnectionRefusedError):
        connect(path, 1)
    with listen(path), connect(path, 1):
        assert [one.name for one in tmp_path.iterdir()] == ["signer.sock"]


def test_a_path_of_any_length_will_do(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 200) / "signer.sock"
    with listen(path) as listening, connect(path, 1) as connection:
        accepted, _ = listening.accept()
        with accepted:
            connection.sendall(b"heard")
            assert accepted.recv(16) == b"heard"


def test_where_nobody_listens_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        connect(tmp_path / "signer.sock", 1)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="Not a directory"):
        listen(tmp_path / "file" / "folder" / "signer.sock")
