"""``contest …``: saying that somebody is listed wrongly. Kept by ``tests/cli/test_contests.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.faults import json_option
from app.cli.output import say, show, table
from app.domain.object_vocabulary import ContestReason

if TYPE_CHECKING:
    from app.cli.api import Api


@click.group()
def contest() -> None:
    """Contests of wrong listings: for hotlines and operators."""


@contest.command()
@click.argument("stix_id", metavar="ID")
@click.option("--reason", required=True, type=click.Choice([*map(str, ContestReason)]), help="Why the listing is wrong.")
@connected
@json_option
def enter(stix_id: str, reason: str, api: Api) -> None:
    """Contest what stands under ID, whoever published it: everybody who was told of it is asked to look again."""
    made = api.post("/contests", {"object_id": stix_id, "reason": reason})
    show(
        made, lambda: say(f"Contest {made['id']}. What was done is told from {made['reported_at']} on: breakwater contest list.")
    )


@contest.command("list")
@connected
@json_option
def list_contests(api: Api) -> None:
    """List your contests, newest first, and how many partners did what; staff see everybody's."""
    rows: list[dict[str, Any]] = []
    page: dict[str, Any] = {"more": True, "next": None}
    while page["more"]:
        page = api.get("/contests", next=page["next"])
        rows += page["contests"]
    show({"contests": rows}, lambda: _tell(rows) if rows else say("No contest was entered."))


def _tell(rows: Sequence[dict[str, Any]]) -> None:
    columns = ("id", "entered_by", "object_id", "reason", "entered_at", "reported_at")
    shown = ([*(one[name] or "-" for name in columns), _outcomes(one["outcomes"])] for one in rows)
    table("", (*columns, "outcomes"), shown)


def _outcomes(outcomes: dict[str, str] | None) -> list[str]:
    return ["not told yet"] if outcomes is None else [f"{word}: {count}" for word, count in sorted(outcomes.items())]
