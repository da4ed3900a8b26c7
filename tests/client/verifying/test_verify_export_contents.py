"""What the files hold is counted, and on request every signature in them verified."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import Code
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.verifying.known_keys import ExchangeKey, KnownSigner
from breakwater_client.verifying.steps import FailedStepError
from breakwater_client.verifying.verify_export_contents import Contents, PublisherKeys, Reading, check_contents
from breakwater_client.verifying.verify_exports import MANIFEST, Expected, open_export
from tests.factories.export_manifests import NOTICE
from tests.factories.written_exports import PUBLISHER, ExportWriter, Written, indicator, notice

KEY = PrivateKey.generate()
OBJECTS = [indicator(1, KEY), indicator(2), indicator(3, KEY)]


def contents(writer: ExportWriter, *, publishers: bool = True, unsigned_from: tuple[str, ...] = (PUBLISHER,)) -> Contents:
    folder = writer.folder / f"{writer.manifests[-1].number:08d}"
    ours = ExchangeKey(writer.key.public)
    keys = PublisherKeys([KnownSigner(KEY.public, PUBLISHER)], [ours], unsigned_from)
    export = open_export((folder / MANIFEST).read_bytes(), [ours], Expected())
    return check_contents(export, Reading(folder, publishers=keys if publishers else None))


def test_objects_are_counted_and_their_signatures_verified(tmp_path: Path) -> None:
    writer = ExportWriter(tmp_path)
    writer.write(Written(snapshot=OBJECTS, recalls=[notice(1, OBJECTS[0])]))
    found = contents(writer)
    assert found.counts == {"indicator": 3}
    assert found.levels == {"signed": 2, "channel-attested": 1}
    assert not found.failed
    assert not contents(writer, publishers=False).levels
    unnamed = contents(writer, unsigned_from=())
    assert (unnamed.levels, unnamed.failed) == ({"signed": 2}, 1)


def test_an_object_that_somebody_changed_before_it_was_exported_fails(tmp_path: Path) -> None:
    writer = ExportWriter(tmp_path)
    writer.write(Written(snapshot=[*OBJECTS, OBJECTS[0] | {"description": "changed"}]))
    found = contents(writer)
    assert (found.failed, found.failures[0][1].step) == (1, 5)
    assert found.levels == {"signed": 2, "channel-attested": 1}


def test_one_object_alone_is_read_as_a_line(tmp_path: Path) -> None:
    writer = ExportWriter(tmp_path)
    writer.write(Written(snapshot=OBJECTS[:1]))
    assert contents(writer).levels == {"signed": 1}


def test_an_empty_export_holds_nothing(tmp_path: Path) -> None:
    writer = ExportWriter(tmp_path)
    writer.write(Written(snapshot=[]))
    assert contents(writer) == Contents()


def test_other_notices_than_the_manifest_names_are_refused(tmp_path: Path) -> None:
    writer = ExportWriter(tmp_path)
    manifest = writer.write(Written(snapshot=[], recalls=[notice(1, OBJECTS[0])]))
    writer.lay(replace(manifest, recalls=(NOTICE,)))
    with pytest.raises(FailedStepError) as caught:
        contents(writer)
    assert (caught.value.number, caught.value.code) == (8, Code.EXPORT_DIFFERENT)


def test_a_file_that_does_not_hold_what_the_manifest_says_is_refused(tmp_path: Path) -> None:
    writer = ExportWriter(tmp_path)
    manifest = writer.write(Written(snapshot=OBJECTS))
    writer.lay(replace(manifest, files=tuple(replace(one, objects=one.objects + 1) for one in manifest.files)))
    with pytest.raises(FailedStepError) as caught:
        contents(writer)
    assert (caught.value.number, caught.value.code) == (8, Code.EXPORT_DIFFERENT)
