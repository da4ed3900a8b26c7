"""A mirror follows: snapshot, deltas, what is gone, what goes back, and every way of being killed in between."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import BreakwaterError, Code, UnprovenError
from app.domain.export import Compression, ExportFormat, FilePart, Manifest
from app.services.mirroring.follow import Followed, Following, follow
from app.services.mirroring.kept_files import KeptFiles
from app.services.mirroring.mirror import DATABASE, Mirror
from breakwater_client.trust.export_seal import OpeningKey
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.verify_exports import Expected
from tests.factories.export_manifests import DEFINITION
from tests.factories.export_servers import FolderSource
from tests.factories.written_exports import ExportWriter, Written, digest_of, indicator, notice, tombstone

ONE, TWO, THREE, FOUR = (indicator(place) for place in range(4))


class Partner:
    """A mirror in a folder, and the exchange that it follows."""

    def __init__(self, folder: Path, *, keeps: bool = True, form: ExportFormat = ExportFormat.STIX_NDJSON) -> None:
        self.writer = ExportWriter(folder / "exchange", form, Compression.ZSTD)
        self.writer.folder.mkdir()
        self.source = FolderSource(self.writer.folder)
        self.folder, self.keeps = folder / "mirror", keeps
        self.folder.mkdir()

    def write(self, **parts: Any) -> Manifest:
        return self.writer.write(Written(**parts))

    def pull(self, key: OpeningKey | None = None) -> Followed:
        following = Following([ExchangeKey(self.writer.key.public)], Expected(definition=DEFINITION), key)
        with Mirror(self.folder / DATABASE) as mirror:
            return follow(mirror, KeptFiles(self.folder, keeps=self.keeps, key=key), self.source, following)

    def held(self) -> set[str]:
        with sqlite3.connect(self.folder / DATABASE) as database:
            return {row[0] for row in database.execute("SELECT content_sha256 FROM object")}

    def kept(self) -> list[str]:
        return sorted(one.name for one in (self.folder / "exports").glob("*/*") if one.is_file() and one.name != "manifest.json")

    def number(self) -> int | None:
        with Mirror(self.folder / DATABASE) as mirror:
            at = mirror.position()
        return at.number if at else None


def digests(*values: Mapping[str, Any]) -> set[str]:
    return set(map(digest_of, values))


@pytest.fixture
def partner(tmp_path: Path) -> Partner:
    return Partner(tmp_path)


def names(manifest: Manifest, parts: Iterable[FilePart]) -> set[str]:
    return {one.name for one in manifest.files if one.part in set(parts)}


@pytest.mark.parametrize("form", list(ExportFormat))
def test_snapshot_and_deltas_are_applied_in_every_form(tmp_path: Path, form: ExportFormat) -> None:
    partner = Partner(tmp_path, form=form)
    assert partner.pull().after is None
    partner.write(snapshot=[ONE, TWO])
    assert partner.pull().applied == [1]
    assert partner.held() == digests(ONE, TWO)
    partner.write(delta=[THREE], tombstones=[tombstone(ONE)])
    partner.write(delta=[ONE, FOUR], tombstones=[tombstone(TWO, "expired")])
    assert partner.pull().applied == [2, 3]
    assert partner.held() == digests(ONE, THREE, FOUR)
    assert partner.pull().applied == []
    with sqlite3.connect(partner.folder / DATABASE) as database:
        assert database.execute("SELECT count(*) FROM object WHERE attestation IS NULL").fetchone() == (0,)


@pytest.mark.parametrize("form", [ExportFormat.STIX_NDJSON, ExportFormat.PARQUET])
def test_sealed_exports_are_opened_for_the_mirror_and_kept_sealed(tmp_path: Path, form: ExportFormat) -> None:
    partner, key = Partner(tmp_path, form=form), OpeningKey.generate()
    partner.writer.opening = key
    partner.write(snapshot=[ONE, TWO])
    partner.write(delta=[THREE], tombstones=[tombstone(ONE)])
    for wrong in (None, OpeningKey.generate()):
        with pytest.raises(UnprovenError):
            partner.pull(wrong)
        assert partner.number() is None
    assert partner.pull(key).applied == [1, 2]
    assert partner.held() == digests(TWO, THREE)
    assert all(one.endswith(".hpke") for one in partner.kept())
    assert not [one for one in partner.folder.rglob("*") if one.is_file() and one.name.startswith("tmp")]


def test_who_begins_begins_at_the_newest_snapshot(partner: Partner) -> None:
    partner.write(snapshot=[ONE])
    partner.write(delta=[TWO])
    partner.write(delta=[THREE], snapshot=[ONE, TWO, THREE])
    partner.write(delta=[FOUR])
    assert partner.pull().applied == [3, 4]
    assert partner.held() == digests(ONE, TWO, THREE, FOUR)


def test_an_export_without_a_delta_replaces(partner: Partner) -> None:
    partner.write(snapshot=[ONE, TWO])
    partner.pull()
    partner.write(snapshot=[THREE])
    assert partner.pull().applied == [2]
    assert partner.held() == digests(THREE)


def test_a_delta_that_is_gone_is_jumped_over_by_the_next_snapshot(partner: Partner) -> None:
    partner.write(snapshot=[ONE])
    partner.pull()
    lost = partner.write(delta=[TWO], recalls=[notice(1, ONE)])
    partner.source.gone |= names(lost, FilePart)
    done = partner.pull()
    assert done.waits is not None
    assert (done.waits.code, partner.number()) == (Code.EXPORT_FILE_GONE, 1)
    assert not list((partner.folder / "incoming").iterdir())
    partner.write(delta=[THREE])
    assert partner.pull().waits is not None
    partner.write(delta=[], snapshot=[ONE, THREE])
    assert partner.pull().applied == [4]
    assert partner.held() == digests(ONE, THREE)
    with Mirror(partner.folder / DATABASE) as mirror:
        assert [one.notice_id for one in mirror.open_recalls()] == [notice(1, ONE)["id"]]


def test_a_snapshot_that_is_gone_gives_way_to_an_older_one(partner: Partner) -> None:
    partner.write(snapshot=[ONE])
    newest = partner.write(delta=[TWO], snapshot=[ONE, TWO])
    partner.source.gone |= names(newest, [FilePart.SNAPSHOT])
    done = partner.pull()
    assert (done.applied, done.waits is None) == ([1, 2], True)
    assert partner.held() == digests(ONE, TWO)


def test_notices_whose_file_is_gone_stop_nothing(partner: Partner) -> None:
    partner.write(snapshot=[ONE])
    partner.pull()
    second = partner.write(delta=[], recalls=[notice(1, ONE)])
    partner.source.gone |= names(second, [FilePart.RECALLS])
    assert partner.pull().applied == [2]
    with Mirror(partner.folder / DATABASE) as mirror:
        assert [(one.notice_id, one.notice) for one in mirror.open_recalls()] == [(notice(1, ONE)["id"], None)]


def refused(partner: Partner) -> Code:
    with pytest.raises(BreakwaterError) as caught:
        partner.pull()
    return caught.value.code


def test_nobody_takes_the_mirror_back_or_aside(partner: Partner) -> None:
    partner.write(snapshot=[ONE])
    second = partner.write(delta=[TWO])
    partner.pull()
    forked = replace(second, epoch=7)
    partner.writer.lay(forked)
    assert refused(partner) is Code.EXPORT_FORKED
    for file in [*(partner.writer.folder / "00000002").iterdir()]:
        file.unlink()
    assert refused(partner) is Code.EXPORT_ROLLED_BACK
    for file in [*(partner.writer.folder / "00000001").iterdir()]:
        file.unlink()
    assert refused(partner) is Code.EXPORT_ROLLED_BACK
    assert (partner.number(), partner.held()) == (2, digests(ONE, TWO))


def test_a_delta_that_is_held_back_is_missed(partner: Partner) -> None:
    partner.write(snapshot=[ONE])
    partner.pull()
    partner.write(delta=[TWO])
    partner.write(delta=[THREE])
    (partner.writer.folder / "00000002" / "manifest.json").unlink()
    assert refused(partner) is Code.EXPORT_CHAIN_BROKEN
    assert partner.number() == 1


def test_a_file_that_was_changed_changes_nothing_here(partner: Partner) -> None:
    partner.write(snapshot=[ONE])
    partner.pull()
    second = partner.write(delta=[TWO])
    [name] = [one for one in names(second, [FilePart.DELTA]) if "attest" not in one]
    path = partner.writer.folder / "00000002" / name
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(UnprovenError):
        partner.pull()
    assert (partner.number(), partner.held()) == (1, digests(ONE))


def test_an_export_of_another_definition_is_refused(partner: Partner) -> None:
    partner.writer.write(Written(snapshot=[ONE]), definition_id="another")
    assert refused(partner) is Code.EXPORT_OF_ANOTHER


def test_files_are_kept_from_the_newest_snapshot_on(partner: Partner) -> None:
    partner.write(snapshot=[ONE])
    partner.write(delta=[TWO])
    partner.pull()
    kept = KeptFiles(partner.folder, keeps=True)
    assert [one.manifest.number for one in kept.chain()] == [1, 2]
    partner.write(delta=[THREE], snapshot=[ONE, TWO, THREE])
    partner.write(delta=[FOUR])
    partner.pull()
    kept.prune()
    assert [one.manifest.number for one in kept.chain()] == [3, 4]
    assert {one[:8] for one in partner.kept()} == {"00000003", "00000004"}


def test_without_files_nothing_is_left_and_no_snapshot_fetched_besides(tmp_path: Path) -> None:
    partner = Partner(tmp_path, keeps=False)
    partner.write(snapshot=[ONE])
    partner.write(delta=[TWO], snapshot=[ONE, TWO])
    partner.pull()
    partner.write(delta=[THREE], snapshot=[ONE, TWO, THREE])
    partner.pull()
    assert not [name for name, _ in partner.source.asked if name.startswith("00000003-snapshot")]
    assert sorted(one.name for one in partner.folder.iterdir()) == ["incoming", "mirror.db"]
    assert not list((partner.folder / "incoming").iterdir())


def test_what_was_withdrawn_leaves_the_files_and_everything_else_stays(partner: Partner) -> None:
    partner.write(snapshot=[ONE, TWO])
    partner.write(delta=[THREE])
    partner.pull()
    partner.write(delta=[], tombstones=[tombstone(TWO)])
    partner.pull()
    chain = KeptFiles(partner.folder, keeps=True).chain()
    assert [one.manifest.number for one in chain] == [1, 2, 3]
    assert {one.parent.name for export in chain[:1] for file in export.manifest.files if (one := export.path_of(file))} == {
        "remainder"
    }
    assert not [one for one in partner.kept() if one.startswith("00000001-")]


def test_what_a_killed_run_had_applied_is_put_away_by_the_next(partner: Partner) -> None:
    partner.write(snapshot=[ONE])
    partner.pull()
    (partner.folder / "exports" / "00000001").rename(partner.folder / "incoming" / "00000001")
    (partner.folder / "incoming" / "00000000").mkdir()
    partner.pull()
    assert [one[:8] for one in partner.kept()] == ["00000001", "00000001"]
    assert not list((partner.folder / "incoming").iterdir())
