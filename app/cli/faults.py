"""How commands fail: one line that says what to do, and an exit code of ``docs/cli.md``.

Owns the exit codes and the one place where errors become text. Kept by ``tests/cli/test_faults.py``.
"""

from __future__ import annotations

import json
import sys
import traceback
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum, unique
from pathlib import Path
from typing import Any

import click

from app.domain.errors import BreakwaterError, Code, ForbiddenError, UnauthenticatedError, UnavailableError

_JSON = "breakwater.json"
_ARGUMENTS = "breakwater.arguments"
_PRINTABLE_ONLY = dict.fromkeys((*range(32), *range(127, 160)))
_HIDDEN = {"Cf", "Zl", "Zp", "Cs", "Co", "Cn"}


@unique
class ExitCode(IntEnum):
    """What the shell is told."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    UNAVAILABLE = 3
    NOT_ALLOWED = 4
    ROLLED_BACK = 5
    FORKED = 6
    SILENT = 7
    MISUSED = 8
    INTERRUPTED = 130


ALARMING = {
    Code.DIRECTORY_ROLLED_BACK: ExitCode.ROLLED_BACK,
    Code.EXPORT_FORKED: ExitCode.FORKED,
    Code.EXPORT_ROLLED_BACK: ExitCode.ROLLED_BACK,
    Code.LOG_FORKED: ExitCode.FORKED,
    Code.LOG_ROLLED_BACK: ExitCode.ROLLED_BACK,
    Code.RELEASE_FORKED: ExitCode.FORKED,
}
"""What shows that an exchange lost or changed what it had published has exit codes of its own: a script can call somebody."""


class CommandFault(Exception):  # noqa: N818  # "fault" is the word of this module, as with the faults of JSON
    """A command cannot go on: a sentence, and what ``--json`` tells beside it."""

    def __init__(self, sentence: str, exit_code: ExitCode = ExitCode.REFUSED, **details: str | int | None) -> None:
        """Keep what is shown; ``details`` are code, pointer, status and request_id where they are known."""
        super().__init__(sentence)
        self.sentence = sentence
        self.exit_code = exit_code
        self.details = {name: value for name, value in details.items() if value is not None}


class SettingsRefusedError(CommandFault):
    """The settings of the environment are not fit."""

    def __init__(self, sentence: str) -> None:
        """Take the one line that names the variable."""
        super().__init__(sentence, ExitCode.USAGE, code="settings")


def printable(text: object) -> str:
    """Give a text in one line, without control characters: what others wrote must not drive the terminal.

    What is invisible or turns the direction of what follows is spelled out: two texts that look alike are then the same.
    """
    return "".join(map(_seen, str(text).translate(_PRINTABLE_ONLY)))


def _seen(character: str) -> str:
    hidden = not character.isascii() and unicodedata.category(character) in _HIDDEN
    return character.encode("ascii", "backslashreplace").decode() if hidden else character


def wants_json() -> bool:
    """Whether the running command was asked for JSON."""
    context = click.get_current_context(silent=True)
    return bool(context and context.find_root().meta.get(_JSON))


def _remember_json(context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001  # click calls it
    context.find_root().meta[_JSON] = value


json_option = click.option(
    "--json", is_flag=True, expose_value=False, callback=_remember_json, is_eager=True, help="Print JSON, errors too."
)
"""Every command has it."""


class Commands(click.Group):
    """The root of all commands: whatever a command raises on purpose becomes one line and an exit code."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remember the arguments: a command that was given wrongly may never come to read its ``--json``."""
        ctx.meta[_ARGUMENTS] = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as exc:
            _tell_usage(exc, ctx)
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; unexpected errors keep their traceback, for they are ours to mend."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            ctx.exit(ExitCode.INTERRUPTED)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(ExitCode.REFUSED)
        except click.UsageError as exc:
            _tell_usage(exc, ctx)
            raise
        except (CommandFault, BreakwaterError, OSError) as exc:
            fault = as_fault(exc)
            _tell(fault, as_json=bool(ctx.find_root().meta.get(_JSON)))
            ctx.exit(fault.exit_code)


def _tell_usage(error: click.UsageError, context: click.Context) -> None:
    """Tell what was given wrongly as JSON and end, where JSON was asked for; else leave it to click, which shows usage."""
    given = context.meta[_ARGUMENTS]
    if "--json" in given[: given.index("--") if "--" in given else None]:
        _tell(CommandFault(error.format_message(), code="usage"), as_json=True)
        context.exit(ExitCode.USAGE)


def as_fault(exc: Exception) -> CommandFault:
    """Give what to tell of an error."""
    if isinstance(exc, CommandFault):
        return exc
    if isinstance(exc, BreakwaterError):
        return CommandFault(exc.sentence, _exit_code(exc), code=exc.code.value, pointer=exc.pointer)
    if isinstance(exc, OSError):
        return CommandFault(f"{exc.filename or 'file'}: {exc.strerror or type(exc).__name__}", code="file")
    raise exc


def any_fault(error: Exception) -> CommandFault:
    """Give what to tell of an error of whatever kind; of one of the program's own its kind and its place, and no value."""
    if isinstance(error, (CommandFault, BreakwaterError, OSError)):
        return as_fault(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{type(error).__name__}, {Path(last.filename).name}:{last.lineno}"
    return CommandFault(f"A fault of this program itself ({place}): please tell its makers.", code="internal")


@contextmanager
def naming(file: object) -> Iterator[None]:
    """Let what is wrong with a file's content be told with the file's name.

    Raises:
        CommandFault: the block raised an error of the domain.
    """
    try:
        yield
    except BreakwaterError as exc:
        fault = as_fault(exc)
        raise CommandFault(f"{file}: {fault.sentence}", fault.exit_code, **fault.details) from exc


def _exit_code(error: BreakwaterError) -> ExitCode:
    if isinstance(error, UnavailableError):
        return ExitCode.UNAVAILABLE
    if error.code in ALARMING:
        return ALARMING[error.code]
    return ExitCode.NOT_ALLOWED if isinstance(error, (UnauthenticatedError, ForbiddenError)) else ExitCode.REFUSED


def _tell(fault: CommandFault, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": {"detail": fault.sentence, **fault.details}}), err=True)
        return
    place = f" (at {fault.details['pointer']})" if fault.details.get("pointer") else ""
    code = f" [{fault.details['code']}]" if "code" in fault.details else ""
    click.echo(printable(f"error: {fault.sentence}{place}{code}"), err=True)
