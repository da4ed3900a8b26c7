from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.depot.folder import FolderDepot
from app.domain.errors import DepotError, NotFoundError
from tests.factories.depots import content, lay

NAME = "partner/definition/00000001/00000001-delta-0001.ndjson"

_WRITER = """
import sys
from pathlib import Path
from app.depot.folder import FolderDepot
with FolderDepot(Path(sys.argv[1])).create(sys.argv[2]) as sink:
    sink.write(b"x" * 3_000_000)
    print("written", flush=True)
    sys.stdin.read()
"""


def test_a_killed_writer_leaves_nothing_to_be_seen_and_what_it_leaves_is_tidied(folder_depot: FolderDepot) -> None:
    command = [sys.executable, "-c", _WRITER, str(folder_depot.root), NAME]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written\n"
        assert folder_depot.tidy("") == 0
        writer.kill()
    assert list(folder_depot.names("")) == []
    assert folder_depot.size(NAME) is None
    assert sum(path.is_file() for path in folder_depot.root.rglob("*")) == 1
    assert folder_depot.tidy("another") == 0
    assert folder_depot.tidy("partner") == 1
    assert not any(path.is_file() for path in folder_depot.root.rglob("*"))


@pytest.mark.parametrize(
    ("root", "folder", "file"), [(0o700, 0o700, 0o600), (0o750, 0o750, 0o640), (0o2770, 0o2770, 0o640), (0o755, 0o750, 0o640)]
)
def test_who_may_read_the_root_may_read_the_files_but_others_never(
    folder_depot: FolderDepot, root: int, folder: int, file: int
) -> None:
    folder_depot.root.chmod(root)
    kept = os.umask(0o077)
    try:
        lay(folder_depot, "a/b", b"x")
    finally:
        os.umask(kept)
    assert stat.S_IMODE((folder_depot.root / "a").stat().st_mode) == folder
    assert stat.S_IMODE((folder_depot.root / "a" / "b").stat().st_mode) == file


def test_symbolic_links_are_not_followed(folder_depot: FolderDepot, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"secret")
    (folder_depot.root / "way").symlink_to(outside)
    (folder_depot.root / "file").symlink_to(outside / "file")
    assert folder_depot.size("file") is None
    assert folder_depot.size("way/file") is None
    assert list(folder_depot.names("")) == []
    for name in ("file", "way/file"):
        with pytest.raises((NotFoundError, DepotError)):
            next(folder_depot.read(name, 0, 9))
    with pytest.raises(DepotError), folder_depot.create("way/new"):
        pass
    folder_depot.delete("way/file")
    assert sorted(path.name for path in outside.iterdir()) == ["file"]


def test_pipes_and_folders_are_no_files(folder_depot: FolderDepot) -> None:
    os.mkfifo(folder_depot.root / "pipe")
    (folder_depot.root / "folder").mkdir()
    for name in ("pipe", "folder"):
        assert folder_depot.size(name) is None
        with pytest.raises(NotFoundError):
            next(folder_depot.read(name, 0, 1))


def test_a_folder_that_is_left_empty_goes_with_its_last_file(folder_depot: FolderDepot) -> None:
    lay(folder_depot, "a/b/c", b"x")
    lay(folder_depot, "a/d", b"x")
    folder_depot.delete("a/b/c")
    assert sorted(path.name for path in folder_depot.root.rglob("*")) == ["a", "d"]


def test_a_root_that_is_not_there_is_away(tmp_path: Path) -> None:
    depot = FolderDepot(tmp_path / "mount" / "exports")
    with pytest.raises(DepotError), depot.create(NAME):
        pass
    for ask in (
        depot.size,
        depot.delete,
        depot.tidy,
        lambda name: list(depot.names(name)),
        lambda name: next(depot.read(name, 0, 1)),
    ):
        with pytest.raises(DepotError):
            ask(NAME)
    assert not (tmp_path / "mount").exists()


def test_the_root_of_the_home_is_made_when_the_first_file_is(tmp_path: Path) -> None:
    depot = FolderDepot(tmp_path / "home" / "exports", makes_root=True)
    assert depot.size(NAME) is None
    assert list(depot.names("")) == []
    depot.delete(NAME)
    assert not depot.root.exists()
    lay(depot, NAME, b"x")
    assert stat.S_IMODE(depot.root.stat().st_mode) == 0o700
    assert content(depot, NAME) == b"x"


def test_a_file_that_ends_early_gives_what_is_there(folder_depot: FolderDepot) -> None:
    lay(folder_depot, NAME, b"0" * 600_000)
    pieces = folder_depot.read(NAME, 0, 600_000)
    assert len(next(pieces)) == 256 * 1024
    os.truncate(folder_depot.root / NAME, 300_000)
    assert sum(map(len, pieces)) == 300_000 - 256 * 1024
