"""Kinds of alarms, their names, and how each is shown to somebody else."""

from __future__ import annotations

import pytest

from breakwater_client.witnessing.alarms import DIRECTORY, GROWTH, KEPT, OTHER, RECEIPT, SHOWN, Alarm, AlarmKind


def test_an_alarms_name_is_of_its_kind_and_what_it_is_about_and_no_time() -> None:
    one, again = (Alarm(AlarmKind.FORK, sentence, "two roots") for sentence in ("Now.", "Later."))
    assert one.alarm_id == again.alarm_id
    assert one.alarm_id.startswith("fork-")
    assert one.alarm_id != Alarm(AlarmKind.FORK, "Now.", "two others").alarm_id
    assert one.alarm_id != Alarm(AlarmKind.ROLLBACK, "Now.", "two roots").alarm_id


@pytest.mark.parametrize(
    ("kind", "files", "command"),
    [
        (AlarmKind.FORK, (SHOWN, KEPT, GROWTH), "shown growth.json --checkpoint kept"),
        (AlarmKind.FORK, (SHOWN, KEPT), "shown --checkpoint kept"),
        (AlarmKind.SPLIT_VIEW, (OTHER, KEPT), "other --checkpoint kept"),
        (AlarmKind.UNSIGNED_GROWTH, (SHOWN, KEPT), "shown"),
        (AlarmKind.NOT_LOGGED, (RECEIPT,), "receipt.json"),
    ],
)
def test_the_command_names_the_evidence_that_is_there(kind: AlarmKind, files: tuple[str, ...], command: str) -> None:
    alarm = Alarm(kind, "", "", dict.fromkeys((*files, DIRECTORY), b""))
    assert alarm.how_to_verify == f"breakwater verify {command} --accepted-directory directory.json"


@pytest.mark.parametrize(
    "alarm", [Alarm(AlarmKind.SILENCE, "", "", {DIRECTORY: b"", KEPT: b""}), Alarm(AlarmKind.FORK, "", "", {SHOWN: b""})]
)
def test_what_shows_nothing_to_others_names_no_command(alarm: Alarm) -> None:
    assert alarm.how_to_verify is None


def test_only_what_does_not_pass_by_itself_lasts() -> None:
    assert {one for one in AlarmKind if one.is_lasting} == {AlarmKind.DIRECTORY, AlarmKind.FORK, AlarmKind.SPLIT_VIEW}
    assert list(AlarmKind) == sorted(AlarmKind)
