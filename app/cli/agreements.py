"""``agreement …`` and ``policy mine``: what partners may read and submit. Kept by ``tests/cli/test_agreements.py``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.durable_files import FILE_OR_INPUT, read_input
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.output import say, show, table, warn

if TYPE_CHECKING:
    from app.cli.api import Api


_REACHES_NOBODY = (
    "default_handling names no audience: what this partner submits without a marking of its own reaches NOBODY. Let the partner "
    "make an audience (`breakwater audience new`), and name its id as audience_id in a further version."
)


@click.group()
def agreement() -> None:
    """Agreements between the exchange and its partners, in versions."""


@agreement.command()
@click.option("--file", "name", required=True, type=FILE_OR_INPUT, help="The terms, JSON.")
@click.option("--partner", "partner_id", help="Whose agreement, instead of the file's partner_id.")
@connected
@json_option
def add(name: str, partner_id: str | None, api: Api) -> None:
    """Make the next version of a partner's agreement; operators only. docs/cli.md shows such a file."""
    try:
        terms = json.loads(read_input(name))
    except ValueError:
        terms = None
    if not isinstance(terms, dict):
        raise CommandFault(f"{name} is no JSON object of an agreement's terms.", ExitCode.USAGE, code="json-syntax")
    made = api.post("/agreements", terms | ({"partner_id": partner_id} if partner_id else {}))
    if made["default_handling"]["audience_id"] is None and made["write"]["profiles"]:
        warn(_REACHES_NOBODY, "audience-nobody")
    show(made, lambda: _table([made]))


@agreement.command("list")
@click.option("--partner", "partner_id", help="Only this partner's, for operators.")
@connected
@json_option
def list_agreements(partner_id: str | None, api: Api) -> None:
    """List the versions of your agreement; operators see everybody's."""
    document = api.get("/agreements", partner_id=partner_id)
    show(document, lambda: _table(document["agreements"]))


@click.group()
def policy() -> None:
    """What the policy says."""


@policy.command()
@connected
@json_option
def mine(api: Api) -> None:
    """Show your own terms in force now: what you may read and submit, and for which purposes."""
    document = api.get("/policy/mine")

    def tell() -> None:
        partner, terms = document["partner"], document["agreement"]
        about = ", ".join(partner[name] for name in ("role", "jurisdiction", "state"))
        say(f"{partner['name']} ({about}), signs as {partner['identity_id']}")
        if terms is None:
            say("No agreement is in force: nothing can be read or submitted.")
            return
        say(f"Agreement version {terms['version']}, from {terms['starts_at']} to {terms['ends_at'] or 'further notice'}")
        for part in ("read", "write", "default_handling"):
            table(part.replace("_", " "), ("term", "value"), ((name, _spelled(value)) for name, value in terms[part].items()))

    show(document, tell)


def _spelled(value: Any) -> str:
    if isinstance(value, dict):  # lists that mean something together
        return _spelled(sorted(word for words in value.values() for word in words))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (", ".join(map(str, value)) or "nothing") if isinstance(value, list) else str(value or "none")


def _table(records: Sequence[dict[str, Any]]) -> None:
    rows = (
        (
            one["partner_id"],
            one["version"],
            one["starts_at"],
            one["ends_at"],
            _spelled(one["read"]["purposes"]),
            one["read"]["tlp_ceiling"],
            _spelled(one["write"]["sensitivities"]),
        )
        for one in records
    )
    table("", ("partner", "version", "from", "until", "reads for", "TLP up to", "submits"), rows)
