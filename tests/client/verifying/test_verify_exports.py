"""Exports that lie in a folder: what follows, what goes back, what is held back, and what is not the file that it should be."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.errors import BreakwaterError, Code, MalformedInputError
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.steps import FailedStepError
from breakwater_client.verifying.verify_exports import (
    MANIFEST,
    Accepted,
    Expected,
    OpenedExport,
    accepted_bytes,
    check_files,
    check_fresh,
    check_order,
    open_export,
    read_accepted,
)
from tests.factories.export_manifests import DEFINITION, EXCHANGE, PARTNER
from tests.factories.written_exports import ExportWriter, Written, indicator

ANOTHER = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def writer(tmp_path: Path) -> ExportWriter:
    """Three exports: a snapshot and two deltas."""
    writer = ExportWriter(tmp_path)
    writer.write(Written(snapshot=[indicator(1)]))
    writer.write(Written(delta=[indicator(2)]))
    writer.write(Written(delta=[indicator(3)], snapshot=[indicator(1), indicator(2), indicator(3)]))
    return writer


def opened(writer: ExportWriter, number: int, expected: Expected | None = None) -> OpenedExport:
    raw = (writer.folder / f"{number:08d}" / MANIFEST).read_bytes()
    return open_export(raw, [ExchangeKey(writer.key.public)], expected or Expected())


def everything(writer: ExportWriter) -> list[OpenedExport]:
    return [opened(writer, one.number) for one in writer.manifests]


def refused(call: Callable[[], object]) -> tuple[int, Code]:
    with pytest.raises(FailedStepError) as caught:
        call()
    return caught.value.number, caught.value.code


def test_exports_that_follow_each_other_are_taken(writer: ExportWriter) -> None:
    exports = everything(writer)
    for accepted in (None, *(one.accepted for one in exports)):
        check_order(exports, accepted)
    check_order(exports[1:], exports[0].accepted)
    check_order(exports[2:], exports[2].accepted)
    check_fresh(exports[-1], datetime.now(UTC))
    for one in exports:
        check_files(one, writer.folder / f"{one.manifest.number:08d}")


def test_what_was_accepted_is_remembered(writer: ExportWriter) -> None:
    accepted = opened(writer, 2).accepted
    assert read_accepted(accepted_bytes(accepted)) == accepted
    for raw in (
        accepted_bytes(accepted).replace(b'"number": 2', b'"number": 1e999'),
        b"",
        b"[]",
        b"{}",
        accepted_bytes(accepted).replace(b'"format": 1', b'"format": 2'),
    ):
        with pytest.raises(MalformedInputError):
            read_accepted(raw)


@pytest.mark.parametrize("field", ["exchange", "partner", "definition"])
def test_an_export_of_somebody_else_is_refused(writer: ExportWriter, field: str) -> None:
    before = opened(writer, 1, Expected(None, EXCHANGE, PARTNER, DEFINITION)).accepted
    named = Expected(exchange=ANOTHER) if field == "exchange" else Expected(partner=ANOTHER)
    named = Expected(definition=ANOTHER) if field == "definition" else named
    held: Accepted = replace(before, **{field: ANOTHER})
    assert refused(lambda: opened(writer, 2, named)) == (4, Code.EXPORT_OF_ANOTHER)
    assert refused(lambda: opened(writer, 2, Expected(held))) == (4, Code.EXPORT_OF_ANOTHER)


def test_what_another_key_signed_or_what_is_no_manifest_is_refused(writer: ExportWriter) -> None:
    raw = (writer.folder / "00000001" / MANIFEST).read_bytes()
    stranger = [ExchangeKey(PrivateKey.generate().public)]
    stolen = [ExchangeKey(writer.key.public, datetime.now(UTC))]
    ours = [ExchangeKey(writer.key.public)]
    assert refused(lambda: open_export(raw, stranger, Expected())) == (2, Code.KEY_NOT_ACCEPTED)
    assert refused(lambda: open_export(raw, stolen, Expected())) == (2, Code.KEY_WAS_COMPROMISED)
    assert refused(lambda: open_export(b"no JSON", ours, Expected()))[0] == 1
    assert refused(lambda: open_export(raw.replace(b"export-manifest", b"receipt"), ours, Expected()))[0] == 1
    forged = json.loads(raw)
    forged["signatures"][0]["sig"] = forged["signatures"][0]["sig"][:-6] + "AAAA=="
    assert refused(lambda: open_export(json.dumps(forged).encode(), ours, Expected())) == (3, Code.SIGNATURE_INVALID)


def test_nobody_goes_back(writer: ExportWriter) -> None:
    exports = everything(writer)
    assert refused(lambda: check_order(exports[:2], exports[2].accepted)) == (5, Code.EXPORT_ROLLED_BACK)


def test_another_export_under_the_number_is_a_fork(writer: ExportWriter) -> None:
    exports = everything(writer)
    accepted = replace(exports[1].accepted, manifest_sha256="0" * 64)
    assert refused(lambda: check_order(exports, accepted)) == (5, Code.EXPORT_FORKED)
    assert refused(lambda: check_order([exports[0], exports[0]], None)) == (5, Code.EXPORT_FORKED)


def test_one_that_is_held_back_is_missed(writer: ExportWriter) -> None:
    exports = everything(writer)
    assert refused(lambda: check_order([exports[0], exports[2]], None)) == (5, Code.EXPORT_CHAIN_BROKEN)
    assert refused(lambda: check_order(exports[2:], exports[0].accepted)) == (5, Code.EXPORT_CHAIN_BROKEN)


def test_a_later_export_of_an_earlier_time_is_refused(writer: ExportWriter) -> None:
    last = writer.manifests[-1].as_of
    writer.write(Written(delta=[]), since=last - timedelta(days=2), as_of=last - timedelta(days=1))
    assert refused(lambda: check_order(everything(writer), None)) == (5, Code.EXPORT_ROLLED_BACK)


def test_the_newest_is_not_the_newest_for_ever(writer: ExportWriter) -> None:
    newest = opened(writer, 3)
    check_fresh(newest, newest.manifest.expires_at - timedelta(seconds=1))
    assert refused(lambda: check_fresh(newest, newest.manifest.expires_at)) == (6, Code.EXPORT_EXPIRED)


def lost(folder: Path, file: Path) -> None:
    del folder
    file.unlink()


def cut(folder: Path, file: Path) -> None:
    del folder
    file.write_bytes(file.read_bytes()[:-1])


def changed(folder: Path, file: Path) -> None:
    del folder
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def besides(folder: Path, file: Path) -> None:
    (folder / f"{file.name}.more").write_bytes(b"")


def mixed(folder: Path, file: Path) -> None:
    [other] = (folder.parent / "00000001").glob("*-snapshot-0001.ndjson.zst")
    file.write_bytes(other.read_bytes())


def linked(folder: Path, file: Path) -> None:
    moved = folder.parent / "moved"
    file.rename(moved)
    file.symlink_to(moved)


def a_folder(folder: Path, file: Path) -> None:
    del folder
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("tamper", [lost, cut, changed, besides, mixed, linked, a_folder])
def test_files_are_exactly_those_of_the_manifest(writer: ExportWriter, tamper: Callable[[Path, Path], None]) -> None:
    folder = writer.folder / "00000003"
    [file] = folder.glob("*-snapshot-0001.ndjson.zst")
    tamper(folder, file)
    assert refused(lambda: check_files(opened(writer, 3), folder)) == (7, Code.EXPORT_DIFFERENT)


def test_the_name_of_a_strange_file_is_not_repeated(writer: ExportWriter) -> None:
    (writer.folder / "00000001" / "\x1b[2J").write_bytes(b"")
    with pytest.raises(BreakwaterError, match="strange name"):
        check_files(opened(writer, 1), writer.folder / "00000001")
