"""Telling alarms: exit codes, and a command that is run until it went well."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli.alarm_calls import Caller, exit_code_of
from app.cli.faults import ExitCode
from app.cli.folder_shelf import FolderShelf
from breakwater_client.witnessing.alarms import Alarm, AlarmKind
from breakwater_client.witnessing.kept_alarms import keep_alarm, kept_alarms, mark_seen
from tests.cli.desk import run

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FORK, SILENCE = Alarm(AlarmKind.FORK, "Two logs.", "a"), Alarm(AlarmKind.SILENCE, "Nothing new.", "b")


@pytest.mark.parametrize(
    ("kinds", "code"),
    [
        ([], ExitCode.OK),
        (["silence"], ExitCode.SILENT),
        (["silence", "vanished"], ExitCode.MISUSED),
        (["foreign-key", "rollback"], ExitCode.ROLLED_BACK),
        (["silence", "rollback", "fork"], ExitCode.FORKED),
        (["unsigned-growth"], ExitCode.FORKED),
    ],
)
def test_of_several_alarms_the_worst_counts(kinds: list[str], code: ExitCode) -> None:
    assert exit_code_of({"kind": one} for one in kinds) is code


def test_every_kind_has_a_code() -> None:
    assert all(exit_code_of([{"kind": kind.value}]) is not ExitCode.OK for kind in AlarmKind)


def test_an_alarm_is_told_once_and_lasts_if_it_does_not_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shelf = FolderShelf(tmp_path)
    keep_alarm(shelf, SILENCE, NOW)
    assert Caller(tmp_path, None).call(set()) is ExitCode.SILENT
    assert "ALARM silence-" in capsys.readouterr().err
    assert Caller(tmp_path, None).call(set()) is ExitCode.OK
    assert Caller(tmp_path, None).call({SILENCE.alarm_id}) is ExitCode.SILENT
    keep_alarm(shelf, FORK, NOW)
    assert [Caller(tmp_path, None).call(set()) for _ in range(2)] == [ExitCode.FORKED] * 2
    mark_seen(shelf, FORK.alarm_id)
    assert Caller(tmp_path, None).call({FORK.alarm_id}) is ExitCode.OK
    assert capsys.readouterr().err.count("ALARM") == 1


def test_the_command_is_given_kind_folder_and_sentence(tmp_path: Path) -> None:
    keep_alarm(FolderShelf(tmp_path), FORK, NOW)
    script, called = tmp_path / "call", tmp_path / "called"
    script.write_text(f'#!/bin/sh\necho "$1 $2 $3 $BREAKWATER_ALARM_KIND $BREAKWATER_ALARM_SENTENCE" > {called}\n')
    script.chmod(0o755)
    Caller(tmp_path, f"{script} 'an argument'").call(set())
    assert called.read_text() == f"an argument fork {tmp_path}/alarms/{FORK.alarm_id} fork Two logs.\n"


@pytest.mark.parametrize("command", ["/nonexistent/command", "false", "unbalanced '"])
def test_a_command_that_does_not_go_well_is_told_and_run_again(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_alarm(FolderShelf(tmp_path), FORK, NOW)
    for _ in range(2):
        assert Caller(tmp_path, command).call(set()) is ExitCode.FORKED
        assert "alarm command" in capsys.readouterr().err
    assert [one.told for one in kept_alarms(FolderShelf(tmp_path))] == [False]


def test_what_a_round_finds_again_counts_though_somebody_has_looked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep_alarm(FolderShelf(tmp_path), FORK, NOW)
    mark_seen(FolderShelf(tmp_path), FORK.alarm_id)
    caller = Caller(tmp_path, None, even_seen=True)
    assert caller.call({FORK.alarm_id}) is ExitCode.FORKED
    assert f"ALARM {FORK.alarm_id} (seen) is still so: Two logs." in capsys.readouterr().err
    assert caller.call(set()) is ExitCode.OK
    assert capsys.readouterr().err == ""


def test_what_could_not_be_kept_is_called_about_each_time_and_once_in_a_round(tmp_path: Path) -> None:
    script, called = tmp_path / "call", tmp_path / "called"
    script.write_text(f'#!/bin/sh\necho "$1 $2" >> {called}\n')
    script.chmod(0o755)
    caller = Caller(tmp_path, str(script))
    for _ in range(2):
        tried: set[str] = set()
        assert [caller.call((), [FORK], tried) for _ in range(2)] == [ExitCode.FORKED] * 2
    assert called.read_text() == f"fork {tmp_path}\n" * 2


def test_that_it_cannot_be_remembered_keeps_no_other_alarm_from_being_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for one in (FORK, SILENCE):
        keep_alarm(FolderShelf(tmp_path), one, NOW)

    def full(shelf: FolderShelf, path: str, content: bytes) -> None:
        raise OSError(28, "No space left on device", f"{shelf.root}/{path}{content.decode()}")

    monkeypatch.setattr(FolderShelf, "write", full)
    assert Caller(tmp_path, "true").call(set()) is ExitCode.FORKED
    told = capsys.readouterr().err
    assert [told.count(f"ALARM {one.alarm_id}") for one in (FORK, SILENCE)] == [1, 1]
    assert "told: No space left" in told


NOT_RUN = ["/nonexistent/command", "no-such-program --now", "unbalanced '", ""]


@pytest.mark.parametrize("command", NOT_RUN)
def test_a_command_that_cannot_be_run_is_told_before_it_is_needed(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Caller(tmp_path, command).warn_unless_it_can_run()
    assert "names no program that can be run" in capsys.readouterr().err


def test_a_file_that_is_not_executable_is_no_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "call"
    script.write_text("#!/bin/sh\n")
    Caller(tmp_path, str(script)).warn_unless_it_can_run()
    assert str(script) in capsys.readouterr().err
    script.chmod(0o755)
    for command in (None, str(script), f"{script} 'an argument'", "true"):
        Caller(tmp_path, command).warn_unless_it_can_run()
    assert capsys.readouterr().err == ""


def test_a_command_is_tried_with_a_kind_that_is_no_alarms(tmp_path: Path) -> None:
    script, called = tmp_path / "call", tmp_path / "called"
    script.write_text(f'#!/bin/sh\necho "$1 $2 $BREAKWATER_ALARM_KIND $BREAKWATER_ALARM_SENTENCE" >> {called}\n')
    script.chmod(0o755)
    done = run("witness", "try-alarm", tmp_path, "--alarm-command", script)
    assert (done.exit_code, done.stderr) == (0, "")
    assert called.read_text() == f"trial {tmp_path} trial This is a trial, and no alarm: nothing was found.\n"
    assert "trial" not in {one.value for one in AlarmKind}
    assert not list(kept_alarms(FolderShelf(tmp_path)))


@pytest.mark.parametrize("command", [*NOT_RUN, "false"])
def test_a_command_that_fails_as_it_is_tried_is_told(tmp_path: Path, command: str) -> None:
    done = run("witness", "try-alarm", tmp_path, "--alarm-command", command)
    assert (done.exit_code, "nobody would be called" in done.stderr) == (ExitCode.REFUSED, True)
