"""Exports in a folder, by an accepted directory: whole or refused, held against what was accepted, object by object."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from breakwater_client.errors import Code, MalformedInputError, UnfitKeyError
from breakwater_client.exchange import (
    Directory,
    FailedSignature,
    FailedStepError,
    FilePart,
    Level,
    VerifiedExport,
    verify_exports,
)
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.verifying.opening_keys import new_opening_key, read_opening_key
from breakwater_client.verifying.verify_exports import read_accepted
from breakwater_client.vocabulary import KeyUsage
from tests.factories.export_manifests import DEFINITION, EXCHANGE, PARTNER
from tests.factories.signers import directory, own_entry
from tests.factories.written_exports import PUBLISHER, ExportWriter, Written, indicator, notice, tombstone

KEY, SIGNING = PrivateKey.generate(), PrivateKey.generate()


class Scene:
    """A definition's exports, the directory that its reader accepted, and where the reader keeps the export accepted last."""

    def __init__(self, folder: Path) -> None:
        self.writer, self.accepted = ExportWriter(folder / "exports"), folder / "accepted.json"

    @property
    def keys(self) -> Directory:
        held = {KeyUsage.DIRECTORY_SIGNING: SIGNING, KeyUsage.STATEMENT_SIGNING: self.writer.key}
        made = directory(held, exchange=EXCHANGE)
        return replace(made, keys=(*made.keys, own_entry(KEY, KeyUsage.OBJECT_SIGNING, owner=PUBLISHER)))

    def verify(self, folder: Path | None = None, **options: object) -> list[VerifiedExport]:
        return verify_exports(folder or self.writer.folder, self.keys, self.accepted, **options)  # type: ignore[arg-type]  # as each test says

    def refused(self, folder: Path | None = None, **options: object) -> tuple[int, Code]:
        with pytest.raises(FailedStepError) as caught:
            self.verify(folder, **options)
        return caught.value.number, caught.value.code

    @property
    def number(self) -> int:
        return read_accepted(self.accepted.read_bytes()).number


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    scene = Scene(tmp_path)
    scene.writer.write(Written(snapshot=[indicator(1, KEY), indicator(2, KEY)]))
    return scene


def test_what_verifies_is_given_object_by_object_and_the_newest_is_accepted(scene: Scene) -> None:
    gone = indicator(1, KEY)
    scene.writer.write(Written(delta=[indicator(3, KEY)], tombstones=[tombstone(gone)], recalls=[notice(1, gone)]))
    first, second = scene.verify(partner=PARTNER, definition=DEFINITION)
    told = [(json.loads(one.content)["pattern"], verdict.level) for one, verdict in first.objects(FilePart.SNAPSHOT)]  # type: ignore[union-attr]  # none failed
    assert told == [(f"[domain-name:value = 'host-{number}.example.org']", Level.SIGNED) for number in (1, 2)]
    assert [one.stix_id for one, _ in second.objects(FilePart.DELTA)] == [indicator(3)["id"]]
    assert list(first.objects(FilePart.DELTA)) == list(second.objects(FilePart.SNAPSHOT)) == []
    assert (dict(second.contents.counts), second.manifest.number, scene.number) == ({"indicator": 1}, 2, 2)


def test_an_object_that_nobody_known_signed_is_told_beside_the_others_and_nothing_is_accepted(scene: Scene) -> None:
    scene.writer.write(Written(delta=[indicator(3, KEY), indicator(4, PrivateKey.generate())]))
    _, second = scene.verify()
    good, bad = (verdict for _, verdict in second.objects(FilePart.DELTA))
    assert not isinstance(good, FailedSignature)
    assert isinstance(bad, FailedSignature)
    assert (second.contents.failed, scene.accepted.exists()) == (1, False)


def test_unsigned_objects_count_for_those_of_whom_it_is_known(scene: Scene) -> None:
    scene.writer.write(Written(delta=[indicator(3)]))
    assert scene.verify()[1].contents.failed == 1
    assert dict(scene.verify(unsigned_from=[PUBLISHER])[1].contents.levels) == {"channel-attested": 1}


def test_an_older_export_and_one_that_does_not_follow_are_refused(scene: Scene, tmp_path: Path) -> None:
    scene.writer.write(Written(delta=[]))
    scene.verify()
    shutil.copytree(scene.writer.folder / "00000001", tmp_path / "old" / "00000001")
    assert scene.refused(tmp_path / "old") == (5, Code.EXPORT_ROLLED_BACK)
    scene.writer.write(Written(delta=[]))
    scene.writer.write(Written(delta=[]))
    shutil.rmtree(scene.writer.folder / "00000003")
    assert scene.refused() == (5, Code.EXPORT_CHAIN_BROKEN)
    assert scene.number == 2


def test_another_exchanges_partners_and_definitions_exports_and_expired_ones_are_refused(scene: Scene) -> None:
    other = "00000000-0000-4000-8000-000000000000"
    assert scene.refused(partner=other) == scene.refused(definition=other) == (4, Code.EXPORT_OF_ANOTHER)
    [newest] = scene.writer.manifests
    ago = datetime.now(UTC) - timedelta(hours=3)
    scene.writer.lay(replace(newest, as_of=ago, expires_at=ago + timedelta(hours=2)))
    assert scene.refused() == (6, Code.EXPORT_EXPIRED)
    counting, scene.writer.key = scene.writer.key, PrivateKey.generate()
    scene.writer.lay(newest)
    scene.writer.key = counting
    assert scene.refused() == (2, Code.KEY_NOT_ACCEPTED)
    assert not scene.accepted.exists()


@pytest.mark.parametrize("change", ["cut", "missing", "more"])
def test_files_that_are_not_those_of_the_manifest_are_refused(scene: Scene, change: str) -> None:
    [file] = (one for one in (scene.writer.folder / "00000001").iterdir() if one.name != "manifest.json")
    if change == "cut":
        file.write_bytes(file.read_bytes()[:-1])
    elif change == "missing":
        file.unlink()
    else:
        file.with_name("more").write_bytes(b"")
    assert scene.refused() == (7, Code.EXPORT_DIFFERENT)


def test_sealed_files_are_opened_by_their_key(tmp_path: Path) -> None:
    private, _ = new_opening_key()
    scene = Scene(tmp_path)
    scene.writer.opening = read_opening_key(private)
    scene.writer.write(Written(snapshot=[indicator(1, KEY)]))
    [one] = scene.verify(opening_key=private)
    assert [held.stix_id for held, _ in one.objects(FilePart.SNAPSHOT)] == [indicator(1)["id"]]
    assert scene.refused()[0] == 8
    with pytest.raises(UnfitKeyError):
        scene.verify(opening_key=b"none")


def test_where_there_is_no_export_or_another_file_for_what_was_accepted_it_is_said(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(MalformedInputError, match=r"No manifest\.json"):
        scene.verify(tmp_path / "empty")
    scene.accepted.write_text("{}")
    with pytest.raises(MalformedInputError, match="accepted last"):
        scene.verify()
