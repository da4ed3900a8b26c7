"""A folder on a disk that is full, read-only, or goes away: a clear state, and nothing wrong is ever seen."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.depot.folder import FolderDepot
from app.domain.errors import DepotError, DepotFullError, DepotRefusedError
from tests.factories.depots import content, lay
from tests.factories.small_disks import SMALL_BYTES, read_only, small_disk

_WRITER = """
import sys
from pathlib import Path
from app.depot.folder import FolderDepot
depot = FolderDepot(Path(sys.argv[1]))
for number in range(1000):
    with depot.create(f"partner/{number:04d}") as sink:
        for _ in range(8):
            sink.write(bytes([number % 251]) * 40_000)
        sink.commit()
"""


@pytest.mark.parametrize("pieces", [1, 64])
def test_a_full_disk_is_full_and_what_was_written_before_stays(tmp_path: Path, pieces: int) -> None:
    with small_disk(tmp_path / "disk") as place:
        depot = FolderDepot(place)
        lay(depot, "partner/before", b"x" * 1000)
        too_much = [b"y" * (2 * SMALL_BYTES // pieces)] * pieces
        for _ in range(3):
            with pytest.raises(DepotFullError):
                lay(depot, "partner/file", *too_much)
            assert list(depot.names("")) == ["partner/before"]
        assert not list(place.rglob(".*.part"))
        lay(depot, "partner/file", b"z" * (SMALL_BYTES // 2))
        assert content(depot, "partner/before") == b"x" * 1000
        assert depot.size("partner/file") == SMALL_BYTES // 2


def test_a_read_only_disk_refuses_and_is_still_read(folder_depot: FolderDepot) -> None:
    lay(folder_depot, "partner/before", b"x")
    with read_only(folder_depot.root):
        for name in ("partner/new", "other/new"):
            with pytest.raises(DepotRefusedError):
                lay(folder_depot, name, b"y")
        with pytest.raises(DepotRefusedError):
            folder_depot.delete("partner/before")
        assert folder_depot.tidy("") == 0
        assert content(folder_depot, "partner/before") == b"x"
    lay(folder_depot, "partner/new", b"y")
    assert list(folder_depot.names("")) == ["partner/before", "partner/new"]


def test_a_disk_that_is_not_mounted_is_away_and_nothing_is_written_below_it(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as place:
        (place / "exports").mkdir()
        depot = FolderDepot(place / "exports")
        lay(depot, "partner/file", b"x")
        (place / "exports").rename(place / "elsewhere")
        for ask in (lambda: lay(depot, "partner/more", b"x"), lambda: depot.size("partner/file"), lambda: list(depot.names(""))):
            with pytest.raises(DepotError):
                ask()
        assert not (place / "exports").exists()
        (place / "elsewhere").rename(place / "exports")
        assert content(depot, "partner/file") == b"x"


def test_whenever_writers_are_killed_every_file_is_whole_or_not_there(folder_depot: FolderDepot) -> None:
    chance, seen = random.Random(7), 0
    for _ in range(12):
        for name in list(folder_depot.names("")):
            folder_depot.delete(name)
        with subprocess.Popen([sys.executable, "-c", _WRITER, str(folder_depot.root)]) as writer:
            wait_for_any(folder_depot)
            time.sleep(chance.uniform(0, 0.1))
            writer.kill()
        for name in folder_depot.names(""):
            seen += 1
            assert content(folder_depot, name) == bytes([int(name[-4:]) % 251]) * 320_000
        folder_depot.tidy("")
        assert not list(folder_depot.root.rglob(".*.part"))
    assert seen >= 12


def wait_for_any(depot: FolderDepot) -> None:
    end = time.monotonic() + 60
    while not any(True for _ in depot.names("")) and time.monotonic() < end:
        time.sleep(0.002)
