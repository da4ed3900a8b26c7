"""``disclosures``: who was given one's own objects, from the ledger. Kept by ``tests/cli/test_disclosures.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.faults import json_option
from app.cli.output import say, show, table

if TYPE_CHECKING:
    from app.cli.api import Api

_PAGE = 1_000


@click.command()
@click.option("--object", "stix_id", help="Only answers with this object.")
@connected
@json_option
def disclosures(stix_id: str | None, api: Api) -> None:
    """List who was given which version of your objects, when, for which purpose and under which agreement."""
    rows = own_disclosures(api, stix_id)
    show({"disclosures": rows}, lambda: _tell(rows))


def own_disclosures(api: Api, stix_id: str | None = None) -> list[dict[str, Any]]:
    """Give all rows of the ledger about the caller's own objects, oldest first."""
    rows: list[dict[str, Any]] = []
    page = {"more": True, "next": None}
    while page["more"]:
        page = api.get("/disclosures", object=stix_id, limit=_PAGE, next=page["next"])
        rows += page["disclosures"]
    return rows


def _tell(rows: list[dict[str, Any]]) -> None:
    if not rows:
        say("Nobody else was given any of it.")
        return
    columns = ("when", "to", "purpose", "by", "agreement", "objects")
    table(
        "",
        columns,
        (
            (
                row["disclosed_at"],
                row["recipient_name"],
                row["purpose"],
                row["channel"],
                f"version {row['agreement_version']}",
                [f"{one['id']} {one['version']}" for one in row["objects"]],
            )
            for row in rows
        ),
    )
