"""What lies beside a mirror: what belongs together, and what goes."""

from __future__ import annotations

from pathlib import Path

from app.domain.export import FilePart
from app.services.mirroring.kept_files import KeptFiles
from breakwater_client.verifying.remainder_files import remainder_path
from tests.factories.written_exports import ExportWriter, Written, indicator, tombstone

ONE, TWO = indicator(1), indicator(2)


def test_a_chain_has_no_gap_and_begins_with_a_whole_snapshot(tmp_path: Path) -> None:
    writer = ExportWriter(tmp_path / "exports")
    kept = KeptFiles(tmp_path, keeps=True)
    assert kept.chain() == []
    writer.write(Written(snapshot=[ONE]))
    writer.write(Written(delta=[TWO], tombstones=[tombstone(ONE)]))
    writer.write(Written(delta=[]))
    assert [one.manifest.number for one in kept.chain()] == [1, 2, 3]
    [gone] = (tmp_path / "exports").glob("*/*-tombstones-*")
    content = gone.read_bytes()
    gone.unlink()
    assert kept.chain() == []
    gone.write_bytes(content)
    assert len(kept.chain()) == 3
    (tmp_path / "exports" / "00000002" / "manifest.json").unlink()
    assert kept.chain() == []


def test_what_is_no_export_is_passed_over(tmp_path: Path) -> None:
    kept = KeptFiles(tmp_path, keeps=True)
    for name, content in (("00000001", b"no JSON"), ("00000002", b"{}")):
        (tmp_path / "exports" / name).mkdir()
        (tmp_path / "exports" / name / "manifest.json").write_bytes(content)
    (tmp_path / "exports" / "00000003").mkdir()
    (tmp_path / "exports" / "notes").mkdir()
    assert kept.kept() == []
    kept.prune()
    assert len(list((tmp_path / "exports").iterdir())) == 4


def test_a_manifest_that_came_before_is_replaced_by_another(tmp_path: Path) -> None:
    kept = KeptFiles(tmp_path, keeps=False)
    assert not (tmp_path / "exports").exists()
    for envelope in (b"one", b"one", b"two"):
        folder = kept.folder_for(7, envelope)
        assert [(one.name, one.read_bytes()) for one in folder.iterdir()] == [("manifest.json", envelope)]
    kept.forget(7)
    kept.forget(8)
    assert not list((tmp_path / "incoming").iterdir())


def test_what_is_left_of_a_file_stands_for_it(tmp_path: Path) -> None:
    writer = ExportWriter(tmp_path / "exports")
    writer.write(Written(snapshot=[ONE]))
    [export] = KeptFiles(tmp_path, keeps=True).kept()
    for file in export.manifest.files:
        whole, left = export.folder / file.name, remainder_path(export.folder, file.name)
        left.parent.mkdir(exist_ok=True)
        assert export.path_of(file) == whole
        whole.rename(left)
        assert export.path_of(file) == left
    assert export.has(FilePart.SNAPSHOT)
    left.unlink()
    assert not export.has(FilePart.SNAPSHOT)
