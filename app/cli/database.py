"""``db …``: the schema of the exchange's database, who may do what in it, and copies of it (``backups``).

Owns the words; the steps are the storage floor's. Kept by ``tests/cli/test_database.py``.
"""

from __future__ import annotations

import click

from app.cli.backups import backup, restore
from app.cli.faults import json_option
from app.cli.initialise import not_ready, own_environment
from app.cli.output import progress, say, show
from app.cli.workshop import Workshop, pass_workshop


@click.group()
def db() -> None:
    """The exchange's database."""


@db.command()
@json_option
@pass_workshop
def migrate(workshop: Workshop) -> None:
    """Bring the database to this version's schema; does nothing if it is there."""
    from app.services import start_exchange

    settings = workshop.settings(own_environment())
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    start_exchange.migrate(settings.database_url)
    show({"migrated": True}, lambda: say("The database is at the newest schema."))


@db.command()
@json_option
@pass_workshop
def check(workshop: Workshop) -> None:
    """Say whether the exchange could serve: database, schema, initialisation."""
    from app.services import start_exchange

    exchange = workshop.exchange(own_environment())
    try:
        reason = start_exchange.why_not_ready(exchange)
    finally:
        exchange.database.dispose()
    if reason is not None:
        raise not_ready(reason)
    show({"ready": True}, lambda: say("Ready to serve."))


@db.command()
@json_option
@pass_workshop
def reindex(workshop: Workshop) -> None:
    """Make the words by which objects are found anew, and the index over them; the exchange may serve meanwhile."""
    from app.services.searching.keep_words import make_anew

    exchange = workshop.exchange(own_environment())
    try:
        with progress("reading", None) as advance:
            count = make_anew(exchange, advance)
    finally:
        exchange.database.dispose()
    show({"versions": count}, lambda: say(f"The words of {count} object versions were made anew."))


db.add_command(backup)
db.add_command(restore)


@db.command("roles")
@click.option("--role", required=True, help="The role that the exchange connects as when it serves.")
@click.option("--apply", is_flag=True, help="Run the statements, as the owner of the tables, instead of only printing them.")
@json_option
@pass_workshop
def bind_role(workshop: Workshop, role: str, *, apply: bool) -> None:
    """Print what lets a role of PostgreSQL serve without a right to change log, ledger or audit."""
    from app.services.grant_roles import role_statements

    settings = workshop.settings(own_environment())
    statements = role_statements(settings.database_url, role, apply=apply)
    said = "\n".join(f"{statement};" for statement in statements)
    show({"statements": statements, "applied": apply}, lambda: say("Granted." if apply else said))
