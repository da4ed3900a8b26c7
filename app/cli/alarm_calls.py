"""Alarms of witnesses and of whoever watches over its name, as they are told: exit codes, words, and a command that calls.

Owns that each alarm is told once, and again until the command went well, also where it could not be kept; and that a command can
be tried before it is needed. Kept by ``tests/cli/test_alarm_calls.py`` and ``tests/cli/test_witness_lied_to.py``.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.faults import ExitCode, printable
from app.cli.folder_shelf import FolderShelf
from app.cli.output import say, warn

if TYPE_CHECKING:
    from breakwater_client.witnessing.alarms import Alarm
    from breakwater_client.witnessing.kept_alarms import KeptAlarm

_CODES = {
    "directory": ExitCode.ROLLED_BACK,
    "foreign-key": ExitCode.MISUSED,
    "not-logged": ExitCode.MISUSED,
    "not-signed": ExitCode.MISUSED,
    "not-taken": ExitCode.SILENT,
    "rollback": ExitCode.ROLLED_BACK,
    "silence": ExitCode.SILENT,
    "unsigned-directory": ExitCode.ROLLED_BACK,
    "vanished": ExitCode.MISUSED,
}
_WORST_FIRST = (ExitCode.FORKED, ExitCode.ROLLED_BACK, ExitCode.MISUSED, ExitCode.SILENT)
_COMMAND_SECONDS = 60
_TRIAL = "trial"
"""The kind that the command is given as it is tried; no alarm is of this kind."""


def exit_code_of(alarms: Iterable[Mapping[str, Any]]) -> ExitCode:
    """Give what the shell is told of alarms (with their ``kind``): of several, of the worst."""
    codes = {_CODES.get(one["kind"], ExitCode.FORKED) for one in alarms}
    return next((one for one in _WORST_FIRST if one in codes), ExitCode.OK)


def tell_alarms(alarms: Sequence[Mapping[str, Any]]) -> None:
    """Tell alarms, as JSON values, to people."""
    for one in alarms:
        still = ", and still so in the last round" if one.get("still_found") else ""
        seen = f" (seen{still})" if one["seen"] else ""
        say(f"ALARM {one['id']}{seen}: {one['sentence']}")
        say(f"  raised {one['raised_at']}, evidence in {one['evidence']}")
        if one["how_to_verify"]:
            say(f"  {one['how_to_verify']}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who tells of the alarms in a folder: by which command (None: on standard error alone).

    ``even_seen``: what a round finds gives its exit code, and a line, also where a person has looked at it before.
    """

    folder: Path
    command: str | None
    even_seen: bool = False

    def warn_unless_it_can_run(self) -> None:
        """Tell if the command names no program that can be run now; it may come later, and stops nothing."""
        try:
            found = shutil.which(_arguments(self.command or "")[0])
        except ValueError:
            found = None
        if self.command is not None and found is None:
            sentence = f"The alarm command names no program that can be run: {self.command}. Nobody is called while that is so."
            warn(sentence, "alarm-command")

    def was_tried(self) -> bool:
        """Run the command once, with a kind that is no alarm's; whether it went well."""
        return self._was_called(_TRIAL, "This is a trial, and no alarm: nothing was found.", self.folder.absolute())

    def call(self, found: Collection[str], unkept: Sequence[Alarm] = (), tried: set[str] | None = None) -> ExitCode:
        """Tell alarms that nobody was told of yet, and run the command for each; of ``unkept``, which are not kept, each time.

        Gives the code of those among ``found`` (ids), of new ones, and of those that last until somebody has looked. Whatever is
        in ``tried`` was called about in this round, and is not again; what is called about is added.
        """
        from breakwater_client.witnessing.kept_alarms import kept_alarms

        tried = set() if tried is None else tried
        for alarm in unkept:  # first, and without a look at the disk, which may be why
            if alarm.alarm_id not in tried:
                tried.add(alarm.alarm_id)
                warn(f"ALARM {alarm.alarm_id}, which could not be kept: {alarm.sentence}", alarm.kind.value)
                self._was_called(alarm.kind.value, alarm.sentence, self.folder.absolute())
        kept = list(kept_alarms(FolderShelf(self.folder)))
        fresh = {one.alarm_id for one in kept if not (one.seen or one.told)}
        for one in kept:
            if one.alarm_id in fresh - tried:
                tried.add(one.alarm_id)
                self._tell(one)
            elif one.seen and self.even_seen and one.alarm_id in found:
                warn(f"ALARM {one.alarm_id} (seen) is still so: {one.sentence}", one.kind.value)
        counting = [one for one in kept if not one.seen and (one.is_lasting or one.alarm_id in fresh.union(found))]
        again = [one for one in kept if one.seen and self.even_seen and one.alarm_id in found]
        kinds = [*(one.kind for one in (*counting, *again)), *(one.kind for one in unkept)]
        return exit_code_of([{"kind": kind.value} for kind in kinds])

    def _tell(self, alarm: KeptAlarm) -> None:
        """Tell an alarm and run the command, and remember that it went well; else it is run again with the next round."""
        from breakwater_client.witnessing.kept_alarms import mark_told

        warn(f"ALARM {alarm.alarm_id}: {alarm.sentence}", alarm.kind.value)
        if self._was_called(alarm.kind.value, alarm.sentence, self.folder.absolute() / "alarms" / alarm.alarm_id):
            try:
                mark_told(FolderShelf(self.folder), alarm.alarm_id)
            except OSError as exc:  # the others are told all the same
                warn(f"{exc.filename}: {exc.strerror}. The alarm command is run again with the next round.", "file")

    def _was_called(self, kind: str, sentence: str, evidence: Path) -> bool:
        """Run the command for an alarm; whether it went well, or there is none."""
        if self.command is None:
            return True
        told = {"BREAKWATER_ALARM_KIND": kind, "BREAKWATER_ALARM_SENTENCE": printable(sentence)}
        try:
            ended = subprocess.run(  # noqa: S603  # whoever runs the witness named it
                [*_arguments(self.command), kind, str(evidence)],
                env=os.environ | told,
                stdin=subprocess.DEVNULL,
                timeout=_COMMAND_SECONDS,
                check=False,
            )
        except (OSError, ValueError, subprocess.TimeoutExpired) as exc:
            warn(f"The alarm command could not be run: {type(exc).__name__}.", "alarm-command")
            return False
        if ended.returncode != 0:
            again = "" if kind == _TRIAL else "; it is run again with the next round"
            warn(f"The alarm command ended with {ended.returncode}{again}.", "alarm-command")
        return ended.returncode == 0


def _arguments(command: str) -> list[str]:
    """Give a command in words: one at least, for what is appended to none would be run itself.

    Raises:
        ValueError: a quotation does not end, or there is no word.
    """
    words = shlex.split(command)
    if not words:
        raise ValueError
    return words
