"""A mirror verifies as it is kept, also after something was withdrawn; what is deleted or changed in it is refused."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.errors import Code
from app.services.mirroring.follow import Following, follow
from app.services.mirroring.kept_files import KeptFiles
from app.services.mirroring.mirror import Mirror
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.remainder_files import gone_bytes
from breakwater_client.verifying.steps import FailedStepError
from breakwater_client.verifying.verify_export_mirror import check_mirror
from breakwater_client.verifying.verify_exports import MANIFEST, Expected, open_export
from tests.factories.export_servers import FolderSource
from tests.factories.written_exports import ExportWriter, Written, indicator, tombstone

ONE, TWO, THREE = (indicator(place) for place in range(3))


class Mirrored:
    def __init__(self, folder: Path) -> None:
        self.writer, self.folder = ExportWriter(folder / "exchange"), folder / "mirror"
        self.folder.mkdir()
        self.keys = [ExchangeKey(self.writer.key.public)]

    def pull(self, written: Written) -> None:
        self.writer.write(written)
        with Mirror(self.folder / "mirror.db") as mirror:
            source = FolderSource(self.writer.folder)
            follow(mirror, KeptFiles(self.folder, keeps=True), source, Following(self.keys, Expected()))

    def check(self) -> None:
        folders = sorted((self.folder / "exports").iterdir())
        exports = [open_export((one / MANIFEST).read_bytes(), self.keys, Expected()) for one in folders]
        check_mirror(exports, folders, self.folder / "mirror.db", None)

    def one(self, pattern: str) -> Path:
        [found] = (self.folder / "exports").glob(pattern)
        return found

    def sql(self, statement: str) -> None:
        with sqlite3.connect(self.folder / "mirror.db") as database:
            database.execute(statement)
        database.close()


@pytest.fixture
def mirrored(tmp_path: Path) -> Mirrored:
    mirrored = Mirrored(tmp_path)
    mirrored.pull(Written(snapshot=[ONE, TWO]))
    mirrored.check()
    mirrored.pull(Written(delta=[THREE], tombstones=[tombstone(ONE)]))
    mirrored.check()
    return mirrored


LEFT = "00000001/remainder/00000001-snapshot-0001.ndjson.zst"
TAMPERED: dict[str, Callable[[Mirrored], object]] = {
    "rows deleted": lambda one: one.sql("DELETE FROM object"),
    "content changed": lambda one: one.sql("UPDATE object SET content = replace(content, 'example', 'changed')"),
    "columns changed": lambda one: one.sql("UPDATE object SET stix_id = 'indicator--x'"),
    "moved back": lambda one: one.sql("UPDATE position SET number = 1"),
    "no database": lambda one: (one.folder / "mirror.db").write_bytes(b""),
    "delta deleted": lambda one: one.one("00000002/*-delta-0001.*").unlink(),
    "tombstones deleted": lambda one: one.one("00000002/*-tombstones-*").unlink(),
    "remainder deleted": lambda one: one.one(LEFT).unlink(),
    "list deleted": lambda one: one.one(f"{LEFT}.gone").unlink(),
    "list damaged": lambda one: one.one(f"{LEFT}.gone").write_bytes(b"x"),
    "list of another": lambda one: one.one(f"{LEFT}.gone").write_bytes(gone_bytes({"aa": "aa"})),
    "file besides": lambda one: one.one("00000001/remainder").joinpath("more").write_bytes(b""),
    "remainder of others": lambda one: shutil.copy(one.one("00000002/*-delta-0001.*"), one.one(LEFT)),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_is_deleted_or_changed_is_refused(mirrored: Mirrored, name: str) -> None:
    TAMPERED[name](mirrored)
    with pytest.raises(FailedStepError) as caught:
        mirrored.check()
    assert caught.value.code is Code.EXPORT_DIFFERENT


def test_what_a_killed_run_left_verifies_and_rows_still_count(mirrored: Mirrored) -> None:
    shutil.rmtree(mirrored.folder / "exports" / "00000001" / "remainder")
    for file in mirrored.writer.manifests[0].files:
        shutil.copy(mirrored.writer.folder / "00000001" / file.name, mirrored.folder / "exports" / "00000001" / file.name)
    mirrored.check()
    mirrored.sql("DELETE FROM object WHERE stix_id LIKE '%00000001-0000-4000%'")
    with pytest.raises(FailedStepError):
        mirrored.check()
