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
    """List what you withdrew, who was told, what each answered and when, and who is late."""
    rows = own_recalls(api)
    show({"recalls": rows}, lambda: _tell(rows))


def own_recalls(api: Api) -> list[dict[str, Any]]:
    """Give all of the caller's own recalls, oldest first.

    Raises:
        CommandFault: the exchange gives what is no page, or the same page again.
    """
    from app.cli.api import Request
    from app.cli.listings import rows_of

    return list(rows_of(api, Request("GET", "/recalls", {"limit": _PAGE}), "recalls"))


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
    answers = [
        (
            row["id"],
            one["name"],
            [f"{outcome}: {count}" for outcome, count in one["outcomes"].items()] or "nothing yet",
            _when(one),
        )
        for row in rows
        for one in row["told"]
    ]
    if answers:
        table("Answers, by versions", ("recall", "partner", "answer", "when"), answers)


def _when(told: dict[str, Any]) -> str:
    if told["answered_at"] is not None:
        return f"answered {told['answered_at']}"
    if told["due_at"] is None:
        return "not asked to answer"
    return f"LATE since {told['due_at']}" if told["is_late"] else f"due {told['due_at']}"
