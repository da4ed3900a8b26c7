"""``person recover …``: somebody sets up anew how they sign in, by two persons. Kept by ``tests/cli/test_recoveries.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.faults import json_option
from app.cli.output import say, show, table

if TYPE_CHECKING:
    from app.cli.api import Api


@click.command()
@click.argument("person_id")
@click.option("--reason", required=True, help="What was lost; those who decide read it.")
@click.option("--recognised", required=True, help="How you know that it is they: in person, by a call back, by whom.")
@connected
@json_option
def recover(person_id: str, reason: str, recognised: str, api: Api) -> None:
    """Propose that a person set up anew how they sign in; another administrator (or an operator) agrees."""
    made = api.post("/recoveries", {"person_id": person_id, "reason": reason, "recognised": recognised})

    def tell() -> None:
        _table([made])
        say(f"Proposed. Another person: breakwater person agree {made['id']}")

    show(made, tell)


@click.command()
@connected
@json_option
def recoveries(api: Api) -> None:
    """List recoveries of your organisation's people, the newest first; for operators those that take one of them, too."""
    document = api.get("/recoveries")
    show(document, lambda: _table(document["recoveries"]))


@click.command()
@click.argument("recovery_id")
@connected
@json_option
def agree(recovery_id: str, api: Api) -> None:
    """Agree to a recovery as the second person: prints the link, once. Hand it over yourself, to the person you recognised."""
    from app.cli.api import segment

    made = api.post(f"/recoveries/{segment(recovery_id)}/agreement", {})
    show(made, lambda: say(f"{made['link']}\nServes once, until {made['expires_at']}. Whoever has it signs in as this person."))


@click.command()
@click.argument("recovery_id")
@connected
@json_option
def refuse(recovery_id: str, api: Api) -> None:
    """Refuse a recovery, or take back your own; its link serves no more."""
    from app.cli.api import segment

    refused = api.post(f"/recoveries/{segment(recovery_id)}/refusal", {})
    show(refused, lambda: _table([refused]))


def _table(records: Sequence[dict[str, Any]]) -> None:
    columns = ("id", "person_id", "state", "proposed_by", "expires_at", "reason", "recognised")
    table("", columns, ([_plain(one[column]) for column in columns] for one in records))


def _plain(text: str) -> str:
    return "".join(one if one.isprintable() else "·" for one in text)
