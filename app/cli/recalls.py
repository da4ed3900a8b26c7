"""``withdraw`` and ``recalls``: taking one's own objects back, and who was told. Kept by ``tests/cli/test_recalls.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.faults import json_option
from app.cli.output import say, show, table
from app.domain.object_vocabulary import RecallReason

if TYPE_CHECKING:
    from app.cli.api import Api

_PAGE = 100


@click.command()
@click.argument("stix_id", metavar="ID")
@click.option("--version", "versions", multiple=True, help="Only this version; may be repeated. All versions otherwise.")
@click.option("--reason", type=click.Choice([*map(str, RecallReason)]), default="withdrawn", show_default=True, help="Why.")
@click.option(
    "--act",
    type=click.Choice(["delete", "stop-using"]),
    default="stop-using",
    show_default=True,
    help="What is to be done.",
)
@connected
@json_option
def withdraw(stix_id: str, versions: Sequence[str], reason: str, act: str, api: Api) -> None:
    """Withdraw your object ID, for good; whoever was given it is told."""
    from app.cli.api import segment

    document: dict[str, Any] = {"reason": reason, "act": act} | ({"versions": list(versions)} if versions else {})
    made = api.post(f"/objects/{segment(stix_id)}/withdrawal", document)
    show(made, lambda: say(f"Withdrawn. `breakwater recalls` says who was told: {made['recall_id']}."))


@click.command()
@connected
@json_option
def recalls(api: Api) -> None:
    """List what you withdrew, and who was told."""
    rows = own_recalls(api)
    show({"recalls": rows}, lambda: _tell(rows))


def own_recalls(api: Api) -> list[dict[str, Any]]:
    """Give all of the caller's own recalls, oldest first."""
    rows: list[dict[str, Any]] = []
    page = {"more": True, "next": None}
    while page["more"]:
        page = api.get("/recalls", limit=_PAGE, next=page["next"])
        rows += page["recalls"]
    return rows


def _tell(rows: list[dict[str, Any]]) -> None:
    if not rows:
        say("You withdrew nothing.")
        return
    columns = ("recall", "when", "why", "act", "objects", "told", "at")
    table(
        "",
        columns,
        (
            (
                row["id"],
                row["recalled_at"],
                row["reason"],
                row["act"],
                [f"{one['id']} {one['version']}" for one in row["objects"]],
                [one["name"] for one in row["told"]] or "nobody",
                row["notified_at"] or "not yet",
            )
            for row in rows
        ),
    )
