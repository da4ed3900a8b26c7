"""The options that every command over REST has: which exchange, and as whom.

Owns where address and token, or the key instead of one, come from; the call itself is ``api``'s. Kept by
``tests/cli/test_connection.py``.
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
    from breakwater_client.signing.sign_requests import RequestSigner

_OPTIONS = (
    click.option("--url", envvar="BREAKWATER_URL", help="The exchange's address, or BREAKWATER_URL."),
    click.option("--token", envvar="BREAKWATER_TOKEN", help="Your API token, or BREAKWATER_TOKEN (others may see arguments)."),
    click.option("--token-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file with your token."),
    click.option(
        "--request-key",
        envvar="BREAKWATER_REQUEST_KEY",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="The private key that signs your requests, instead of a token; or BREAKWATER_REQUEST_KEY.",
    ),
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
    def with_options(*arguments: Any, token_file: Path | None, **options: Any) -> Any:
        url, token, request_key, insecure = (options.pop(name) for name in ("url", "token", "request_key", "insecure"))

        def connect() -> Api:
            given = token_file.read_text().strip() if token_file else token
            return open_api(url, given, insecure=insecure, request_key=request_key)

        return command(*arguments, connect=connect, **options)

    for option in reversed(_OPTIONS):
        with_options = option(with_options)
    return with_options


def open_api(url: str | None, token: str | None, *, insecure: bool = False, request_key: Path | None = None) -> Api:
    """Give a connection; ``requests`` is imported only now. With ``request_key`` each request is signed, and no token is sent.

    Raises:
        CommandFault: no address, neither key nor token, or a file that holds no key.
    """
    from app.cli.api import Api, Target

    if not url:
        raise CommandFault("Say which exchange: --url or BREAKWATER_URL.", ExitCode.USAGE, code="no-address")
    if request_key is not None:
        return Api(Target(url, None, insecure, _signer(request_key)))
    if not token:
        sentence = "Say who you are: --token-file, --token or BREAKWATER_TOKEN, or sign with --request-key."
        raise CommandFault(sentence, ExitCode.USAGE, code="no-token")
    return Api(Target(url, token, insecure))


def _signer(path: Path) -> RequestSigner:
    from app.domain.errors import UnfitKeyError
    from breakwater_client.signing.sign_requests import RequestSigner

    try:
        return RequestSigner.from_pem(path.read_bytes())
    except UnfitKeyError as exc:
        raise CommandFault(f"--request-key: {exc.sentence}", ExitCode.USAGE, code=exc.code) from None
