"""``page …``: who is being called about imminent risk, and acknowledging it. Kept by ``tests/cli/test_pages.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.contacts import fate
from app.cli.faults import json_option
from app.cli.output import say, show, table

if TYPE_CHECKING:
    from app.cli.api import Api


@click.group()
def page() -> None:
    """Pages: calls to your contacts about something marked imminent risk."""


@page.command("list")
@click.option("--limit", type=click.IntRange(1, 1_000), default=100, show_default=True, help="How many of the newest.")
@connected
@json_option
def list_pages(limit: int, api: Api) -> None:
    """List your newest pages and who was called; operators see everybody's."""
    document = api.get("/pages", limit=limit)

    def tell() -> None:
        _table(document["pages"])
        if document["pages"]:
            say("Read what they are about: breakwater pull --urgency imminent-risk --purpose PURPOSE --out urgent.ndjson")
            say("PURPOSE: one of your agreement's (`breakwater policy mine`); leave it out if one is fixed on your token.")

    show(document, tell)


@page.command()
@click.argument("page_id")
@connected
@json_option
def acknowledge(page_id: str, api: Api) -> None:
    """Acknowledge a page: your organisation looks after it, and nobody further is called."""
    from app.cli.api import segment

    acknowledged = api.post(f"/pages/{segment(page_id)}/acknowledgement")
    show(acknowledged, lambda: _table([acknowledged]))


def _table(records: Sequence[dict[str, Any]]) -> None:
    columns = ("id", "partner_id", "state", "made_at", "acknowledge_by")
    rows = ([*(one[name] for name in columns), _called(one["mails"])] for one in records)
    table("", (*columns, "called"), rows)


def _called(mails: Sequence[dict[str, Any]]) -> list[str]:
    return [f"{one['contact_id'] or 'the operator'}: {fate(one)}" for one in mails]
