"""``hold place``, ``hold list`` and ``hold lift``: what may not be erased meanwhile. Kept by ``tests/cli/test_holds.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli.connection import connected
from app.cli.faults import json_option
from app.cli.output import say, show, table

if TYPE_CHECKING:
    from app.cli.api import Api


@click.group()
def hold() -> None:
    """Legal holds: what neither the sweep nor an erasure touches."""


@hold.command()
@click.option("--object", "stix_id", help="Hold all versions under this STIX id.")
@click.option("--owner", help="Hold all objects of this partner.")
@click.option("--recall", help="Hold what this recall called back.")
@click.option("--reference", required=True, help="The reference of the order, as the authority has it.")
@connected
@json_option
def place(stix_id: str | None, owner: str | None, recall: str | None, reference: str, api: Api) -> None:
    """Place a hold on one of the three."""
    given = {"object": stix_id, "owner": owner, "recall": recall, "reference": reference}
    made = api.post("/holds", {name: value for name, value in given.items() if value is not None})
    show(made, lambda: say(f"Held: {made['id']}."))


@hold.command("list")
@connected
@json_option
def list_all(api: Api) -> None:
    """List all holds, those that were lifted as well."""
    from app.cli.listings import all_of

    found = all_of(api, "/holds", "holds")
    columns = ("hold", "on", "reference", "placed", "by", "lifted", "proposed by", "approved by")
    rows = [
        (
            one["id"],
            one["object"] or one["owner"] or one["recall"] or "an object",
            one["reference"],
            one["placed_at"],
            one["placed_by"],
            one["lifted_at"] or "",
            one["lifted_by"] or "",
            one["lifting_approved_by"] or "",
        )
        for one in found
    ]
    show({"holds": found}, lambda: table("", columns, rows) if rows else say("Nothing is held."))


@hold.command()
@click.argument("hold_id", metavar="HOLD")
@click.option("--reason", required=True, help="Why, for whoever decides.")
@connected
@json_option
def lift(hold_id: str, reason: str, api: Api) -> None:
    """Propose that HOLD be lifted; another operator or data-protection person approves."""
    from app.cli.api import segment

    made = api.post(f"/holds/{segment(hold_id)}/lifting", {"reason": reason})
    show(
        made,
        lambda: say(
            f"Proposed: another operator or data-protection person decides with breakwater approval approve {made['id']}."
        ),
    )
