"""``token …``: tokens of identifiers, made on one's own machine. Kept by ``tests/cli/test_tokens.py``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from app.cli.durable_files import EXISTING_FILE, FILE_OR_INPUT
from app.cli.faults import CommandFault, ExitCode, json_option, naming, printable

_KINDS = ("account-id", "device", "email", "handle", "phone")


@click.group()
def token() -> None:
    """Tokens: what stands for an identifier within a sharing group, made where the identifier is."""


@token.command()
@click.argument("file", type=FILE_OR_INPUT, default="-")
@click.option("--keys", "key_file", required=True, type=EXISTING_FILE, help="The file that `group keys` wrote.")
@click.option("--kind", required=True, type=click.Choice(_KINDS), help="What the identifiers are.")
@click.option("--service", help="The domain of the service, for account ids and handles.")
@click.option("--epoch", help="The epoch to make them for; the current one if left out.")
@click.option("--every-epoch", "every", is_flag=True, help="One for each epoch, to look for them in what was shared before.")
@json_option
def make(file: str, key_file: Path, kind: str, service: str | None, epoch: str | None, *, every: bool) -> None:  # noqa: PLR0913  # click gives one argument per option
    """Make tokens of the identifiers in FILE (standard input by default), one a line; needs no exchange.

    Writes a JSON object a line: the line of the identifier, kind, scheme, epoch and token. What is no such identifier is told by
    its line's number and left out, and the command then ends with exit code 1.
    """
    from app.domain.errors import MalformedInputError
    from app.domain.token_value import TokenKind
    from app.services.offline.make_tokens import keys_for, make_tokens, read_key_file

    with naming(key_file):
        keys = keys_for(read_key_file(key_file.read_bytes()), epoch, every=every)
    refused = 0
    with click.open_file(file, "rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                made = make_tokens(keys, TokenKind(kind), line.decode().removeprefix("\ufeff"), service)
            except (MalformedInputError, UnicodeDecodeError) as exc:
                refused += 1
                sentence = exc.sentence if isinstance(exc, MalformedInputError) else "This is no text in UTF-8."
                click.echo(printable(f"line {number}: {sentence}"), err=True)
                continue
            for one in made:
                told = {"identifier_kind": one.identifier_kind, "scheme": one.scheme, "epoch": one.epoch, "token": one.token}
                click.echo(json.dumps({"line": number} | told))
    if refused:
        raise CommandFault(f"{refused} lines hold no such identifier.", ExitCode.REFUSED, code="request-invalid")
