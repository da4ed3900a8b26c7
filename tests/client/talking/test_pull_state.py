"""Where a pull stands: what an interrupted run leaves behind is right."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from breakwater_client.errors import StateFileError
from breakwater_client.talking.pull_state import Folder, OneFile, PullState, load_state, save_state, target
from tests.factories.scripted_exchange import NO_CURSORS

ASKED = {"purpose": "detection", "filters": {"type": ["indicator"]}}


def test_a_state_is_read_back_as_it_was_saved(tmp_path: Path) -> None:
    state = PullState(ASKED, next="cursor", pages=2, written_bytes=10, objects=3)
    save_state(tmp_path / "state", state)
    assert load_state(tmp_path / "state", ASKED) == state


def test_without_a_file_the_pull_begins(tmp_path: Path) -> None:
    assert load_state(tmp_path / "state", ASKED) == PullState(ASKED)


def test_a_state_of_another_question_is_refused(tmp_path: Path) -> None:
    save_state(tmp_path / "state", PullState(ASKED))
    with pytest.raises(StateFileError, match="another purpose or other filters"):
        load_state(tmp_path / "state", {"purpose": "investigation", "filters": {}})


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"asked": {}, "unknown": 1}', json.dumps({"asked": ASKED, "format": 2})])
def test_what_is_no_state_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "state").write_text(content)
    with pytest.raises(StateFileError, match="is no state"):
        load_state(tmp_path / "state", ASKED)


@pytest.mark.parametrize("cursor", NO_CURSORS.values(), ids=NO_CURSORS)
def test_a_state_that_leads_to_no_page_is_refused_as_none(tmp_path: Path, cursor: str) -> None:
    save_state(tmp_path / "state", PullState(ASKED, next=cursor))
    with pytest.raises(StateFileError, match="is no state"):
        load_state(tmp_path / "state", ASKED)


def test_pages_are_appended_to_one_file(tmp_path: Path) -> None:
    file = OneFile(tmp_path / "all.ndjson")
    state = file.append(PullState(ASKED), [b"1", b"2"])
    state = file.append(state, [b"3"])
    assert file.path.read_bytes() == b"1\n2\n3\n"
    assert (state.pages, state.written_bytes) == (2, 6)


def test_what_an_interrupted_run_appended_is_cut_off(tmp_path: Path) -> None:
    file = OneFile(tmp_path / "all.ndjson")
    state = file.append(PullState(ASKED), [b"1"])
    with file.path.open("ab") as torn:
        torn.write(b'2\n{"tor')
    file.prepare(state)
    assert file.path.read_bytes() == b"1\n"


def test_a_first_run_that_was_interrupted_starts_with_an_empty_file(tmp_path: Path) -> None:
    file = OneFile(tmp_path / "all.ndjson")
    file.path.write_bytes(b'{"tor')
    file.prepare(PullState(ASKED))
    assert file.path.read_bytes() == b""


@pytest.mark.parametrize("content", [b"", b"1\n"])
def test_a_file_that_lost_what_was_pulled_is_refused(tmp_path: Path, content: bytes) -> None:
    file = OneFile(tmp_path / "all.ndjson")
    file.path.write_bytes(content)
    with pytest.raises(StateFileError, match="does not hold what was pulled before"):
        file.prepare(PullState(ASKED, next="cursor", written_bytes=4))


def test_a_file_that_was_never_written_by_this_pull_is_refused(tmp_path: Path) -> None:
    file = OneFile(tmp_path / "all.ndjson")
    file.path.write_bytes(b"somebody's\n")
    assert file.is_foreign()
    with pytest.raises(StateFileError):
        file.prepare(PullState(ASKED, next="cursor"))


def test_each_page_is_a_file_of_a_folder(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "pages")
    folder.prepare(PullState(ASKED))
    assert not folder.is_foreign()
    state = folder.append(PullState(ASKED), [b"1"])
    folder.append(state, [b"2"])
    pages = {path.name: path.read_bytes() for path in folder.path.iterdir()}
    assert pages == {"objects-00000001.ndjson": b"1\n", "objects-00000002.ndjson": b"2\n"}
    assert folder.is_foreign()


def test_a_page_of_an_interrupted_run_is_replaced(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "pages")
    folder.prepare(PullState(ASKED))
    state = folder.append(PullState(ASKED), [b"1"])
    folder.append(state, [b"lost with its state"])
    folder.append(replace(state), [b"2", b"3"])
    assert (folder.path / "objects-00000002.ndjson").read_bytes() == b"2\n3\n"


def test_what_is_pulled_is_for_its_owner_alone(tmp_path: Path) -> None:
    state = OneFile(tmp_path / "all.ndjson").append(PullState(ASKED), [b"1"], [b"a"])
    folder = Folder(tmp_path / "pages")
    folder.prepare(state)
    folder.append(state, [b"1"], [b"a"])
    save_state(tmp_path / "state", state)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert len(files) == 5


def test_the_name_says_whether_it_is_a_file_or_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder.ndjson").mkdir()
    (tmp_path / "plain").write_text("")
    assert isinstance(target(tmp_path / "new.ndjson"), OneFile)
    assert isinstance(target(tmp_path / "plain"), OneFile)
    assert isinstance(target(tmp_path / "folder.ndjson"), Folder)
    assert isinstance(target(tmp_path / "new"), Folder)
