"""``init`` and ``operator add``: an exchange's keys, database and first people.

Owns the order in which an exchange comes into being, so that an ``init`` that was interrupted can be run again. There is no
default account. Kept by ``tests/cli/test_initialise.py``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from app.cli.durable_files import create_private, private_folder
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.output import say, show
from app.cli.workshop import Environment, ServerSettings, Workshop, pass_workshop

if TYPE_CHECKING:
    from app.services.start_exchange import NewOperator


def own_environment(**changes: str | int | None) -> Environment:
    """Give the environment of this process with some settings changed; a value of None changes nothing."""
    return {**os.environ, **{f"BREAKWATER_{name}": str(value) for name, value in changes.items() if value is not None}}


@click.command()
@click.option("--name", default="operator", show_default=True, help="The first operator's name.")
@click.option("--development", is_flag=True, help="Make keys that production refuses; serve with BREAKWATER_MODE=development.")
@json_option
@pass_workshop
def init(workshop: Workshop, name: str, *, development: bool) -> None:
    """Make a new exchange: keys, database, first operator. Prints the operator's token, once."""
    environment = own_environment(MODE="development" if development else None)
    operator = initialise(workshop, environment, name, development=development)
    _show_token(operator)
    say(f"The exchange lies in {workshop.settings(environment).home}. Next: breakwater serve")
    if development:
        say("Its keys are for development: serve it with BREAKWATER_MODE=development.")


def initialise(workshop: Workshop, environment: Environment, operator_name: str, *, development: bool) -> NewOperator:
    """Bring an exchange into being, or finish what an interrupted call began.

    Raises:
        CommandFault: there is one in this database already.
    """
    from app.services import start_exchange

    settings = workshop.settings(environment)
    private_folder(settings.home)
    start_exchange.migrate(settings.database_url)
    if start_exchange.is_initialised(settings.database_url):
        sentence = "There is an exchange in this database already. Further operators: breakwater operator add"
        raise CommandFault(sentence, ExitCode.REFUSED, code="state-conflict")
    make_exchange_keys(settings, workshop.development_marker if development else None)
    exchange = workshop.exchange(environment)
    try:
        return start_exchange.start_exchange(exchange, operator_name)
    finally:
        exchange.database.dispose()


def make_exchange_keys(settings: ServerSettings, marker: bytes | None) -> None:
    """Make the files of the exchange's keys where they are not there yet; ``marker`` is their first line."""
    from app.services.offline.make_keys import new_cursor_key, new_key

    first_line = b"" if marker is None else marker + b"\n"
    signing = (settings.signing_key, settings.directory_key, settings.checkpoint_key)
    for path, content in (*((path, new_key().private_pem) for path in signing), (settings.cursor_keys, new_cursor_key())):
        private_folder(path.parent)
        if not path.exists():
            create_private(path, first_line + content.rstrip() + b"\n")


@click.group()
def operator() -> None:
    """Operators: the people who run the exchange."""


@operator.command()
@click.argument("name")
@json_option
@pass_workshop
def add(workshop: Workshop, name: str) -> None:
    """Add an operator, from the exchange's own machine. Prints the token, once."""
    _show_token(add_operator(workshop, own_environment(), name))


def add_operator(workshop: Workshop, environment: Environment, name: str) -> NewOperator:
    """Add a further operator to an exchange that was initialised."""
    from app.services import start_exchange

    exchange = workshop.exchange(environment)
    try:
        reason = start_exchange.why_not_ready(exchange)
        if reason is not None:
            raise not_ready(reason)
        return start_exchange.add_operator(exchange, name)
    finally:
        exchange.database.dispose()


def not_ready(reason: str) -> CommandFault:
    """Give what to do about an exchange that cannot serve yet; ``reason`` is that of ``start_exchange.why_not_ready``."""
    if reason == "database":
        return CommandFault("The database cannot be reached; see BREAKWATER_DATABASE_URL.", ExitCode.UNAVAILABLE, code=reason)
    if reason == "signer":
        return CommandFault("The signer cannot be reached; see BREAKWATER_SIGNER_SOCKET.", ExitCode.UNAVAILABLE, code=reason)
    what = {"migrations": "The database is at another version: run breakwater db migrate."}
    return CommandFault(what.get(reason, "There is no exchange here yet: run breakwater init."), ExitCode.REFUSED, code=reason)


def _show_token(new: NewOperator) -> None:
    document = {"name": new.person.name, "token": new.token, "expires_at": new.credential.expires_at.isoformat()}

    def tell() -> None:
        say(f"Operator {new.person.name}, until {new.credential.expires_at:%Y-%m-%d}. This token is shown once; keep it safe:")
        say(new.token)

    show(document, tell)
