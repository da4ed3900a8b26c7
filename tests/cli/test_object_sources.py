"""Files of objects: looked through before anything is sent, mapped where they are large, and read once where that is all."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from pathlib import Path

import pytest

from app.cli import object_sources
from app.cli.faults import CommandFault, ExitCode
from app.cli.object_sources import Source, sources_of, survey

BUNDLE = {"type": "bundle", "id": "bundle--1", "objects": [{"id": "a"}, {"id": "b"}]}


def ids(source: Source) -> list[str]:
    with source.opened() as file:
        return [placed.value["id"] for placed in file]


@pytest.mark.parametrize("mapped_from", [0, 10**9], ids=["mapped", "read"])
def test_a_file_is_read_as_often_as_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mapped_from: int) -> None:
    monkeypatch.setattr(object_sources, "MAPPED_FROM_BYTES", mapped_from)
    (tmp_path / "a.json").write_text(json.dumps(BUNDLE))
    source = Source.of(tmp_path / "a.json")
    assert ids(source) == ids(source) == ["a", "b"]


def test_what_was_made_here_is_a_source_as_well() -> None:
    source = Source.of_content("made here", json.dumps(BUNDLE).encode())
    assert source.name == "made here"
    assert ids(source) == ids(source) == ["a", "b"]


def test_a_pipe_is_read_once_and_kept(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=(json.dumps(BUNDLE),))
    writer.start()
    source = Source.of(tmp_path / "pipe")
    writer.join()
    assert ids(source) == ids(source) == ["a", "b"]


def test_standard_input_is_read_once_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(BUNDLE).encode())))
    source = Source.of_input("-")
    assert (source.name, ids(source), ids(source)) == ("standard input", ["a", "b"], ["a", "b"])


def test_standard_input_is_named_once() -> None:
    with pytest.raises(CommandFault) as caught:
        sources_of(["-", "a.json", "-"])
    assert caught.value.exit_code == ExitCode.USAGE


def test_all_files_are_counted_together(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(BUNDLE))
    (tmp_path / "b.ndjson").write_text('{"id": "c"}\n{"id": 1, "id": 2}\n')
    (tmp_path / "c.ndjson").touch()
    assert survey([Source.of(tmp_path / name) for name in ("a.json", "b.ndjson", "c.ndjson")]).total == 4


def test_what_stands_beside_the_objects_is_remarked_on(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(BUNDLE | {"spec_version": "2.1", "x_feed": "daily"}))
    (tmp_path / "b.json").write_text(json.dumps(BUNDLE))
    surveyed = survey([Source.of(tmp_path / "a.json"), Source.of(tmp_path / "b.json")])
    assert surveyed.remarks == [
        f"{tmp_path / 'a.json'}: objects alone are sent, and not what stands beside them: spec_version, x_feed."
    ]


@pytest.mark.parametrize("content", [b"no JSON", b"\x1f\x8bpacked", b'{"type": "bundle", "spec_version": "2.0", "objects": []}'])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_text(json.dumps(BUNDLE))
    (tmp_path / "b.json").write_bytes(content)
    with pytest.raises(CommandFault) as caught:
        survey([Source.of(tmp_path / "a.json"), Source.of(tmp_path / "b.json")])
    assert caught.value.sentence.startswith(f"{tmp_path / 'b.json'}: ")
