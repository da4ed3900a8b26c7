"""``init``, ``operator add`` and ``staff …``: an exchange's keys and database, and its own people, from its machine.

Owns the order in which an exchange comes into being, so that an ``init`` that was interrupted can be run again. There is no
default account. Kept by ``tests/cli/test_initialise.py``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from app.cli.durable_files import create_private, private_folder
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.output import say, show, table
from app.cli.workshop import Environment, ServerSettings, Workshop, pass_workshop
from app.domain.vocabulary import StaffRole

if TYPE_CHECKING:
    from app.services.exchange import Exchange
    from app.services.signing_in.invite import Invited
    from app.services.start_exchange import StaffToken


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


def initialise(workshop: Workshop, environment: Environment, operator_name: str, *, development: bool) -> StaffToken:
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
    from app.services.offline.make_exchange_keys import new_cursor_key, new_overlap_key
    from breakwater_client.signing.make_keys import new_key

    first_line = b"" if marker is None else marker + b"\n"
    signing = (settings.signing_key, settings.directory_key, settings.checkpoint_key)
    others = ((settings.cursor_keys, new_cursor_key()), (settings.overlap_key, new_overlap_key()))
    for path, content in (*((path, new_key().private_pem) for path in signing), *others):
        private_folder(path.parent)
        if not path.exists():
            create_private(path, first_line + content.rstrip() + b"\n")


@click.group()
def operator() -> None:
    """Operators: the people who run the exchange; from its own machine."""


@operator.command()
@click.argument("name")
@json_option
@pass_workshop
def add(workshop: Workshop, name: str) -> None:
    """Add an operator, from the exchange's own machine. Prints the token, once."""
    _show_token(add_operator(workshop, own_environment(), name))


@click.group()
def staff() -> None:
    """The people of the exchange: operators, auditors, data protection; from its own machine."""


@staff.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([*map(str, StaffRole)]), required=True, help="What they are to do.")
@json_option
@pass_workshop
def add_one(workshop: Workshop, name: str, role: str) -> None:
    """Add a person of the exchange, from its own machine. Prints the token, once."""
    with ready_exchange(workshop, own_environment()) as exchange:
        from app.services import start_exchange

        _show_token(start_exchange.add_staff(exchange, name, StaffRole(role)))


@staff.command("list")
@json_option
@pass_workshop
def list_staff(workshop: Workshop) -> None:
    """List the people of the exchange, those who left included."""
    with ready_exchange(workshop, own_environment()) as exchange:
        from app.services import start_exchange

        people = [
            {
                "id": one.person_id,
                "name": one.name,
                "roles": sorted(one.staff_roles),
                "left_at": one.left_at.isoformat() if one.left_at else None,
            }
            for one in start_exchange.list_staff(exchange)
        ]
    rows = [[one["id"], one["name"], ", ".join(one["roles"] or ()), one["left_at"]] for one in people]
    show({"staff": people}, lambda: table("", ("id", "name", "roles", "left_at"), rows))


@staff.command()
@click.argument("person_id")
@json_option
@pass_workshop
def token(workshop: Workshop, person_id: str) -> None:
    """Make a further token for a person of the exchange, with what their roles may in this version. Prints it, once."""
    with ready_exchange(workshop, own_environment()) as exchange:
        from app.domain.errors import NotFoundError
        from app.services import start_exchange

        try:
            _show_token(start_exchange.renew_staff_token(exchange, person_id))
        except NotFoundError:
            sentence = "There is no such person in office here; see breakwater staff list."
            raise CommandFault(sentence, ExitCode.REFUSED, code="not-found") from None


@staff.command()
@click.argument("person_id")
@json_option
@pass_workshop
def invite(workshop: Workshop, person_id: str) -> None:
    """Invite a person of the exchange to the portal: prints a link that serves once, for 72 hours."""
    with ready_exchange(workshop, own_environment()) as exchange:
        from app.domain.errors import ConflictError, NotFoundError
        from app.services.signing_in.invite import invite_here

        try:
            made = invite_here(exchange, person_id)
        except NotFoundError:
            sentence = "There is no such person in office here; see breakwater staff list."
            raise CommandFault(sentence, ExitCode.REFUSED, code="not-found") from None
        except ConflictError as exc:
            raise CommandFault(exc.sentence, ExitCode.REFUSED, code=exc.code) from None
    _show_link(made)


@staff.command()
@click.argument("recovery_id")
@json_option
@pass_workshop
def recover(workshop: Workshop, recovery_id: str) -> None:
    """Agree to a recovery that an operator proposed, where no second operator is there to. Prints the link, once."""
    with ready_exchange(workshop, own_environment()) as exchange:
        from app.domain.errors import ConflictError, NotFoundError
        from app.services.signing_in.recover import agree_here

        try:
            made = agree_here(exchange, recovery_id)
        except NotFoundError:
            sentence = "There is no such recovery of a person of the exchange; see breakwater person recoveries."
            raise CommandFault(sentence, ExitCode.REFUSED, code="not-found") from None
        except ConflictError as exc:
            raise CommandFault(exc.sentence, ExitCode.REFUSED, code=exc.code) from None
    _show_link(made)


def _show_link(made: Invited) -> None:
    until = made.invitation.expires_at.isoformat()
    show({"link": made.link, "expires_at": until}, lambda: say(f"{made.link}\nServes once, until {until}."))


def add_operator(workshop: Workshop, environment: Environment, name: str, role: StaffRole = StaffRole.OPERATOR) -> StaffToken:
    """Add a further operator, or a person in another role, to an exchange that was initialised."""
    from app.services import start_exchange

    with ready_exchange(workshop, environment) as exchange:
        return start_exchange.add_staff(exchange, name, role)


@contextmanager
def ready_exchange(workshop: Workshop, environment: Environment) -> Iterator[Exchange]:
    """Give the exchange of this machine while the block runs; raises ``CommandFault`` for one that is not ready."""
    from app.services import start_exchange

    exchange = workshop.exchange(environment)
    try:
        reason = start_exchange.why_not_ready(exchange)
        if reason is not None:
            raise not_ready(reason)
        yield exchange
    finally:
        exchange.database.dispose()


def not_ready(reason: str) -> CommandFault:
    """Give what to do about an exchange that cannot serve yet; ``reason`` is that of ``start_exchange.why_not_ready``."""
    if reason == "database":
        return CommandFault("The database cannot be reached; see BREAKWATER_DATABASE_URL.", ExitCode.UNAVAILABLE, code=reason)
    if reason == "signer":
        return CommandFault("The signer cannot be reached; see BREAKWATER_SIGNER_SOCKET.", ExitCode.UNAVAILABLE, code=reason)
    what = {
        "migrations": "The database is at another version: run breakwater db migrate.",
        "keys": "A key file is not the exchange's key in force: see breakwater exchange-key list.",
    }
    return CommandFault(what.get(reason, "There is no exchange here yet: run breakwater init."), ExitCode.REFUSED, code=reason)


def _show_token(new: StaffToken) -> None:
    person, until = new.person, new.credential.expires_at
    document = {"name": person.name, "token": new.token, "expires_at": until.isoformat(), "person_id": person.person_id}

    def tell() -> None:
        roles = ", ".join(sorted(person.staff_roles)).capitalize()
        say(f"{roles} {person.name}, until {until:%Y-%m-%d}. This token is shown once; keep it safe:")
        say(new.token)

    show(document, tell)
