"""How commands fail: one line, an exit code, and JSON if it was asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click
import pytest
from click.testing import CliRunner, Result

from app.cli.faults import CommandFault, Commands, ExitCode, SettingsRefusedError, as_fault, json_option, printable
from app.domain.errors import (
    Code,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
    UntrustedSignatureError,
)


def fail_with(error: BaseException, *arguments: str, as_given: Sequence[str] = ()) -> Result:
    @click.group(cls=Commands)
    def root() -> None:
        """Nothing."""

    @root.command()
    @json_option
    def go() -> None:
        raise error

    return CliRunner().invoke(root, as_given or ["go", *arguments])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConflictError("It is there."), ExitCode.REFUSED),
        (NotFoundError(), ExitCode.REFUSED),
        (UnauthenticatedError("Who?"), ExitCode.NOT_ALLOWED),
        (ForbiddenError("No."), ExitCode.NOT_ALLOWED),
        (UntrustedSignatureError("Older.", code=Code.DIRECTORY_ROLLED_BACK), ExitCode.ROLLED_BACK),
        (UntrustedSignatureError("Shorter.", code=Code.LOG_ROLLED_BACK), ExitCode.ROLLED_BACK),
        (UntrustedSignatureError("Another.", code=Code.LOG_FORKED), ExitCode.FORKED),
        (UnavailableError("Away."), ExitCode.UNAVAILABLE),
        (SettingsRefusedError("BREAKWATER_BIND must be host:port."), ExitCode.USAGE),
        (CommandFault("Say which.", ExitCode.USAGE), ExitCode.USAGE),
        (FileNotFoundError(2, "No such file or directory", "objects.json"), ExitCode.REFUSED),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
        (BrokenPipeError(), ExitCode.REFUSED),
    ],
)
def test_each_kind_of_failure_has_its_exit_code(error: BaseException, code: ExitCode) -> None:
    assert fail_with(error).exit_code == code


def test_an_error_is_one_line_with_its_place_and_code() -> None:
    error = ConflictError("It is stored already.", pointer="/objects/0")
    assert fail_with(error).stderr == "error: It is stored already. (at /objects/0) [state-conflict]\n"


def test_an_error_is_json_where_json_was_asked_for() -> None:
    told = fail_with(CommandFault("No.", code="permission-missing", request_id=None), "--json")
    assert json.loads(told.stderr) == {"error": {"detail": "No.", "code": "permission-missing"}}
    assert told.stdout == ""


USAGE = click.UsageError("No such thing.")


@pytest.mark.parametrize(
    "arguments", [["go", "--nope", "--json"], ["--nope", "--json"], ["nope", "--json"], ["go", "--json", "x"]]
)
def test_what_was_given_wrongly_is_json_too_where_json_was_asked_for(arguments: list[str]) -> None:
    told = fail_with(USAGE, as_given=arguments)
    error = json.loads(told.stderr)["error"]
    assert (told.exit_code, told.stdout, error["code"]) == (ExitCode.USAGE, "", "usage")
    assert error["detail"]


def test_a_commands_own_complaint_about_its_use_is_json_too() -> None:
    assert json.loads(fail_with(USAGE, "--json").stderr)["error"]["detail"] == "No such thing."


@pytest.mark.parametrize("arguments", [["go", "--nope"], ["--nope"], ["go", "--", "--json"]])
def test_people_are_shown_the_usage(arguments: list[str]) -> None:
    told = fail_with(USAGE, as_given=arguments)
    assert told.exit_code == ExitCode.USAGE
    assert told.stderr.startswith("Usage: ")
    assert "{" not in told.stderr


def test_what_others_wrote_does_not_drive_the_terminal() -> None:
    assert fail_with(CommandFault("red \x1b[31m\r\nalert\x9b")).stderr == "error: red [31malert\n"
    assert printable("a\x00\x7fbé") == "abé"


@pytest.mark.parametrize("code", [0x200B, 0x202E, 0x2028, 0x2029, 0x2066, 0xFEFF, 0xE000, 0xD800])
def test_what_is_invisible_or_turns_the_direction_is_spelled_out(code: int) -> None:
    assert printable(f"a{chr(code)}b é 日本") == f"a\\u{code:04x}b é 日本"


def test_a_file_that_cannot_be_read_is_named() -> None:
    fault = as_fault(PermissionError(13, "Permission denied", "key.pem"))
    assert (fault.sentence, fault.details) == ("key.pem: Permission denied", {"code": "file"})


def test_a_mistake_of_ours_keeps_its_traceback() -> None:
    result = fail_with(ZeroDivisionError())
    assert isinstance(result.exception, ZeroDivisionError)
