"""The options that every command over REST has: which exchange, and as whom.

Owns where address and token come from; the call itself is ``api``'s. Kept by ``tests/cli/test_connection.py``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.faults import CommandFault, ExitCode

if TYPE_CHECKING:
    from app.cli.api import Api

_OPTIONS = (
    click.option("--url", envvar="BREAKWATER_URL", help="The exchange's address, or BREAKWATER_URL."),
    click.option("--token", envvar="BREAKWATER_TOKEN", help="Your API token, or BREAKWATER_TOKEN (others may see arguments)."),
    click.option("--token-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file with your token."),
    click.option("--insecure", is_flag=True, help="Allow plain HTTP to another machine."),
)


def connected(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its connection as the keyword ``api``."""

    @functools.wraps(command)
    def with_connection(*arguments: Any, connect: Callable[[], Api], **options: Any) -> Any:
        return command(*arguments, api=connect(), **options)

    return connected_if_asked(with_connection)


def connected_if_asked(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that may go without an exchange the keyword ``connect``, which gives the connection or fails as it does."""

    @functools.wraps(command)
    def with_options(
        *arguments: Any, url: str | None, token: str | None, token_file: Path | None, insecure: bool, **options: Any
    ) -> Any:
        def connect() -> Api:
            return open_api(url, token_file.read_text().strip() if token_file else token, insecure=insecure)

        return command(*arguments, connect=connect, **options)

    for option in reversed(_OPTIONS):
        with_options = option(with_options)
    return with_options


def open_api(url: str | None, token: str | None, *, insecure: bool = False) -> Api:
    """Give a connection; ``requests`` is imported only now.

    Raises:
        CommandFault: no address, or no token.
    """
    from app.cli.api import Api, Target

    if not url:
        raise CommandFault("Say which exchange: --url or BREAKWATER_URL.", ExitCode.USAGE, code="no-address")
    if not token:
        raise CommandFault("Say who you are: --token-file, --token or BREAKWATER_TOKEN.", ExitCode.USAGE, code="no-token")
    return Api(Target(url, token, insecure))
